"""What is sound in a source, and when it is due."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from countback.ledger.sources.rules import (
    Kind,
    Lying,
    Place,
    Secret,
    chosen,
    ends_too_much,
    in_a_row,
    next_due,
    place_of,
    wrong_with,
    wrong_with_secret,
)

KINDS = (".csv", ".zip")


@pytest.mark.parametrize(
    ("kind", "address", "sound"),
    [
        (Kind.FOLDER, ".", True),
        (Kind.FOLDER, "erp/out box", True),
        (Kind.FOLDER, "erp/../..", False),
        (Kind.FOLDER, "/etc", False),
        (Kind.FOLDER, "", False),
        (Kind.FOLDER, "a\nb", False),
        (Kind.HTTPS, "https://example.com/books.csv", True),
        (Kind.HTTPS, "https://me@example.com:8443/books.csv?x=1", True),
        (Kind.HTTPS, "http://example.com/books.csv", False),
        (Kind.HTTPS, "https://me:secret@example.com/books.csv", False),
        (Kind.HTTPS, "https:///books.csv", False),
        (Kind.HTTPS, "https://example.com:99999/", False),
        (Kind.HTTPS, "https://example.com/a b", False),
        (Kind.HTTPS, "https://exämple.com/", False),
        (Kind.HTTPS, "https://example.com/" + "x" * 1000, False),
        (Kind.SFTP, "sftp://me@example.com/outbox", True),
        (Kind.SFTP, "sftp://example.com/outbox", False),
        (Kind.SFTP, "sftp://me:secret@example.com/outbox", False),
        (Kind.SFTP, "https://me@example.com/outbox", False),
    ],
)
def test_an_address_is_sound_or_not(kind: Kind, address: str, sound: bool) -> None:
    assert (wrong_with(kind, address) == "") is sound


@pytest.mark.parametrize(
    ("kind", "secret", "variable", "sound"),
    [
        (Kind.FOLDER, Secret.NONE, "", True),
        (Kind.FOLDER, Secret.PASSWORD, "COUNTBACK_SOURCE_ERP", False),
        (Kind.HTTPS, Secret.NONE, "COUNTBACK_SOURCE_ERP", False),
        (Kind.HTTPS, Secret.TOKEN, "COUNTBACK_SOURCE_ERP", True),
        (Kind.HTTPS, Secret.TOKEN, "COUNTBACK_SECRET_KEY", False),
        (Kind.HTTPS, Secret.TOKEN, "DATABASE_URL", False),
        (Kind.HTTPS, Secret.TOKEN, "COUNTBACK_SOURCE_", False),
        (Kind.HTTPS, Secret.TOKEN, "COUNTBACK_SOURCE_erp", False),
        (Kind.HTTPS, Secret.TOKEN, "", False),
        (Kind.HTTPS, Secret.PASSWORD, "COUNTBACK_SOURCE_ERP", False),  # as whom?
        (Kind.HTTPS, Secret.KEY, "COUNTBACK_SOURCE_ERP", False),
        (Kind.SFTP, Secret.NONE, "", False),
        (Kind.SFTP, Secret.KEY, "COUNTBACK_SOURCE_ERP", True),
    ],
)
def test_only_variables_meant_for_sources_are_named(
    kind: Kind, secret: Secret, variable: str, sound: bool
) -> None:
    assert (wrong_with_secret(kind, secret, variable, f"{kind}://example.com/") == "") is sound


def test_an_address_leads_somewhere() -> None:
    assert place_of(Kind.HTTPS, "https://a%40b@example.com/x%20y?z=1") == Place(
        "example.com", 443, "a@b", "/x%20y?z=1"
    )
    assert place_of(Kind.SFTP, "sftp://me@example.com:2222/out%20box") == Place(
        "example.com", 2222, "me", "/out box"
    )
    assert place_of(Kind.HTTPS, "https://example.com").path == "/"


@pytest.mark.parametrize(
    ("zone", "after", "due"),
    [
        ("UTC", "2026-11-22T02:29", "2026-11-22T02:30"),
        ("UTC", "2026-11-22T02:30", "2026-11-23T02:30"),
        ("Europe/Berlin", "2026-11-22T01:29", "2026-11-22T01:30"),
        ("Pacific/Auckland", "2026-11-22T13:00", "2026-11-22T13:30"),
        ("Europe/Berlin", "2026-03-28T12:00", "2026-03-29T01:30"),  # 02:30 is not there that night
        ("Europe/Berlin", "2026-10-24T12:00", "2026-10-25T00:30"),  # 02:30 is there twice
        ("Europe/Berlin", "2026-10-25T00:30", "2026-10-26T01:30"),
    ],
)
def test_daily_is_by_the_clock_of_its_zone(zone: str, after: str, due: str) -> None:
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    found = next_due(None, time(2, 30), zone, moment)
    assert found == datetime.fromisoformat(due).replace(tzinfo=UTC)


def test_an_interval_counts_from_the_moment() -> None:
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert next_due(15, time(2, 30), "UTC", at) == at + timedelta(minutes=15)


def test_files_are_chosen_by_name_and_kind() -> None:
    lying = [
        Lying("b.csv", 1, 5), Lying("A.CSV", 1, 9), Lying("a.txt", 1, 1), Lying(".a.csv", 1, 1),
        Lying("~$a.csv", 1, 1), Lying("c.zip", 1, 9),
    ]  # fmt: skip
    assert [one.name for one in chosen(lying, "*", KINDS, newest_only=False)] == ["A.CSV", "b.csv", "c.zip"]
    assert [one.name for one in chosen(lying, "?.csv", KINDS, newest_only=False)] == ["A.CSV", "b.csv"]
    assert [one.name for one in chosen(lying, "*", KINDS, newest_only=True)] == ["c.zip"]
    assert chosen([], "*", KINDS, newest_only=True) == []


def test_fetches_without_books_are_counted_from_the_newest() -> None:
    assert in_a_row([]) == 0
    assert in_a_row(["running", "failed", "refused", "failed", "nothing_new", "failed"]) == 3
    assert in_a_row(["imported", "failed"]) == 0


@pytest.mark.parametrize(
    ("gone", "before", "ends", "too_much"),
    [(21, 104, True, True), (21, 105, True, False), (20, 20, True, False), (99, 100, False, False)],
)
def test_a_schedule_ends_a_fifth_of_a_table_at_most(
    gone: int, before: int, ends: bool, too_much: bool
) -> None:
    change = {"vanished": {"rows": gone}, "before": {"rows": before}, "ends": ends}
    assert ends_too_much({"write_offs": change}) == ("write offs" if too_much else "")
