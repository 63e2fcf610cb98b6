"""Calls, promises, disputes and follow-ups in the ledger, and the figures that follow from them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as installation
from django.db import connections

from countback.accounts.rules import Scope
from countback.accounts.testing import World
from countback.arrangements import queries
from countback.arrangements.actions import (
    Contacting,
    Disputing,
    Promising,
    Returning,
    UnableToArrange,
    end_follow_up,
    log_contact,
    open_dispute,
    record_promise,
    resolve_dispute,
    set_follow_up,
    withdraw_promise,
)
from countback.arrangements.models import FollowUp
from countback.arrangements.rules import Outcome
from countback.arrangements.testing import BOOKS, MORNING, TODAY, doing, stored
from countback.audit.models import Line
from countback.ledger import figures, mirror
from countback.ledger.acts import UnableToChangeFact
from countback.ledger.models import Import
from countback.ledger.records.models import Note
from countback.ledger.testing import Importing, with_rows

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("books")]

D = Decimal
FRIDAY = date(2026, 6, 5)


def promised(
    world: World, amount: str = "100.00", *invoices: str, due_on: date = FRIDAY, **named: Any
) -> Any:
    return record_promise(
        "C1", Promising(D(amount), due_on, invoices, **named), doing(world.bob), today=TODAY
    )


def test_what_is_open_is_read_from_the_ledger_with_instalments_as_their_invoice() -> None:
    found = queries.open_invoices("C1", as_of=TODAY)
    assert [(one.invoice_id, one.amount, one.due_on) for one in found] == [
        ("I1", D(40), date(2026, 3, 31)),
        ("I2", D(250), date(2026, 5, 1)),
    ]
    assert [one.amount for one in queries.open_invoices("C1", as_of=date(2026, 4, 9))] == [D(100), D(250)]
    assert queries.agreed_with("C3", as_of=TODAY).currencies == ("EUR", "USD")


def test_what_was_written_off_is_not_open_nor_is_what_came_for_it_later(importing: Importing) -> None:
    """The 40.00 that were open of I1 are written off in May; they come after all in June, and pay nothing else."""
    off = {"write_off_id": "W1", "invoice_id": "I1", "written_off_on": "2026-05-10", "amount": "40.00"}
    paid = {
        "payment_id": "P2",
        "customer_id": "C1",
        "received_on": "2026-05-20",
        "amount": "40.00",
        "currency": "EUR",
    }
    part = {"payment_id": "P2", "invoice_id": "I1", "amount": "40.00"}
    tables = with_rows(with_rows(BOOKS, "write_offs", off), "payments", paid)
    importing(with_rows(tables, "allocations", part))
    assert [one.invoice_id for one in queries.open_invoices("C1", as_of=date(2026, 5, 9))] == ["I1", "I2"]
    assert {one.invoice_id: one.amount for one in queries.open_invoices("C1", as_of=TODAY)} == {"I2": 250}


def test_a_promise_for_invoices_has_a_row_for_each_and_one_for_the_account_has_one(world: World) -> None:
    promised(world, "200.00", "I2", "I1")
    columns = "invoice_id, amount, currency, made_on, due_on, collector"
    assert stored("promises", columns) == [
        ("I1", D(40), "EUR", TODAY, FRIDAY, "anna"),
        ("I2", D(160), "EUR", TODAY, FRIDAY, "anna"),
    ]
    promised(world, "290.00")
    assert stored("promises", columns)[-1] == (None, D(290), "EUR", TODAY, FRIDAY, "anna")


def test_a_new_promise_takes_the_place_of_the_one_before_it_on_the_same_invoice(world: World) -> None:
    """First promise: all of I1 and I2. The second, on I1 alone, leaves that on I2 as it stands."""
    promised(world, "290.00", "I1", "I2")
    promised(world, "40.00", "I1", due_on=date(2026, 6, 12))
    rows = stored("promises", "promise_id, invoice_id, due_on, withdrawn_on")
    assert sorted(map(str, (row[1:] for row in rows))) == sorted(
        map(str, [("I1", FRIDAY, TODAY), ("I1", date(2026, 6, 12), None), ("I2", FRIDAY, None)])
    )
    standing = queries.agreed_with("C1", as_of=TODAY)
    assert {(one.invoice_id, one.due_on) for one in standing.promises} == {
        ("I1", date(2026, 6, 12)),
        ("I2", FRIDAY),
    }
    assert {one.invoice_id: one.times for one in standing.invoices} == {"I1": 2, "I2": 1}


def test_who_did_not_see_the_promise_that_stands_is_told_of_it(world: World) -> None:
    promised(world, "290.00", standing=())
    with pytest.raises(UnableToChangeFact, match="somebody else"):
        promised(world, "100.00", standing=())
    assert len(stored("promises", "promise_id")) == 1


def test_of_two_promises_at_once_the_second_is_told(world: World) -> None:
    together = threading.Barrier(3)

    def promise(_: int) -> str:
        together.wait()
        try:
            promised(world, "290.00", standing=())
        except UnableToChangeFact:
            return "told"
        finally:
            connections.close_all()
        return "recorded"

    with ThreadPoolExecutor(3) as three:
        assert sorted(three.map(promise, range(3))) == ["recorded", "told", "told"]


@pytest.mark.parametrize(
    ("amount", "invoices", "field"),
    [("290.01", (), "promised_amount"), ("40.01", ("I1",), "promised_amount"), ("1", ("I3",), "invoices")],
)
def test_what_cannot_be_promised_is_not_recorded(
    world: World, amount: str, invoices: tuple[str, ...], field: str
) -> None:
    with pytest.raises(UnableToArrange) as refused:
        promised(world, amount, *invoices)
    assert field in [one.field for one in refused.value.wrongs]
    assert stored("promises", "promise_id") == []


def test_a_withdrawn_promise_stands_no_longer(world: World) -> None:
    (number,) = promised(world).numbers
    (standing,) = queries.agreed_with("C1", as_of=TODAY).promises
    withdraw_promise("C1", number, standing.version, doing(world.bob), today=TODAY)
    assert queries.agreed_with("C1", as_of=TODAY).promises == ()
    with pytest.raises(UnableToChangeFact):
        withdraw_promise("C1", number, standing.version, doing(world.alice), today=TODAY)


def test_a_partial_dispute_leaves_the_rest_to_be_asked_for_until_it_is_resolved(world: World) -> None:
    act = open_dispute("C1", Disputing("I2", D(100), "wrong_price", "sales"), doing(world.bob), today=TODAY)
    one = queries.open_invoices("C1", as_of=TODAY)[1]
    assert (one.amount, one.disputed, one.undisputed) == (D(250), D(100), D(150))
    with pytest.raises(UnableToArrange, match=r"150\.00 EUR of I2"):
        open_dispute("C1", Disputing("I2", D("150.01"), "tax"), doing(world.bob), today=TODAY)
    (standing,) = queries.agreed_with("C1", as_of=TODAY).disputes
    resolve_dispute("C1", act.numbers[0], standing.version, "upheld", doing(world.alice), today=TODAY)
    assert queries.open_invoices("C1", as_of=TODAY)[1].undisputed == D(250)
    assert stored("disputes", "invoice_id, reason, owner, outcome, resolved_on") == [
        ("I2", "wrong_price", "sales", "upheld", TODAY)
    ]


@pytest.mark.parametrize("wrong", [Disputing("I9", D(1), "tax"), Disputing("I1", D(1), "no reason of ours")])
def test_a_dispute_names_an_open_invoice_and_a_reason(world: World, wrong: Disputing) -> None:
    with pytest.raises(UnableToArrange):
        open_dispute("C1", wrong, doing(world.bob), today=TODAY)
    assert stored("disputes", "dispute_id") == []


def test_how_a_dispute_ends_is_one_of_three(world: World) -> None:
    (number,) = open_dispute("C1", Disputing("I1", D(1), "tax"), doing(world.bob), today=TODAY).numbers
    (standing,) = queries.agreed_with("C1", as_of=TODAY).disputes
    with pytest.raises(UnableToArrange, match="Choose how it ended"):
        resolve_dispute("C1", number, standing.version, "won", doing(world.bob), today=TODAY)


def test_a_call_is_one_act_with_all_that_follows(world: World) -> None:
    call = Contacting(
        Outcome.RIGHT_PARTY, minutes=D("6.5"), note="Ms Fox: pays on Friday, the rest is disputed",
        promise=Promising(D(140), FRIDAY), dispute=Disputing("I2", D(100), "goods_damaged"),
        follow_up=Returning(date(2026, 6, 9), "promise_due"),
    )  # fmt: skip
    act = log_contact("C1", call, doing(world.bob), today=TODAY)
    assert [number[0] for number in act.numbers] == ["C", "P", "D"]
    assert stored("contacts", "channel, direction, outcome, collector, minutes, contacted_on") == [
        ("call", "out", "right_party", "anna", D("6.5"), datetime(2026, 6, 1, 8, 30))
    ]
    assert Note.objects.get().text.startswith("Ms Fox")
    assert FollowUp.objects.get(ended_at=None).due_on == date(2026, 6, 9)
    assert Import.objects.exclude(act="").count() == 1
    told = " ".join(map(str, Line.objects.values_list("after", flat=True)))
    assert "Fox" not in told, "the audit is kept for ever, and a note can be erased"


@pytest.mark.parametrize(
    ("zone", "at", "told"),
    [
        ("Pacific/Auckland", datetime(2026, 6, 1, 12, 30, tzinfo=UTC), datetime(2026, 6, 2, 0, 30)),
        ("America/Los_Angeles", datetime(2026, 6, 2, 6, 30, tzinfo=UTC), datetime(2026, 6, 1, 23, 30)),
    ],
)
def test_a_call_is_on_the_business_day_on_which_it_was_made(
    world: World, settings: Any, zone: str, at: datetime, told: datetime
) -> None:
    """# check 7: half past midnight in Auckland, half past eleven in the evening in Los Angeles."""
    settings.TIME_ZONE = zone
    log_contact("C1", Contacting(Outcome.NO_ANSWER), doing(world.bob, at), today=told.date())
    assert stored("contacts", "contacted_on") == [(told,)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"promise": Promising(D(291), FRIDAY)},
        {"dispute": Disputing("I1", D(41), "tax")},
        {"follow_up": Returning(TODAY, "call_again")},
        {"follow_up": Returning(FRIDAY, "boredom")},
    ],
)
def test_a_call_with_something_wrong_in_what_follows_is_not_logged_in_part(
    world: World, wrong: dict[str, Any]
) -> None:
    call = Contacting(Outcome.RIGHT_PARTY, note="a note", **wrong)
    with pytest.raises(UnableToArrange):
        log_contact("C1", call, doing(world.bob), today=TODAY)
    assert stored("contacts", "contact_id") == []
    assert not Note.objects.exists()
    assert not FollowUp.objects.exists()
    assert not Line.objects.filter(what="contact logged").exists()


