"""Costs, and what they are measured against."""

from __future__ import annotations

from decimal import Decimal

import pytest

from countback import Books
from tests.asking import amounts, assert_closes, figure, left_out, value, values
from tests.ledger import books_of

LEDGER = """
customer A segment=big collector=ann
customer B segment=small collector=bob
2024-01-02 invoice I1 A 1000 due 2024-03-10
2024-01-02 invoice I2 B 500 due 2024-03-10
2024-01-02 invoice I3 B 100 due 2024-03-10
2024-03-10 payment P1 A 600 -> I1 600          # on the due date: in time
2024-03-11 payment P2 A 300 -> I1 300          # a day after
2024-03-12 payment P3 B 500 -> I2 500
2024-04-02 reversal P3
2024-04-03 reversal P1
2024-04-04 payment P4 A 250 -> I1 250
2024-04-05 write_off W1 I3 100
2024-04-06 payment P5 B 30 -> I3 30
2024-03-01 cost X1 staff 10 collector=ann
2024-03-31 cost X2 legal 5.50 for B
2024-04-01 cost X3 system 3
2024-02-29 cost X4 other 7
2024-03-15 cost X5 agency_fee 2 for A collector=bob
"""


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    return books_of(LEDGER, tmp_path_factory.mktemp("effort"))


def test_costs_count_on_the_day_they_are_incurred(books):
    assert value(books, "collection_cost", "2024-03-31") == Decimal("17.50")
    assert value(books, "collection_cost", "2024-03-30") == 12
    assert value(books, "collection_cost", "2024-05-31") == 0
    assert_closes(books, "collection_cost", "2024-03-31")


def test_cost_is_its_own_collectors_else_its_customers(books):
    found = values(books, "collection_cost", "2024-03-31", by="collector")
    assert found == {"ann": 10, "bob": Decimal("7.50")}
    assert values(books, "collection_cost", "2024-03-31", by="segment")[None] == 10


def test_kinds_of_cost_sum_to_the_cost(books):
    found = values(books, "collection_cost_by_kind", "2024-03-31", by="cost_kind")
    assert found == {"staff": 10, "system": 0, "agency_fee": 2, "legal": Decimal("5.50"), "other": 0}
    assert_closes(books, "collection_cost_by_kind", "2024-03-31")


def test_cost_of_collection_is_measured_against_cash_after_the_due_date(books):
    late = amounts(books, "cost_of_collection", "2024-03-31", "denominator")
    assert late == _by_payment(books, {"P2": 300, "P3": 500})
    assert value(books, "cost_of_collection", "2024-03-31", 4) == Decimal("2.1875")  # 17.50 of 800
    reasons = left_out(books, "cost_of_collection", "2024-03-31")
    assert list(reasons.values()) == ["applied by the due date"]
    assert_closes(books, "cost_of_collection", "2024-03-31", by="segment")


def test_return_counts_against_it_only_where_the_payment_had_been_late(books):
    """P3 came late and is returned; P1 came in time, so that its return takes nothing back."""
    found = figure(books, "cost_of_collection", "2024-04-30")
    assert found["denominator"] == 250 - 500
    assert found["reason"] == "no cash came in after its due date in the period"
    assert sorted(left_out(books, "cost_of_collection", "2024-04-30").values()) == [
        "applied by the due date",
        "received after the invoice was written off: a recovery",
    ]
    assert_closes(books, "cost_of_collection", "2024-04-30")


def _by_payment(books: Books, wanted: dict[str, int]) -> dict[str, Decimal]:
    """Amounts by allocation, from amounts by payment."""
    found = books.loaded.connection.execute(
        "SELECT payment_id, allocation_id FROM books.allocations"
    ).fetchall()
    return {allocation: Decimal(wanted[payment]) for payment, allocation in found if payment in wanted}
