"""Contacts: who was reached, what of the overdue is worked, and the cash that follows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from countback import Books
from tests.asking import amounts, assert_closes, figure, figures, left_out, value, values
from tests.ledger import books_of

LEDGER = """
customer A segment=big
customer B segment=big
customer C segment=small
customer D segment=small
2024-01-02 invoice I1 A 100 due 2024-03-30     # overdue on the last day of March
2024-01-02 invoice I2 B 200 due 2024-03-01
2024-01-02 invoice I3 C 400 due 2024-03-01
2024-01-02 invoice I4 D 800 due 2024-03-01
2024-01-02 invoice I5 A 1000 due 2024-03-31    # due that day: not overdue
2024-03-02 contact K1 A email                  # the first of the thirty days
2024-03-01 contact K2 B call right_party       # a day before them
2024-03-20 contact K3 C email bounced
2024-03-31 contact K4 D call no_answer
2024-03-12 contact K5 B call wrong_party direction=in
"""
MARCH = "2024-03-31"


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    return books_of(LEDGER, tmp_path_factory.mktemp("contacts"))


def test_right_party_contacts_of_all_contacts(books):
    found = figure(books, "right_party_contact_rate", MARCH)
    assert (found["numerator"], found["denominator"], found["value"]) == (1, 5, 20)
    assert values(books, "right_party_contact_rate", MARCH, by="segment") == {
        "big": Decimal("33.33"),
        "small": 0,
    }
    assert_closes(books, "right_party_contact_rate", MARCH)
    assert figure(books, "right_party_contact_rate", "2024-02-29")["reason"] == "no contacts in the period"


def test_coverage_counts_thirty_days_and_no_message_that_bounced(books):
    assert amounts(books, "coverage", MARCH) == {"I1": 100, "I2": 200, "I4": 800}
    assert value(books, "coverage", MARCH) == Decimal("73.33")  # 1,100 of 1,500
    assert left_out(books, "coverage", MARCH) == {"K3": "the message bounced: it reached nobody"}
    assert_closes(books, "coverage", MARCH, by="segment")


def test_coverage_of_a_day_ends_with_that_day(books):
    assert set(amounts(books, "coverage", MARCH, params={"days": 1})) == {"I4"}
    assert set(amounts(books, "coverage", "2024-03-30")) == {"I2"}, (
        "30 March: 1 March is within its thirty days"
    )
    assert figure(books, "coverage", "2024-03-01")["reason"] == "nothing is overdue"


def test_coverage_by_ageing_bucket(books):
    found = values(books, "coverage", MARCH, by="bucket")
    assert found["1-30"] == Decimal("73.33")


CASH = """
customer A currency=EUR
customer B currency=EUR
collector ann
2024-01-02 invoice I1 A 1000 due 2024-01-20
2024-01-02 invoice I2 B 1000 due 2024-01-20
2024-01-02 invoice I3 B 100 due 2024-01-20
2024-03-01 contact K1 A call right_party collector=ann minutes=30
2024-03-10 contact K2 A call no_answer collector=bob minutes=10
2024-03-11 contact K3 A email bounced collector=cem minutes=1
2024-03-12 contact K4 A email                     # by nobody in particular
2024-03-01 contact K5 B letter collector=ann
2024-03-09 payment P1 A 100 -> I1 100             # ann
2024-03-10 payment P2 A 200 -> I1 200             # bob, who called that day
2024-03-24 payment P3 A 40 -> I1 40               # bob, on the last of the 14 days
2024-03-25 payment P4 A 8 -> I1 8                 # a day too late
2024-03-15 payment P5 B 500 -> I2 500             # ann, on the last day
2024-04-20 reversal P5
2024-03-16 credit_note C1 A 5 for I1
2024-03-20 write_off W1 I3 100
2024-03-21 payment P6 B 70 -> I3 70
"""


@pytest.fixture(scope="module")
def cash_books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    return books_of(CASH, tmp_path_factory.mktemp("cash"))


def test_cash_goes_once_to_the_collector_of_the_latest_contact_in_14_days(cash_books):
    assert values(cash_books, "collector_cash", MARCH, by="collector") == {"ann": 600, "bob": 240, "cem": 0}
    assert_closes(cash_books, "collector_cash", MARCH)
    reasons = left_out(cash_books, "collector_cash", MARCH)
    assert sorted(reasons.values()) == [
        "applied from a credit note, which is no cash",
        "no contact by a collector in the 14 days before it",
        "received after the invoice was written off: a recovery",
    ]


def test_cash_per_hour_is_undefined_where_no_time_was_logged(cash_books):
    hours = {
        row["by"]["collector"]: row
        for row in figures(cash_books, "collector_cash", MARCH, params={"per": "hour"})
    }
    assert hours["ann"]["value"] == 1200
    assert hours["bob"]["value"] == 1440
    april = figures(cash_books, "collector_cash", "2024-04-30", params={"per": "hour"})
    assert [(row["by"]["collector"], row["reason"]) for row in april] == [
        ("ann", "no time was logged in the period")
    ]


def test_return_takes_the_cash_back_from_who_had_it_on_its_own_day(cash_books):
    assert values(cash_books, "collector_cash", "2024-04-30", by="collector") == {"ann": -500}


def test_one_collector_can_be_asked(cash_books):
    assert values(cash_books, "collector_cash", MARCH, by="collector", where={"collector": "bob"}) == {
        "bob": 240
    }
    assert_closes(cash_books, "collector_cash", MARCH, where={"collector": "bob"})


def test_contacts_by_currency_are_in_that_of_the_customer(cash_books):
    assert values(cash_books, "right_party_contact_rate", MARCH, by="currency") == {"EUR": 20}