def test_one_follow_up_stands_and_a_talk_ends_it_but_no_answer_does_not(world: World) -> None:
    bob = doing(world.bob)
    set_follow_up("C1", Returning(FRIDAY, "call_again"), bob, today=TODAY)
    set_follow_up("C1", Returning(date(2026, 6, 8), "answer"), bob, today=TODAY)
    assert queries.follow_ups_due() == {"C1": date(2026, 6, 8)}
    log_contact("C1", Contacting(Outcome.NO_ANSWER), bob, today=TODAY)
    assert queries.follow_ups_due() == {"C1": date(2026, 6, 8)}
    log_contact("C1", Contacting(Outcome.RIGHT_PARTY), bob, today=TODAY)
    assert queries.follow_ups_due() == {}
    end_follow_up("C1", bob)
    assert FollowUp.objects.count() == 2


def test_whose_act_it_is_follows_from_the_address_in_the_books_else_from_the_portfolio(world: World) -> None:
    assert queries.collector_of(world.bob) == "anna"
    assert queries.collector_of(world.alice) is None
    world.bob.email = "someone@example.com"
    assert queries.collector_of(world.bob) == "anna"
    world.bob.collectors = ["anna", "ben"]
    assert queries.collector_of(world.bob) is None


def test_figures_follow_from_calls_and_promises(world: World) -> None:
    """Anna calls C1 twice in June and reaches the right person once, who promises 100.00 by the 5th; nothing comes by
    the 9th (two working days later). One contact in two was with the right party; 0 of 1 promises was kept; 15 minutes
    at 30.00 an hour are 7.50."""
    log_contact("C1", Contacting(Outcome.NO_ANSWER, minutes=D(5)), doing(world.bob), today=TODAY)
    talk = Contacting(Outcome.RIGHT_PARTY, minutes=D(10), promise=Promising(D(100), FRIDAY))
    log_contact("C1", talk, doing(world.bob, MORNING + timedelta(hours=1)), today=TODAY)
    mirror.refresh(Path(installation.MIRROR))
    asked = ["right_party_contact_rate", "promise_rate", "promise_kept_rate", "contact_cost"]
    known = {
        row["kpi"]: row["value"] for row in figures.opened(Scope()).kpis(as_of=date(2026, 6, 30)).to_dicts()
    }
    found = {name: known[name] for name in asked if name in known}
    assert found["right_party_contact_rate"] == 50
    assert found["promise_rate"] == 100
    assert found["promise_kept_rate"] == 0
