"""A database that was killed is not taken for a running one while the system still lists it."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from countback.project import database

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system does not tell")


@pytest.fixture
def dead(tmp_path: Path) -> subprocess.Popen[bytes]:
    """A process that ended and that nobody asked how, in the place of the database server of a folder."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    (tmp_path / "postmaster.pid").write_text(f"{process.pid}\n/data\n", encoding="utf-8")
    while Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z":
        time.sleep(0.01)
    return process


def test_it_waits_until_the_dead_is_gone(tmp_path: Path, dead: subprocess.Popen[bytes]) -> None:
    threading.Timer(0.4, dead.wait).start()
    start = time.monotonic()
    database._wait_for_burial(tmp_path)
    assert 0.3 < time.monotonic() - start < database.BURIAL
    assert not database._lives(tmp_path)


def test_it_does_not_wait_for_ever(
    tmp_path: Path, dead: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BURIAL", 0.2)
    start = time.monotonic()
    database._wait_for_burial(tmp_path)
    assert 0.2 <= time.monotonic() - start < 2
    dead.wait()


@pytest.mark.parametrize("content", [None, "", "nothing\n", "999999999\n", f"{1}\n"])
def test_where_nothing_died_it_does_not_wait(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "postmaster.pid").write_text(content, encoding="utf-8")
    start = time.monotonic()
    database._wait_for_burial(tmp_path)
    assert time.monotonic() - start < 1
