"""Differences add up, whatever both sides say."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from countback.ledger.reconciling.rules import (
    Key,
    Level,
    Line,
    Told,
    What,
    agrees,
    compared,
    differing,
    rows_differing,
)

KEY = Key(What.OPEN, "E1", "EUR")
OTHER = Key(What.OPEN, "E2", "USD")
COUNT = Key(What.INVOICES, "E1", "EUR", date(2026, 10, 1), rows=True)

amounts = st.decimals(-10_000, 10_000, places=2)
customers = st.dictionaries(st.sampled_from(["C1", "C2", "C3", "C4", "C5"]), amounts)


def told(key: Key, value: str, customer: str = "") -> Told:
    return Told(key, Decimal(value), customer)


def lines_of(lines: list[Line]) -> list[tuple[str, str, str, str]]:
    return [(one.level.value, one.customer_id, str(one.ledger), str(one.source)) for one in lines]


@given(theirs=customers, ours=customers, total=st.none() | amounts)
def test_what_makes_a_difference_up_adds_up_to_it(
    theirs: dict[str, Decimal], ours: dict[str, Decimal], total: Decimal | None
) -> None:
    given_totals = [Told(KEY, amount, customer) for customer, amount in theirs.items()]
    given_totals += [Told(KEY, total)] if total is not None else []
    held = {KEY: sum(ours.values(), Decimal(0))}
    lines = compared(given_totals, held, {KEY: ours} if theirs else {})
    whole = [line for line in lines if line.level is Level.TOTAL]
    parts = [line for line in lines if line.level in (Level.CUSTOMER, Level.REST)]
    if not given_totals:
        assert lines == []
        return
    assert len(whole) == 1
    assert whole[0].ledger == held[KEY]
    if theirs:
        assert sum(part.difference for part in parts) == whole[0].difference
        assert sum(part.ledger for part in parts) == whole[0].ledger
        assert sum(part.source for part in parts) == whole[0].source
        assert {part.customer_id for part in parts} - {""} == {*theirs, *ours}
    assert agrees(lines) is (not any(line.difference for line in [*whole, *parts]))


def test_a_total_with_customers_names_who_differs_the_largest_first() -> None:
    given_totals = [told(KEY, "100", "C1"), told(KEY, "50", "C2"), told(KEY, "7", "C9"), told(KEY, "160")]
    ours = {"C1": Decimal(90), "C2": Decimal(50), "C3": Decimal(20)}
    assert lines_of(compared(given_totals, {KEY: Decimal(160)}, {KEY: ours})) == [
        ("total", "", "160", "160"),
        ("customer", "C3", "20", "0"),
        ("customer", "C1", "90", "100"),
        ("customer", "C9", "0", "7"),
        ("customer", "C2", "50", "50"),
        ("rest", "", "0", "3"),
    ]


def test_what_cancels_out_within_a_total_is_no_agreement() -> None:
    lines = compared(
        [told(KEY, "100", "C1"), told(KEY, "50", "C2")], {KEY: Decimal(150)},
        {KEY: {"C1": Decimal(50), "C2": Decimal(100)}},
    )  # fmt: skip
    assert differing(lines) == {}
    assert not agrees(lines)


def test_differences_of_two_totals_do_not_cancel_out() -> None:
    second = Key(What.OPEN, "E2", "EUR")
    lines = compared(
        [told(KEY, "100"), told(second, "100"), told(COUNT, "7")],
        {KEY: Decimal(90), second: Decimal(110), COUNT: Decimal(9)}, {},
    )  # fmt: skip
    assert differing(lines) == {"EUR": Decimal(20)}
    assert rows_differing(lines) == 2


def test_what_the_source_says_nothing_of_is_shown_and_no_difference() -> None:
    lines = compared([told(KEY, "1")], {KEY: Decimal(1), OTHER: Decimal(5)}, {})
    assert lines_of(lines)[1:] == [("untold", "", "5", "0")]
    assert agrees(lines)
    assert lines_of(compared([told(COUNT, "1")], {OTHER: Decimal(5)}, {})) == [("total", "", "0", "1")]
