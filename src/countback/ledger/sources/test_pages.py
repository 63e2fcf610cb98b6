"""Sources by pages: who may see, set up and fetch; what a page tells when it does not go well."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from countback.accounts.testing import World
from countback.audit.models import Line
from countback.ledger.sources import sftp
from countback.ledger.sources.models import Fetch, Source
from countback.ledger.sources.testing import PASSWORD, Sftp, Sourced
from countback.ledger.tests.conftest import CUSTOMERS, INVOICES, ITEMS

pytestmark = pytest.mark.django_db(transaction=True)

FIELDS = {
    "name": "Nightly export", "kind": "folder", "address": "erp", "pattern": "*.csv", "takes": "", "profile": "",
    "every": "daily", "at_time": "02:30", "time_zone": "Europe/Berlin", "secret": "none", "secret_variable": "",
    "active": "on",
}  # fmt: skip


def page(client: Client, route: str, *given: Any) -> str:
    """The words of a page, with blanks in one."""
    answer = client.get(reverse(f"ledger:{route}", args=given), follow=True)
    assert answer.status_code == 200, answer
    return " ".join(answer.content.decode().split())


def post(client: Client, route: str, *given: Any, **fields: Any) -> Any:
    """Sends a form."""
    return client.post(reverse(f"ledger:{route}", args=given), fields, follow=True)


def test_a_source_is_set_up_fetched_changed_and_removed(world: World, sourced: Sourced) -> None:
    alice = world.client_of(world.alice)
    assert "No source has been set up" in page(alice, "sources")
    assert str(sourced.root) in page(alice, "new_source")
    sourced.put("erp/items.csv", ITEMS)
    answer = post(alice, "new_source", **FIELDS)
    source = Source.objects.get()
    assert answer.redirect_chain[-1][0] == reverse("ledger:source", args=[source.pk])
    assert f"{source.due_at:%H:%M}" in ("00:30", "01:30")
    post(alice, "fetch_now", source.pk)
    assert "waits for its turn" in page(alice, "source", source.pk)
    sourced.work()
    fetch = Fetch.objects.get()
    shown = page(alice, "source", source.pk)
    assert f'href="/imports/{fetch.imported_id}/"' in shown
    assert "7 rows written or ended" in shown
    assert "Daily at 02:30, Europe/Berlin" in shown
    assert (fetch.by, fetch.imported.by) == (world.alice, world.alice)
    assert "imported" in page(alice, "sources")
    assert "Nightly export: items.csv" in page(alice, "imports")

    change = {name: value for name, value in FIELDS.items() if name != "active"}
    post(alice, "edit_source", source.pk, **change | {"every": "60", "takes": "newest"})
    source.refresh_from_db()
    assert (source.interval_minutes, source.newest_only, source.active) == (60, True, False)
    assert "It is off" in page(alice, "source", source.pk)
    assert "every hour" in page(alice, "sources")
    assert "is removed" in post(alice, "remove_source", source.pk).content.decode()
    assert alice.get(reverse("ledger:source", args=[source.pk])).status_code == 404
    whats = list(Line.objects.filter(about_kind="source").order_by("id").values_list("what", flat=True))
    assert whats == ["source added", "fetch asked for", "source changed", "source removed"]
    changed = Line.objects.get(what="source changed")
    assert (changed.before["interval_minutes"], changed.after["interval_minutes"]) == (None, 60)
    post(alice, "new_source", **FIELDS)
    assert Source.objects.count() == 2, "the name of a removed one is free"


def test_a_manager_fetches_and_does_not_set_up(world: World, sourced: Sourced) -> None:
    source = sourced.add()
    world.bob.role = "manager"
    world.bob.save()
    bob = world.client_of(world.bob)
    assert "New source" not in page(bob, "sources")
    assert "Remove this source" not in page(bob, "source", source.pk)
    assert post(bob, "fetch_now", source.pk).status_code == 200
    assert Fetch.objects.get().by == world.bob
    for route in ("edit_source", "confirm_key", "remove_source"):
        assert post(bob, route, source.pk).status_code == 403
    assert post(bob, "new_source", **FIELDS).status_code == 403
    charlie = world.client_of(world.charlie)
    for route, given in (("sources", []), ("source", [source.pk])):
        assert charlie.get(reverse(f"ledger:{route}", args=given)).status_code == 403
    assert post(charlie, "fetch_now", source.pk).status_code == 403


@pytest.mark.parametrize("route", ["source", "edit_source", "fetch_now", "confirm_key", "remove_source"])
def test_a_source_that_is_not_there_is_not_found(world: World, sourced: Sourced, route: str) -> None:
    alice = world.client_of(world.alice)
    address = reverse(f"ledger:{route}", args=[987])
    answers = {alice.get(address).status_code, alice.post(address).status_code}
    assert answers <= {404, 405}
    assert 404 in answers


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"address": "../etc"}, "it must be a folder’s path under the one|it must be a folder&#x27;s path"),
        ({"kind": "https", "address": "http://example.com/x"}, "it must begin with https://"),
        ({"kind": "sftp", "address": "sftp://me@example.com/x"}, "for this kind of place it is password or key"),
        (
            {"kind": "https", "address": "https://example.com/x", "secret": "token",
             "secret_variable": "DATABASE_URL"},
            "its variable must begin with COUNTBACK_SOURCE_",
        ),
        (
            {"kind": "https", "address": "https://example.com/x", "secret": "token",
             "secret_variable": "COUNTBACK_SOURCE_ABSENT"},
            "COUNTBACK_SOURCE_ABSENT is not set where the server runs",
        ),
        ({"profile": "/etc/passwd"}, "Select a valid choice"),
        ({"every": "1"}, "Select a valid choice"),
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"name": "Taken"}, "another source has this name"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_beside_its_field(
    world: World, sourced: Sourced, change: dict[str, str], told: str
) -> None:
    sourced.add(name="Taken")
    answer = post(world.client_of(world.alice), "new_source", **FIELDS | change)
    assert answer.status_code == 400
    words = answer.content.decode()
    assert any(one in words for one in told.split("|"))
    assert Source.objects.count() == 1


def test_a_name_may_not_be_taken_by_a_change(world: World, sourced: Sourced) -> None:
    sourced.add(name="Taken")
    source = sourced.add(name="Other")
    answer = post(world.client_of(world.alice), "edit_source", source.pk, **FIELDS | {"name": "Taken"})
    assert "another source has this name; choose another" in answer.content.decode()


def test_after_three_without_books_the_page_says_so(world: World, sourced: Sourced) -> None:
    source = sourced.add()
    alice = world.client_of(world.alice)
    for count in (1, 2, 3):
        sourced.fetch(source)
        assert ("in a row." in page(alice, "source", source.pk)) is (count == 3)
    assert "▲ 3 times in a row" in page(alice, "sources")
    sourced.put("erp/items.csv", ITEMS)
    sourced.fetch(source)
    assert "in a row" not in page(alice, "source", source.pk) + page(alice, "sources")


def test_refused_books_are_told_on_the_page(world: World, sourced: Sourced) -> None:
    sourced.put("erp/customers.csv", CUSTOMERS)
    sourced.put("erp/invoices.csv", INVOICES.replace("2026-01-10", "<b>never</b>"))
    source = sourced.add()
    sourced.fetch(source)
    shown = page(world.client_of(world.alice), "source", source.pk)
    assert "1 problem stands against the books; nothing was changed." in shown
    assert "invoices.csv, line 2, issued_on" in shown
    assert "&lt;b&gt;never&lt;/b&gt;" in shown


def test_the_key_of_a_server_is_confirmed_on_the_page_and_goes_with_the_address(
    world: World, sourced: Sourced, sftp_server: Sftp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD, "open sesame")
    given = FIELDS | {"kind": "sftp", "address": sftp_server.address(), "secret": "password"}
    given["secret_variable"] = PASSWORD
    alice = world.client_of(world.alice)
    post(alice, "new_source", **given)
    source = Source.objects.get()
    sourced.fetch(source)
    shown = sftp_server.host_key.get_fingerprint()
    page_ = page(alice, "source", source.pk)
    assert "Is this the right server?" in page_
    assert f"<code>{shown}</code>" in page_
    answer = post(alice, "confirm_key", source.pk, fingerprint="SHA256:other")
    assert "the server has shown another one since" in answer.content.decode()
    post(alice, "confirm_key", source.pk, fingerprint=shown)
    source.refresh_from_db()
    assert sftp.fingerprint(source.host_key) == shown
    page_ = page(alice, "source", source.pk)
    assert "Is this the right server?" not in page_
    assert "open sesame" not in page_
    post(alice, "edit_source", source.pk, **given | {"name": "Renamed"})
    source.refresh_from_db()
    assert source.host_key
    post(alice, "edit_source", source.pk, **given | {"address": sftp_server.address("/other")})
    source.refresh_from_db()
    assert not source.host_key, "another address, another server: it is to be confirmed anew"


def test_the_list_asks_the_database_as_often_for_many_as_for_one(
    world: World, sourced: Sourced, django_assert_num_queries: Any
) -> None:
    from countback.ledger.sources import queries

    for number in range(5):
        sourced.add(name=f"{number}")
    with django_assert_num_queries(2):
        assert len(queries.sources()) == 5
