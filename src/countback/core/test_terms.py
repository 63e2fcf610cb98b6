"""Terms as invoices state them."""

from __future__ import annotations

import datetime as dt

import pytest

from countback.core.terms import parse_terms

ISSUED = dt.date(2024, 1, 20)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("net 30", "2024-02-19"),
        ("Net30", "2024-02-19"),
        ("n/30", "2024-02-19"),
        ("30 days", "2024-02-19"),
        ("30", "2024-02-19"),
        ("net 0", "2024-01-20"),
        ("2/10 net 30", "2024-02-19"),
        ("2%/10, n/30", "2024-02-19"),
        ("eom", "2024-01-31"),
        ("EOM 15", "2024-02-15"),
        ("eom + 30 days", "2024-03-01"),
        ("net 30 eom", "2024-02-29"),
        ("15 mfi", "2024-02-15"),
        ("10th of next month", "2024-02-10"),
        ("Due on  receipt", "2024-01-20"),
        ("COD", "2024-01-20"),
    ],
)
def test_due(text, due):
    assert parse_terms(text).due_on(ISSUED) == dt.date.fromisoformat(due)


@pytest.mark.parametrize(
    "text", ["", "when rich", "net", "2/10", "net 30 or so", "31 mfi", "-30", "net 1000"]
)
def test_not_understood(text):
    assert parse_terms(text) is None


def test_discount():
    terms = parse_terms("1.5/14 net 60")
    assert (str(terms.discount_percent), terms.discount_until(ISSUED)) == ("1.5", dt.date(2024, 2, 3))
    assert parse_terms("net 60").discount_until(ISSUED) is None
