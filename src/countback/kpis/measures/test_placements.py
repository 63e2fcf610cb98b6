"""Agencies: what came back of what was placed, and what that cost."""

from __future__ import annotations

from decimal import Decimal

import pytest

from countback import Books
from tests.asking import amounts, assert_closes, figures, left_out
from tests.ledger import books_of

LEDGER = """
customer A segment=big
customer B segment=small
customer C segment=small
2024-01-02 invoice I1 A 1000 due 2024-01-20
2024-01-02 invoice I2 A 500 due 2024-01-20
2024-01-02 invoice I3 B 400 due 2024-01-20
2024-01-02 invoice I4 C 300 due 2024-01-20
2024-02-01 placement L1 A 1000 with North fee=0.2 for I1
2024-02-01 payment P1 A 100 -> I1 100                     # on the day of placement: not recovered
2024-02-02 payment P2 A 300 -> I1 300
2024-02-03 payment P3 A 50 -> I2 50                       # not what was placed
2024-03-31 recall L1
2024-03-31 payment P4 A 10 -> I1 10                       # on the day of the recall
2024-04-01 payment P5 A 7 -> I1 7                         # after it
2024-02-10 placement L2 B 400 with North fee=0.2          # all of the customer's
2024-02-20 payment P6 B 200 -> I3 200
2024-02-21 cost X1 agency_fee 33 for B
2024-02-09 cost X2 agency_fee 1000 for B                  # the day before the placement
2024-03-01 cost X3 legal 12 for B
2024-03-02 credit_note C1 B 25 for I3
2024-04-10 reversal P6
2024-03-05 write_off W1 I4 300
2024-03-06 placement L3 C 300 with South
2024-03-10 payment P7 C 60 -> I4 60
"""
MARCH = "2024-03-31"
Cells = dict[tuple[str, str], tuple[Decimal, Decimal]]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    return books_of(LEDGER, tmp_path_factory.mktemp("placements"))


def cells(books: Books, as_of: str, **asked) -> Cells:
    """Numerator and denominator by agency and month of placement."""
    found = figures(books, "net_recovery", as_of, **asked)
    return {
        (row["by"]["agency"], row["by"]["placement_month"]): (row["numerator"], row["denominator"])
        for row in found
    }


def test_net_recovery_by_agency_and_month(books):
    north = (300 + 10) - Decimal("0.2") * 310 + 200 - 33 - 12 - 25
    assert cells(books, MARCH) == {("North", "2024-02"): (north, 1400), ("South", "2024-03"): (60, 300)}
    assert_closes(books, "net_recovery", MARCH)


def test_what_the_future_brings_is_not_known_before(books):
    before = 300 - Decimal("0.2") * 300 + 200 - 33
    assert cells(books, "2024-02-29") == {("North", "2024-02"): (before, 1400)}
    assert cells(books, "2024-02-09") == {("North", "2024-02"): (240, 1000)}
    assert cells(books, "2024-01-31") == {}


def test_what_is_returned_was_not_recovered(books):
    """The fee that was booked stays; cash after the recall is shown and does not count."""
    north = 310 - Decimal("0.2") * 310 - 33 - 12 - 25
    assert cells(books, "2024-04-30")["North", "2024-02"] == (north, 1400)
    assert list(left_out(books, "net_recovery", "2024-04-30").values()) == [
        "applied after the placement was recalled"
    ]
    assert_closes(books, "net_recovery", "2024-04-30")


def test_by_segment_and_of_one_agency(books):
    by_segment = figures(books, "net_recovery", MARCH, by="segment")
    sides = {row["by"]["segment"]: row["numerator"] for row in by_segment if row["by"]["agency"] == "North"}
    assert sides == {"big": 248, "small": 130}
    assert cells(books, MARCH, where={"agency": "South"}) == {("South", "2024-03"): (60, 300)}
    assert cells(books, MARCH, where={"segment": "big"}) == {("North", "2024-02"): (248, 1000)}
    assert_closes(books, "net_recovery", MARCH, by="segment")
    assert_closes(books, "net_recovery", MARCH, where={"agency": "South"})


def test_row_that_two_placements_could_claim_counts_once(tmp_path):
    """
    customer A
    2024-01-02 invoice I1 A 100 due 2024-01-20
    2024-01-02 invoice I2 A 100 due 2024-01-20
    2024-02-01 placement L1 A 100 with First for I1
    2024-02-10 placement L2 A 200 with Second
    2024-03-01 payment P1 A 40 -> I1 40
    2024-03-01 payment P2 A 30 -> I2 30
    2024-03-02 cost X1 agency_fee 5 for A
    """
    books = books_of(test_row_that_two_placements_could_claim_counts_once.__doc__, tmp_path)
    found = cells(books, MARCH)
    assert found == {("First", "2024-02"): (40, 100), ("Second", "2024-02"): (25, 200)}
    assert amounts(books, "net_recovery", MARCH)["X1"] == -5
