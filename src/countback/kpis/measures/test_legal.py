"""Legal action: customers overdue on a day of the 365, and those of them with a claim."""

from __future__ import annotations

from countback import Books
from tests.asking import amounts, assert_closes, figure, left_out, value, values
from tests.ledger import books_of

YEAR_END = "2024-12-31"


def told(tmp_path) -> Books:
    """
    The 365 days to the end of 2024 begin on 2 January.

    customer paid-on-2-january segment=big
    2023-12-01 invoice I1 paid-on-2-january 10 due 2023-12-31
    2024-01-02 payment P1 paid-on-2-january 10 -> I1 10
    customer paid-on-3-january segment=big
    2023-12-01 invoice I2 paid-on-3-january 10 due 2023-12-31
    2024-01-03 payment P2 paid-on-3-january 10 -> I2 10
    customer due-on-the-last-day segment=big
    2024-12-01 invoice I3 due-on-the-last-day 10 due 2024-12-31
    customer overdue-on-the-last-day segment=small
    2024-12-01 invoice I4 overdue-on-the-last-day 10 due 2024-12-30
    2024-12-01 invoice I5 overdue-on-the-last-day 10 due 2024-12-29
    customer re-opened segment=small
    2024-01-02 invoice I6 re-opened 10 due 2024-02-01
    2024-01-20 payment P6 re-opened 10 -> I6 10
    2024-05-01 reversal P6
    2024-05-02 payment P7 re-opened 10 -> I6 10

    2024-01-02 legal G1 paid-on-3-january claim
    2024-02-02 legal G2 paid-on-3-january claim
    2024-03-01 legal G3 paid-on-2-january claim
    2024-01-01 legal G4 re-opened claim
    2024-06-01 legal G5 re-opened letter_before_action
    2024-07-01 legal G6 overdue-on-the-last-day judgment
    """
    return books_of(told.__doc__, tmp_path)


def test_claims_against_customers_overdue_in_the_window(tmp_path):
    books = told(tmp_path)
    overdue = {"paid-on-3-january", "overdue-on-the-last-day", "re-opened"}
    assert set(amounts(books, "legal_action_rate", YEAR_END, "denominator")) == overdue
    assert amounts(books, "legal_action_rate", YEAR_END) == {"paid-on-3-january": 1}, (
        "two claims, one customer"
    )
    assert value(books, "legal_action_rate", YEAR_END, 4) == value(books, "legal_action_rate", YEAR_END, 4)
    assert values(books, "legal_action_rate", YEAR_END, by="segment") == {"big": 100, "small": 0}
    assert left_out(books, "legal_action_rate", YEAR_END) == {
        "G3": "the customer was overdue on none of the 365 days",
        "G5": "a letter before action is no claim",
        "G6": "a judgment is no new claim",
    }
    assert_closes(books, "legal_action_rate", YEAR_END, by="segment")


def test_a_year_earlier_the_other_side_of_each_bound(tmp_path):
    books = told(tmp_path)
    assert set(amounts(books, "legal_action_rate", "2024-01-01", "denominator")) == {
        "paid-on-2-january",
        "paid-on-3-january",
    }
    assert (
        figure(books, "legal_action_rate", "2023-12-31")["reason"]
        == "no customer was overdue in the 365 days to the date"
    )
    assert set(amounts(books, "legal_action_rate", YEAR_END, "denominator", params={"window": 1})) == {
        "overdue-on-the-last-day"
    }
    assert set(amounts(books, "legal_action_rate", "2025-01-01", params={"window": 366})) == {
        "paid-on-3-january"
    }
