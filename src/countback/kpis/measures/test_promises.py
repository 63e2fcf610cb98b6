"""Promises told day by day: each threshold met, and missed by a day or a cent."""

from __future__ import annotations

from decimal import Decimal

import pytest

from countback import Books, Misuse
from tests.asking import amounts, assert_closes, figure, figures, left_out, value, values
from tests.ledger import books_of

LEDGER = """
customer A segment=big
customer B segment=small
2024-01-02 invoice I1 A 100 due 2024-01-20
2024-01-02 invoice I2 A 100 due 2024-01-20
2024-01-02 invoice I3 A 100 due 2024-01-20
2024-01-02 invoice I4 A 100 due 2024-01-20
2024-01-02 invoice I5 A 100 due 2024-01-20
2024-01-02 invoice I6 A 100 due 2024-01-20
2024-01-02 invoice I7 A 100 due 2024-01-20
2024-01-02 invoice I8 A 100 due 2024-01-20
2024-01-02 invoice J1 B 60 due 2024-01-20
2024-01-02 invoice J2 B 90 due 2024-01-20
2024-01-25 promise kept-last-day A 100 by 2024-02-01 for I1     # a Thursday: until Monday
2024-02-05 payment P1 A 95 -> I1 95
2024-01-25 promise short-by-a-cent A 100 by 2024-02-01 for I2
2024-02-05 payment P2 A 94.99 -> I2 94.99
2024-01-25 promise a-day-late A 100 by 2024-02-01 for I3
2024-02-06 payment P3 A 100 -> I3 100
2024-01-25 promise paid-before-made A 100 by 2024-02-01 for I4
2024-01-24 payment P4 A 100 -> I4 100
2024-01-25 promise paid-when-made A 100 by 2024-02-01 for I5
2024-01-25 payment P5 A 100 -> I5 100
2024-01-25 promise returned-in-time A 100 by 2024-02-01 for I6
2024-02-01 payment P6 A 100 -> I6 100
2024-02-05 reversal P6
2024-01-25 promise returned-later A 100 by 2024-02-01 for I7
2024-02-01 payment P7 A 100 -> I7 100
2024-02-06 reversal P7
2024-01-25 promise withdrawn A 100 by 2024-02-01 for I8
2024-02-28 withdraw withdrawn
2024-01-25 promise any-invoice B 100 by 2024-02-01
2024-01-30 payment P9 B 60 -> J1 60
2024-02-02 payment P10 B 40 -> J2 40
2024-02-20 promise credited B 50 by 2024-02-27 for J2           # a Tuesday: until the 29th
2024-02-22 credit_note C1 B 50 for J2
2024-02-20 promise still-open B 50 by 2024-02-28 for J2         # until 1 March
2024-02-10 contact K1 A call right_party
2024-02-11 contact K2 B email right_party direction=in
2024-02-12 contact K3 B call right_party
2024-02-13 contact K4 A call no_answer
2024-02-14 contact K5 A letter
"""
FEBRUARY = "2024-02-29"


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Books:
    return books_of(LEDGER, tmp_path_factory.mktemp("promises"))


def test_promise_is_kept_at_95_per_cent_by_the_second_working_day(books):
    kept = {"kept-last-day", "paid-when-made", "returned-later", "any-invoice"}
    assert set(amounts(books, "promise_kept_rate", FEBRUARY)) == kept
    found = figure(books, "promise_kept_rate", FEBRUARY)
    assert (found["numerator"], found["denominator"], found["value"]) == (4, 9, Decimal("44.4444444444"))
    assert_closes(books, "promise_kept_rate", FEBRUARY, by="segment")


def test_promises_not_judged_are_left_out_with_the_reason(books):
    assert left_out(books, "promise_kept_rate", FEBRUARY) == {
        "withdrawn": "withdrawn by the date",
        "still-open": "due, but within its two working days of grace",
    }
    assert left_out(books, "promise_kept_rate", "2024-02-28")["still-open"] == "due on the date itself"
    assert left_out(books, "promise_kept_rate", "2024-02-27")["still-open"] == "not yet due"


def test_withdrawn_promise_counts_until_the_day_of_its_withdrawal(books):
    assert figure(books, "promise_kept_rate", "2024-02-27")["denominator"] == 9
    assert figure(books, "promise_kept_rate", "2024-02-28")["denominator"] == 8


def test_part_payments_count_with_their_part_by_amount(books):
    paid = amounts(books, "promise_kept_amount_rate", FEBRUARY)
    assert paid["kept-last-day"] == 95
    assert paid["short-by-a-cent"] == Decimal("94.99")
    assert paid["any-invoice"] == 100
    assert paid["credited"] == 0, "a credit note is no cash"
    assert value(books, "promise_kept_amount_rate", FEBRUARY) == Decimal("57.65")  # 489.99 / 850
    assert_closes(books, "promise_kept_amount_rate", FEBRUARY)


