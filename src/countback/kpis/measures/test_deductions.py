"""Disputes: opened, standing, resolved."""

from __future__ import annotations

from decimal import Decimal

import pytest

from countback import Books
from tests.asking import amounts, assert_closes, figure, left_out, value, values
from tests.ledger import books_of

LEDGER = """
customer A segment=big
customer B segment=small
2023-12-01 invoice I1 A 1000 due 2024-02-01
2023-12-01 invoice I2 B 500 due 2024-02-01
2024-03-02 invoice I3 B 200 due 2024-04-01
2023-12-31 dispute D1 I1 100      # 91 days before the end of March
2024-01-02 dispute D2 I1 50       # the first of the 90 days
2024-03-31 dispute D3 I3 30
2024-03-01 dispute D4 I2 400
2024-03-31 resolve D2 credited
2024-03-30 payment P1 B 300 -> I2 300
"""
MARCH = "2024-03-31"


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    return books_of(LEDGER, tmp_path_factory.mktemp("disputes"))


def test_dispute_stands_from_its_first_day_to_the_day_before_it_is_resolved(books):
    assert amounts(books, "disputed_receivables", MARCH) == {"D1": 100, "D3": 30, "D4": 400}
    assert amounts(books, "disputed_receivables", "2024-03-30") == {"D1": 100, "D2": 50, "D4": 400}
    assert left_out(books, "disputed_receivables", MARCH) == {"D2": "resolved in the period: credited"}
    assert_closes(books, "disputed_receivables", MARCH, by="segment")


def test_with_a_limit_no_more_is_disputed_than_is_open(books):
    limited = {"params": {"limit": "open"}}
    assert values(books, "disputed_receivables", MARCH, by="segment", **limited) == {"big": 100, "small": 230}
    whole = value(books, "open_receivables", MARCH) - value(
        books, "open_receivables", MARCH, params={"disputed": "exclude"}
    )
    assert value(books, "disputed_receivables", MARCH, **limited) == whole
    assert_closes(books, "disputed_receivables", MARCH, **limited)


def test_dispute_rate_of_the_period(books):
    assert value(books, "dispute_rate", MARCH) == Decimal("215.00")  # 430 opened, 200 sold
    assert figure(books, "dispute_rate", "2024-02-29")["reason"] == "no credit sales in the period"
    assert_closes(books, "dispute_rate", MARCH)


def test_days_deductions_outstanding_over_ninety_days(books):
    found = figure(books, "days_deductions_outstanding", MARCH)
    assert (found["numerator"], found["denominator"]) == (530, 480)
    assert round(found["value"], 4) == Decimal("99.3750")
    assert amounts(books, "days_deductions_outstanding", MARCH, "denominator") == {
        "D2": 50,
        "D3": 30,
        "D4": 400,
    }
    assert "D1" in amounts(books, "days_deductions_outstanding", MARCH, "denominator", params={"window": 92})
    assert figure(books, "days_deductions_outstanding", "2023-12-30")["reason"].startswith(
        "nothing was disputed"
    )
