"""Promises, disputes and follow-ups as values: what stands against them, and how an amount is divided."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countback.arrangements.rules import (
    LONGEST_PROMISE,
    OpenInvoice,
    dispute_wrongs,
    divided,
    follow_up_wrongs,
    promise_wrongs,
)

MONDAY = date(2026, 6, 1)
D = Decimal


def invoice(number: str = "I1", amount: str = "100.00", due: int = 0, **further: object) -> OpenInvoice:
    given = {"currency": "EUR"} | further
    return OpenInvoice(number, MONDAY, MONDAY + timedelta(due), D(amount), **given)  # type: ignore[arg-type]


def against(amount: str, days: int = 5, *invoices: OpenInvoice) -> list[str]:
    found = promise_wrongs(
        amount=D(amount), due_on=MONDAY + timedelta(days), made_on=MONDAY, invoices=invoices or [invoice()]
    )
    return [one.field for one in found]


@pytest.mark.parametrize(
    ("amount", "days", "fields"),
    [
        ("100.00", 0, []),
        ("100.00", -1, ["promised_on"]),
        ("100.01", 0, ["promised_amount"]),
        ("0.01", 0, []),
        ("0.00", 0, ["promised_amount"]),
        ("-5", 0, ["promised_amount"]),
        ("99.999", 0, ["promised_amount"]),
        ("100.00", LONGEST_PROMISE, []),
        ("100.00", LONGEST_PROMISE + 1, ["promised_on"]),
        ("100.01", -1, ["promised_amount", "promised_on"]),
    ],
)
def test_a_promise_is_for_what_is_open_and_for_a_day_to_come(
    amount: str, days: int, fields: list[str]
) -> None:
    assert against(amount, days) == fields


def test_what_is_disputed_is_not_promised() -> None:
    part = invoice(disputed=D("30.00"))
    assert against("70.00", 5, part) == []
    assert against("70.01", 5, part) == ["promised_amount"]


def test_a_promise_is_in_one_currency_and_of_something() -> None:
    assert against("1", 5, invoice(), invoice("I2", currency="USD")) == ["invoices"]
    found = promise_wrongs(amount=D(1), due_on=MONDAY, made_on=MONDAY, invoices=[])
    assert [one.field for one in found] == ["invoices"]
    assert against("1.5", 5, invoice(currency="JPY")) == ["promised_amount"]


@pytest.mark.parametrize(("amount", "refused"), [("70.00", False), ("70.01", True), ("0", True)])
def test_a_dispute_is_of_what_is_open_and_not_disputed_yet(amount: str, refused: bool) -> None:
    assert bool(dispute_wrongs(amount=D(amount), invoice=invoice(disputed=D("30.00")))) is refused


@pytest.mark.parametrize(("days", "refused"), [(-1, True), (0, True), (1, False)])
def test_one_comes_back_on_a_later_day(days: int, refused: bool) -> None:
    assert bool(follow_up_wrongs(due_on=MONDAY + timedelta(days), today=MONDAY)) is refused


INVOICES = st.lists(
    st.tuples(st.integers(1, 10_000), st.integers(0, 10_000), st.integers(-90, 90)), min_size=1, max_size=8
)


@given(INVOICES, st.integers(1, 40_000))
def test_a_promise_is_divided_without_a_rest_and_never_beyond_what_can_be_asked_for(
    rows: list[tuple[int, int, int]], cents: int
) -> None:
    every = [
        invoice(f"I{place}", str(D(open_cents) / 100), due, disputed=D(min(disputed, open_cents)) / 100)
        for place, (open_cents, disputed, due) in enumerate(rows)
    ]
    amount = D(cents) / 100
    parts = divided(amount, every)
    askable = sum((one.undisputed for one in every), D(0))
    assert sum((share for _, share in parts), D(0)) == min(amount, askable)
    assert all(0 < share <= one.undisputed for one, share in parts)
    assert [one.due_on for one, _ in parts] == sorted(one.due_on for one, _ in parts)
    assert all(share == one.undisputed for one, share in parts[:-1]), "only the last may be paid in part"
