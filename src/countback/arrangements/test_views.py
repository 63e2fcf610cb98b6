"""The forms on a customer's page: who may send them, what comes back, what two people at once are told."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from countback.accounts.testing import World, let_it_be
from countback.arrangements import queries
from countback.arrangements.actions import (
    Disputing,
    Promising,
    Returning,
    open_dispute,
    record_promise,
    set_follow_up,
)
from countback.arrangements.models import FollowUp
from countback.arrangements.testing import MORNING, TODAY, doing, stored
from countback.ledger.models import Import

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("books", "first_of_june")]

WRITERS = ("collector", "manager", "administrator")


@pytest.fixture
def first_of_june(monkeypatch: pytest.MonkeyPatch) -> None:
    """What every request takes for today."""
    let_it_be(monkeypatch, TODAY, MORNING)


def address(name: str, *given: str) -> str:
    return reverse(f"arrangements:{name}", args=given)


def text(answer: Any) -> str:
    return " ".join(
        re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL).split()
    )


def all_stands(world: World) -> dict[str, dict[str, Any]]:
    """A promise, a dispute and a follow-up of C1; each address about them -> what would be sent to it."""
    by = doing(world.alice)
    promise = record_promise("C1", Promising(Decimal(40), TODAY), by, today=TODAY)
    dispute = open_dispute("C1", Disputing("I2", Decimal(40), "tax"), by, today=TODAY)
    set_follow_up("C1", Returning(TODAY.replace(day=9), "answer"), by, today=TODAY)
    agreed = queries.agreed_with("C1", as_of=TODAY)
    return {
        address("contact", "C1"): {"outcome": "no_answer"},
        address("promise", "C1"): {"amount": "10", "due_on": "2026-06-05", "standing": promise.numbers[0]},
        address("dispute", "C1"): {"invoice": "I1", "amount": "10", "reason": "tax"},
        address("follow-up", "C1"): {"due_on": "2026-06-05", "why": "answer"},
        address("withdraw_promise", promise.numbers[0]): {"seen": agreed.promises[0].version},
        address("resolve_dispute", dispute.numbers[0]): {
            "seen": agreed.disputes[0].version,
            "outcome": "upheld",
        },
        address("end_follow_up", "C1"): {},
    }


def state() -> list[Any]:
    return [Import.objects.count(), list(FollowUp.objects.order_by("pk").values_list("pk", "ended_at"))]


@pytest.mark.parametrize("role", ["viewer", "collector", "manager", "administrator", "auditor", "agency"])
def test_for_charlie_none_of_it_is_there(world: World, role: str) -> None:
    """Whatever his role: 404, or 403 where his role could do it to nobody."""
    routes = all_stands(world)
    before = state()
    world.charlie.role = role
    world.charlie.save()
    client = world.client_of(world.charlie)
    found = {route: client.post(route, sent).status_code for route, sent in routes.items()}
    assert set(found.values()) == {404 if role in WRITERS else 403}
    assert state() == before


@pytest.mark.parametrize("role", ["viewer", "auditor", "agency"])
def test_who_only_looks_records_nothing_and_sees_no_form(world: World, role: str) -> None:
    routes = all_stands(world)
    before = state()
    world.bob.role = role
    world.bob.save()
    client = world.client_of(world.bob)
    assert {client.post(route, sent).status_code for route, sent in routes.items()} == {403}
    assert state() == before
    page = client.get("/customers/C1/").content.decode()
    assert "What is agreed" in page
    assert "/arrange/" not in page


def test_strangers_sign_in_first_and_a_get_changes_nothing(world: World) -> None:
    routes = all_stands(world)
    before = state()
    assert {world.client_of(None).post(route, sent).status_code for route, sent in routes.items()} == {302}
    asked = {world.client_of(world.bob).get(route, sent).status_code for route, sent in routes.items()}
    assert asked == {200, 405}
    assert state() == before


def test_a_form_without_its_token_is_refused(world: World) -> None:
    client = world.client_of(world.bob, enforce_csrf_checks=True)
    assert client.post(address("contact", "C1"), {"outcome": "no_answer"}).status_code == 403


def test_all_of_it_is_done_by_bob_and_goes_on_at_the_customer(world: World) -> None:
    client = world.client_of(world.bob)
    for route, sent in all_stands(world).items():
        answer = client.post(route, sent)
        assert (answer.status_code, answer["Location"]) == (302, "/customers/C1/"), route
    page = text(client.get("/customers/C1/"))
    assert "promise P-" in page
    assert "Last contact 1 Jun 2026, call: no answer (anna)." in page
    assert FollowUp.objects.filter(ended_at=None).count() == 0


@pytest.mark.parametrize(
    ("next_page", "where"),
    [
        ("/worklist/?at=3", "/worklist/?at=3"),
        ("https://elsewhere.example/", "/customers/C1/"),
        ("//elsewhere.example/", "/customers/C1/"),
        ("", "/customers/C1/"),
    ],
)
def test_it_goes_on_where_it_came_from_but_never_elsewhere(world: World, next_page: str, where: str) -> None:
    sent = {"outcome": "no_answer", "next": next_page}
    assert world.client_of(world.bob).post(address("contact", "C1"), sent)["Location"] == where


def sent_with(client: Client, what: str, **values: str) -> str:
    answer = client.post(address(what, "C1"), values)
    assert answer.status_code == 200, "it comes back"
    return text(answer)


def test_what_is_wrong_stands_beside_its_field_and_what_was_written_stays(world: World) -> None:
    client = world.client_of(world.bob)
    page = client.post(
        address("promise", "C1"), {"amount": "290.01", "due_on": "2026-05-31"}
    ).content.decode()
    assert "Only 290.00 EUR of them are open and not disputed; write that or less." in page
    assert "The day lies in the past" in page
    assert 'value="290.01"' in page
    assert "Fill this in, too" in sent_with(client, "contact", outcome="right_party", promised_amount="10")
    assert "Fill this in, too" in sent_with(client, "contact", outcome="right_party", disputed_invoice="I1")
    assert "80.00" not in sent_with(client, "dispute", invoice="I3", amount="1", reason="tax"), (
        "I3 is another's"
    )
    assert stored("contacts", "contact_id") == stored("promises", "promise_id") == []


def test_the_second_of_two_collectors_is_told_what_happened_meanwhile(world: World) -> None:
    """Both opened the page while nothing stood; Alice recorded her promise first."""
    record_promise("C1", Promising(Decimal(40), TODAY), doing(world.alice), today=TODAY)
    answer = world.client_of(world.bob).post(
        address("promise", "C1"), {"amount": "20", "due_on": "2026-06-05", "standing": ""}
    )
    assert answer.status_code == 409
    assert "somebody else has changed it since you opened it" in text(answer)
    assert 'value="20"' in answer.content.decode(), "what he wrote is kept"
    assert len(stored("promises", "promise_id")) == 1


def test_ending_what_somebody_else_has_ended_is_told(world: World) -> None:
    routes = all_stands(world)
    client = world.client_of(world.bob)
    for name in ("withdraw", "resolve"):
        route, sent = next((route, sent) for route, sent in routes.items() if name in route)
        client.post(route, sent)
        client.post(route, sent)
        assert "somebody else has changed it" in text(client.get("/customers/C1/"))


def test_a_dispute_is_not_resolved_without_saying_how_nor_unseen(world: World) -> None:
    route, sent = next((route, sent) for route, sent in all_stands(world).items() if "resolve" in route)
    client = world.client_of(world.bob)
    client.post(route, sent | {"outcome": ""})
    assert "Choose how it ended" in text(client.get("/customers/C1/"))
    assert client.post(route, {"outcome": "upheld"}).status_code == 400
    assert stored("disputes", "resolved_on") == [(None,)]


def test_nothing_is_there_of_what_no_ledger_holds(world: World) -> None:
    client = world.client_of(world.bob)
    assert client.post(address("contact", "C99"), {"outcome": "no_answer"}).status_code == 404
    assert client.post(address("withdraw_promise", "P-99"), {"seen": 1}).status_code == 404
    assert (
        client.post(address("resolve_dispute", "D-99"), {"seen": 1, "outcome": "upheld"}).status_code == 404
    )


def test_a_customer_in_two_currencies_is_asked_for_one_at_a_time(world: World) -> None:
    answer = world.client_of(world.bob).post(
        address("promise", "C3"), {"amount": "20", "due_on": "2026-06-05"}
    )
    assert "They are in EUR and USD; record a promise for each currency." in text(answer)
    sent = {"amount": "20", "due_on": "2026-06-05", "invoices": ["I4"]}
    assert world.client_of(world.bob).post(address("promise", "C3"), sent).status_code == 302
    assert stored("promises", "invoice_id, currency") == [("I4", "USD")]