def test_limit_from_which_a_promise_counts_as_kept_can_be_asked(books):
    asked = {"params": {"kept_from": "94.99"}}
    assert "short-by-a-cent" in amounts(books, "promise_kept_rate", FEBRUARY, **asked)
    for wrong in ("0", "100.5", "33.333"):
        with pytest.raises(Misuse, match="kept_from"):
            value(books, "promise_kept_rate", FEBRUARY, params={"kept_from": wrong})


def test_promise_rate_counts_who_was_reached_in_either_direction(books):
    found = figure(books, "promise_rate", FEBRUARY)
    assert (found["numerator"], found["denominator"]) == (2, 3)
    assert left_out(books, "promise_rate", FEBRUARY) == {
        "K4": "nobody answered",
        "K5": "no outcome was recorded",
    }
    assert figure(books, "promise_rate", "2024-01-31")["reason"] == "no right-party contacts in the period"


def test_follow_through_is_the_product_of_the_two_rates(books):
    found = figure(books, "promise_follow_through", FEBRUARY)
    rates = [figure(books, kpi, FEBRUARY)["value"] for kpi in ("promise_rate", "promise_kept_rate")]
    assert round(found["value"], 8) == round(rates[0] * rates[1] / 100, 8)
    assert (found["numerator"], found["denominator"]) == (4 * 2, 9 * 3)
    assert_closes(books, "promise_follow_through", FEBRUARY)
    assert_closes(books, "promise_follow_through", FEBRUARY, by="segment")
    by_segment = {
        row["by"]["segment"]: row for row in figures(books, "promise_follow_through", FEBRUARY, by="segment")
    }
    assert by_segment["big"]["numerator"] == 0, "no promise was made by a big customer in February"
    assert by_segment["small"]["numerator"] / by_segment["small"]["denominator"] == Decimal(1 * 2) / (2 * 2)


@pytest.mark.parametrize("kpi", ["promise_outcomes", "promise_outcome_amounts"])
def test_outcomes_add_up_to_the_promises_made(books, kpi):
    found = values(books, kpi, FEBRUARY, by="outcome")
    counts = {"kept": 4, "partly kept": 1, "broken": 4, "open": 1, "withdrawn": 1}
    amount = {"kept": 400, "partly kept": 100, "broken": 350, "open": 50, "withdrawn": 100}
    assert found == (counts if kpi == "promise_outcomes" else amount)
    assert list(found) == ["kept", "partly kept", "broken", "open", "withdrawn"]
    assert_closes(books, kpi, FEBRUARY)
    assert sum(values(books, kpi, FEBRUARY, by="outcome", params={"window": 10}).values()) in (2, 100)


def test_grace_is_two_working_days_from_every_day_of_the_week(tmp_path):
    """
    customer A
    2024-01-02 invoice I1 A 100 due 2024-01-20
    2024-03-01 promise monday A 1 by 2024-03-04
    2024-03-01 promise tuesday A 1 by 2024-03-05
    2024-03-01 promise wednesday A 1 by 2024-03-06
    2024-03-01 promise thursday A 1 by 2024-03-07
    2024-03-01 promise friday A 1 by 2024-03-08
    2024-03-01 promise saturday A 1 by 2024-03-09
    2024-03-01 promise sunday A 1 by 2024-03-10
    """
    books = books_of(test_grace_is_two_working_days_from_every_day_of_the_week.__doc__, tmp_path)
    days = figures(books, "promise_kept_rate", "2024-03-14", trend=12, every="day")
    judged = {str(row["as_of"])[-2:]: int(row["denominator"]) for row in days if row["denominator"]}
    assert judged == {"06": 1, "07": 1, "08": 1, "11": 1, "12": 3}


def test_promise_of_no_invoice_is_kept_in_its_own_currency_only(tmp_path):
    """
    customer A currency=EUR
    2024-02-08 rate USD 0.9
    2024-01-02 invoice I1 A 100 due 2024-01-20
    2024-01-02 invoice I2 A 100 USD due 2024-01-20
    2024-02-01 promise R1 A 100 by 2024-02-05
    2024-02-02 payment P1 A 100 USD -> I2 100
    """
    books = books_of(test_promise_of_no_invoice_is_kept_in_its_own_currency_only.__doc__, tmp_path)
    assert figure(books, "promise_kept_rate", "2024-02-10")["numerator"] == 0
