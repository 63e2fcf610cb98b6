"""Fetching from real places: a folder, an HTTPS server, an SFTP server. What is new is imported, once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from pytest_django import Settings

from countback.audit.models import Line
from countback.ledger.actions import undo_import
from countback.ledger.models import Import
from countback.ledger.sources import actions, sftp
from countback.ledger.sources.models import Fetch, Source
from countback.ledger.sources.testing import KEY, MORE, NOW, PASSWORD, TOKEN, Https, Sftp, Sourced
from countback.ledger.testing import asked
from countback.ledger.tests.conftest import CUSTOMERS, DOUBTFUL, INVOICES, ITEMS
from countback.ledger.uploads import Asker

pytestmark = pytest.mark.django_db(transaction=True)


def invoices() -> int:
    """How many stand in the ledger."""
    return int(asked("SELECT count(*) FROM ledger_current_invoices")[0][0])


def why(fetch: Fetch) -> str:
    """The reason of a failure, in one sentence."""
    assert fetch.state == "failed", (fetch.state, fetch.problems)
    assert set(fetch.wrong) == {"what", "why", "remedy"}
    return f"{fetch.wrong['what']}: {fetch.wrong['why']}; {fetch.wrong['remedy']}"


def test_what_lies_in_a_folder_is_imported_and_the_same_twice_is_nothing(
    sourced: Sourced, kept: Path
) -> None:
    sourced.put("erp/items.csv", ITEMS)
    source = sourced.add()
    first = sourced.fetch(source)
    assert (first.state, first.files) == ("imported", [{"name": "items.csv", "size": len(ITEMS)}])
    assert first.imported.name == "Nightly export: items.csv"
    assert first.ended_at is not None
    assert invoices() == 3
    again = sourced.fetch(source)
    assert (again.state, again.imported) == ("nothing_new", None)
    sourced.put("erp/items.csv", MORE)
    assert sourced.fetch(source).imported.summary["invoices"]["new"]["rows"] == 1
    assert (invoices(), Import.objects.count()) == (4, 2)
    assert not list(kept.iterdir()), "nothing of it is left on the disk"


def test_other_bytes_that_say_the_same_are_nothing_new(sourced: Sourced) -> None:
    sourced.put("erp/items.csv", ITEMS)
    source = sourced.add()
    sourced.fetch(source)
    head, *rows = ITEMS.splitlines(keepends=True)
    sourced.put("erp/items.csv", head + "".join(reversed(rows)))
    assert sourced.fetch(source).state == "nothing_new"
    assert Import.objects.count() == 1, "there is no import of nothing"


def test_what_a_person_took_back_is_not_brought_in_again_by_itself(sourced: Sourced) -> None:
    sourced.put("erp/items.csv", ITEMS)
    source = sourced.add()
    undo_import(sourced.fetch(source).imported.pk, by=None, at=NOW)
    assert sourced.fetch(source).state == "nothing_new"
    assert invoices() == 0


def test_the_tables_of_a_folder_come_together_and_the_newest_alone(sourced: Sourced) -> None:
    sourced.put("erp/customers.csv", CUSTOMERS)
    sourced.put("erp/invoices.csv", INVOICES)
    fetch = sourced.fetch(sourced.add())
    assert (fetch.state, len(fetch.files), fetch.imported.name) == ("imported", 2, "Nightly export: 2 files")
    for age, name in ((300, "items-1.csv"), (100, "items-2.csv"), (200, "items-3.csv")):
        path = sourced.put(f"daily/{name}", ITEMS)
        os.utime(path, times=(NOW.timestamp() - age, NOW.timestamp() - age))
    daily = sourced.add(name="Daily", address="daily", pattern="items-*.csv", newest_only=True)
    assert [file["name"] for file in sourced.fetch(daily).files] == ["items-2.csv"]


def test_refused_books_are_told_with_their_problems_and_change_nothing(sourced: Sourced, kept: Path) -> None:
    sourced.put("erp/customers.csv", CUSTOMERS)
    sourced.put("erp/invoices.csv", INVOICES.replace("2026-01-10", "2026-02-31"))
    fetch = sourced.fetch(sourced.add())
    assert (fetch.state, fetch.refused, invoices()) == ("refused", 1, 0)
    assert (fetch.problems[0]["file"], fetch.problems[0]["line"]) == ("invoices.csv", 2)
    assert str(kept) not in str(fetch.problems)
    sourced.put("erp/invoices.csv", INVOICES)
    assert sourced.fetch(Source.objects.get()).state == "imported"


def test_what_can_be_read_in_two_ways_is_not_guessed(sourced: Sourced) -> None:
    sourced.put("erp/items.csv", DOUBTFUL)
    assert "nobody is there to be asked; choose the profile" in why(sourced.fetch(sourced.add()))


def test_a_file_that_was_cut_short_does_not_end_the_rest(sourced: Sourced) -> None:
    rows = [f"I-{n},C1,Brandt,2026-01-10,2026-02-09,10.00,\n" for n in range(100)]
    head = ITEMS.splitlines(keepends=True)[0]
    sourced.put("erp/items.csv", head + "".join(rows))
    source = sourced.add(ends_vanished=True)
    assert sourced.fetch(source).state == "imported"
    sourced.put("erp/items.csv", head + "".join(rows[:79]))
    assert "lack more than a fifth of the invoices" in why(sourced.fetch(source))
    assert invoices() == 100
    sourced.put("erp/items.csv", head + "".join(rows[:80]))
    assert sourced.fetch(source).state == "imported"
    assert invoices() == 80


@pytest.mark.parametrize("address", ["../outside", "/etc", "erp/../../outside", "a\\b", ""])
def test_no_address_leads_out_of_the_allowed_folder(sourced: Sourced, address: str) -> None:
    with pytest.raises(actions.UnableToChangeSource):
        sourced.add(address=address)


def test_no_link_leads_out_of_the_allowed_folder(sourced: Sourced, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "items.csv").write_text(ITEMS)
    (sourced.root / "erp").symlink_to(outside)
    assert "it cannot be read: " in why(sourced.fetch(sourced.add()))
    (sourced.root / "inner").mkdir()
    (sourced.root / "inner/items.csv").symlink_to(outside / "items.csv")
    inner = sourced.add(name="Inner", address="inner")
    assert "no .csv, .xlsx, .parquet, .zip file there is called *.csv" in why(sourced.fetch(inner))
    assert invoices() == 0


def test_without_a_folder_of_the_operator_none_is_read(sourced: Sourced, settings: Settings) -> None:
    source = sourced.add()
    settings.SOURCES = None
    assert "set COUNTBACK_SOURCES" in why(sourced.fetch(source))


def test_no_more_is_taken_than_uploads_may_hold(
    sourced: Sourced, settings: Settings, https_server: Https
) -> None:
    settings.UPLOAD_BYTES = len(ITEMS) - 1
    sourced.put("erp/items.csv", ITEMS)
    assert "is the most that is taken at once" in why(sourced.fetch(sourced.add()))
    https_server.files["/items.csv"] = ITEMS.encode()
    web = sourced.add(name="Web", kind="https", address=https_server.address("/items.csv"))
    assert "is the most that is taken at once" in why(sourced.fetch(web))


def test_a_failing_source_stops_no_other(sourced: Sourced) -> None:
    sourced.put("erp/items.csv", ITEMS)
    sourced.add(name="Broken", address="nowhere")
    sourced.add()
    assert sourced.tick(NOW.replace(day=23)) == 2
    assert {fetch.source.name: fetch.state for fetch in Fetch.objects.all()} == {
        "Broken": "failed",
        "Nightly export": "imported",
    }


def test_an_https_address_is_fetched_with_its_secret(
    sourced: Sourced, https_server: Https, monkeypatch: pytest.MonkeyPatch
) -> None:
    https_server.files["/export?what=items"] = ITEMS.encode()
    https_server.headers = {"Content-Type": "text/csv; charset=utf-8"}
    https_server.token = "s3cret-token"
    address = https_server.address("/export?what=items")
    monkeypatch.setenv(TOKEN, "wrong")
    source = sourced.add(kind="https", address=address, secret="token", secret_variable=TOKEN)
    assert "it answered 401: we may not; check user and secret" in why(sourced.fetch(source))
    monkeypatch.setenv(TOKEN, "s3cret-token")
    fetch = sourced.fetch(source)
    assert (fetch.state, fetch.files[0]["name"]) == ("imported", "export.csv")
    assert https_server.asked[-1]["Authorization"] == "Bearer s3cret-token"
    everything = [*asked("SELECT to_jsonb(one)::text FROM ledger_source AS one"), *Line.objects.values_list()]
    assert "s3cret-token" not in str(everything)
    monkeypatch.delenv(TOKEN)
    assert f"the environment variable {TOKEN} is not set" in why(sourced.fetch(source))


def test_a_password_goes_with_the_user_of_the_address(
    sourced: Sourced, https_server: Https, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD, "open sesame")
    https_server.files["/items.csv"] = ITEMS.encode()
    address = https_server.address("/items.csv", "ann")
    source = sourced.add(kind="https", address=address, secret="password", secret_variable=PASSWORD)
    assert sourced.fetch(source).state == "imported"
    assert https_server.asked[0]["Authorization"] == "Basic YW5uOm9wZW4gc2VzYW1l"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"status": 302}, "it answered 302: it leads elsewhere"),
        ({"status": 503}, "it answered 503; see that the file is there"),
        ({"headers": {"Content-Type": "text/html"}}, "export is no .csv, .xlsx, .parquet, .zip file"),
        (
            {"headers": {"Content-Type": "text/csv", "Content-Length": "9999"}},
            "export.csv did not come whole",
        ),
    ],
)
def test_what_is_wrong_with_an_answer_is_told(
    sourced: Sourced, https_server: Https, change: dict[str, Any], told: str
) -> None:
    https_server.files["/export"] = ITEMS.encode()
    for name, value in change.items():
        setattr(https_server, name, value)
    source = sourced.add(kind="https", address=https_server.address("/export"))
    assert told in why(sourced.fetch(source))


def test_an_unknown_authority_is_not_trusted(
    sourced: Sourced, https_server: Https, settings: Settings
) -> None:
    settings.SOURCES_CA = None
    source = sourced.add(kind="https", address=https_server.address("/items.csv"))
    assert "its certificate was not accepted: " in why(sourced.fetch(source))
    assert not https_server.asked


@pytest.mark.parametrize("kind", ["https", "sftp"])
def test_the_network_inside_is_not_reached(
    sourced: Sourced, settings: Settings, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    settings.ALERTS_PRIVATE_NETWORKS = ()
    monkeypatch.setenv(PASSWORD, "x")
    secret = {"secret": "password", "secret_variable": PASSWORD} if kind == "sftp" else {}
    for number, host in enumerate(("localhost", "10.0.0.7", "169.254.169.254", "[::ffff:127.0.0.1]")):
        source = sourced.add(name=f"{number}", kind=kind, address=f"{kind}://me@{host}/x", **secret)
        assert "its address lies in a private network" in why(sourced.fetch(source))


def pinned(sourced: Sourced, server: Sftp, **changes: Any) -> Source:
    """A source on the SFTP server whose key was confirmed."""
    given = {"secret": "password", "secret_variable": PASSWORD} | changes
    source = sourced.add(kind="sftp", address=server.address(), **given)
    sourced.fetch(source)
    source.refresh_from_db()
    shown = sftp.fingerprint(source.offered_key)
    actions.confirm_key(source, shown, asker=Asker(None, NOW))
    source.refresh_from_db()
    return source


def test_an_sftp_server_must_be_known_before_anything_is_told_to_it(
    sourced: Sourced, sftp_server: Sftp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD, "open sesame")
    (sftp_server.folder / "outbox/items.csv").write_text(ITEMS)
    (sftp_server.folder / "outbox/notes.txt").write_text("not books")
    source = sourced.add(
        kind="sftp", address=sftp_server.address(), secret="password", secret_variable=PASSWORD
    )
    fetch = sourced.fetch(source)
    shown = sftp_server.host_key.get_fingerprint()
    assert f"nobody has confirmed its key yet ({shown})" in why(fetch)
    assert not sftp_server.entered
    source.refresh_from_db()
    with pytest.raises(actions.UnableToChangeSource, match="has shown another one since"):
        actions.confirm_key(source, "SHA256:another", asker=Asker(None, NOW))
    actions.confirm_key(source, shown, asker=Asker(None, NOW))
    fetch = sourced.fetch(source)
    assert (fetch.state, [file["name"] for file in fetch.files]) == ("imported", ["items.csv"])
    assert sourced.fetch(source).state == "nothing_new"
    assert Line.objects.filter(what="host key confirmed").get().after["key"] == shown


def test_an_sftp_server_that_shows_another_key_is_told_nothing(
    sourced: Sourced, sftp_server: Sftp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD, "open sesame")
    (sftp_server.folder / "outbox/items.csv").write_text(ITEMS)
    source = pinned(sourced, sftp_server)
    before = sftp.fingerprint(source.host_key)
    sftp_server.start(asyncssh.generate_private_key("ssh-ed25519"))
    after = sftp_server.host_key.get_fingerprint()
    assert f"another key ({after}) than the one that was confirmed ({before})" in why(sourced.fetch(source))
    assert not sftp_server.entered


def test_a_private_key_opens_an_sftp_server_and_a_wrong_secret_does_not(
    sourced: Sourced, sftp_server: Sftp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (sftp_server.folder / "outbox/items.csv").write_text(ITEMS)
    private = sftp_server.user_key.export_private_key().decode()
    monkeypatch.setenv(KEY, "no key at all")
    source = sourced.add(kind="sftp", address=sftp_server.address(), secret="key", secret_variable=KEY)
    assert "holds no private key and names no file of one" in why(sourced.fetch(source))
    Source.objects.update(host_key=sftp_server.host_key.export_public_key().decode().strip())
    monkeypatch.setenv(KEY, asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode())
    assert "it did not let countback in" in why(sourced.fetch(source))
    (tmp_path / "key").write_text(private)
    monkeypatch.setenv(KEY, str(tmp_path / "key"))
    assert sourced.fetch(source).state == "imported"
    monkeypatch.setenv(KEY, private)
    assert sourced.fetch(source).state == "nothing_new"
    monkeypatch.setenv(KEY, private.replace("b3Bl", "!!!!"))
    assert "the private key in COUNTBACK_SOURCE_KEY was not understood" in why(sourced.fetch(source))


def test_what_an_sftp_server_lacks_is_told(
    sourced: Sourced, sftp_server: Sftp, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setenv(PASSWORD, "open sesame")
    source = pinned(sourced, sftp_server)
    assert "file there is called *.csv" in why(sourced.fetch(source))
    (sftp_server.folder / "outbox/items.csv").write_text(ITEMS)
    settings.UPLOAD_BYTES = 10
    assert "is the most that is taken at once" in why(sourced.fetch(source))
    Source.objects.update(address=sftp_server.address("/nowhere"))
    assert "/nowhere: " in why(sourced.fetch(source))
