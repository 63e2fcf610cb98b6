"""The environment understood, or refused in words."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from countback.core.problem import Misuse
from countback.project import database
from countback.project.environment import read


def test_nothing_given_serves_this_machine_alone(tmp_path: Path) -> None:
    known = read({"COUNTBACK_DATA": str(tmp_path)})
    assert known.data == tmp_path
    assert known.hosts == ("localhost", "127.0.0.1", "[::1]")
    assert known.database_url is None
    assert known.mail_url is None
    assert not known.behind_tls


def test_another_host_is_behind_tls_unless_it_is_said_not_to_be(tmp_path: Path) -> None:
    given = {"COUNTBACK_DATA": str(tmp_path), "COUNTBACK_HOSTS": "money.example.org, other.example.org"}
    assert read(given).hosts[-2:] == ("money.example.org", "other.example.org")
    assert read(given).behind_tls
    assert not read(given | {"COUNTBACK_WITHOUT_TLS": "1"}).behind_tls


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("COUNTBACK_DATABASE", "x", "there is no such setting"),
        ("DATABASE_URL", "sqlite:///books.db", "only PostgreSQL is spoken"),
        ("COUNTBACK_TIME_ZONE", "Mars/Olympus", "there is no time zone Mars/Olympus"),
        ("COUNTBACK_WITHOUT_TLS", "yes", "yes is neither 1 nor 0"),
        ("COUNTBACK_UPLOAD_MB", "2 GB", "2 GB is no number of megabytes"),
        ("COUNTBACK_UPLOAD_MB", "0", "0 is no number of megabytes"),
        ("COUNTBACK_PRIVATE_NETWORKS", "10.0.0.0/8, 10.0.0.1/8", "10.0.0.1/8 is no network"),
        ("COUNTBACK_SOURCES", "/nowhere/at/all", "there is no folder /nowhere/at/all"),
        ("COUNTBACK_SOURCES_CA", "/nowhere/ca.pem", "there is no file /nowhere/ca.pem"),
        ("COUNTBACK_OIDC_URL", "https://id.example.org", "some are missing"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, name: str, value: str, why: str) -> None:
    with pytest.raises(Misuse) as refused:
        read({"COUNTBACK_DATA": str(tmp_path), name: value})
    assert name.rpartition("_")[0] in str(refused.value)
    assert why in str(refused.value)


def test_limits_are_read(tmp_path: Path) -> None:
    known = read({"COUNTBACK_DATA": str(tmp_path)})
    assert known.upload_bytes == 2 * 1024**3
    assert known.private_networks == ()
    given = {"COUNTBACK_UPLOAD_MB": "5", "COUNTBACK_PRIVATE_NETWORKS": "10.0.0.0/8,fd00::/8"}
    known = read({"COUNTBACK_DATA": str(tmp_path), **given})
    assert known.upload_bytes == 5 * 1024**2
    assert known.private_networks == ("10.0.0.0/8", "fd00::/8")


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    data = tmp_path / "new"
    made: list[str] = []

    def ask() -> None:
        made.append(read({"COUNTBACK_DATA": str(data)}).secret_key)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 8
    assert len(set(made)) == 1
    assert len(made[0]) > 60
    assert stat.S_IMODE((data / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in data.iterdir()] == ["secret-key"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://ann:p%40ss@db.example:5433/books?sslmode=require",
         ("books", "ann", "p@ss", "db.example", "5433", {"sslmode": "require"})),
        ("postgresql://postgres:@/postgres?host=/tmp/x", ("postgres", "postgres", "", "/tmp/x", "", {})),
    ],
)  # fmt: skip
def test_an_address_becomes_settings(url: str, expected: tuple[object, ...]) -> None:
    made = database.settings_of(url)
    assert tuple(made[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")) == expected
