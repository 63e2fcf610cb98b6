"""What users of other systems found broken in balances and ageing, told as ledgers."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from countback import Misuse
from countback.kpis.catalogue import find
from tests.asking import amounts, assert_closes, figure, figures, left_out, rows, value, values
from tests.ledger import books_of


def shown(books, as_of, **asked):
    """Ageing without its empty columns."""
    return {
        name: amount for name, amount in values(books, "aging", as_of, "bucket", **asked).items() if amount
    }


def test_matching_later_leaves_past_reports_unchanged(tmp_path):  # check 2
    """
    customer A
    2024-01-05 invoice I1 A 100.00 due 2024-02-04
    2024-01-05 invoice I2 A 60.00 due 2024-02-04
    2024-03-10 payment P1 A 100.00
    """
    story = test_matching_later_leaves_past_reports_unchanged.__doc__
    with books_of(story, tmp_path) as before:
        expected = shown(before, "2024-03-31")
    assert expected == {"31-60": 160, "unapplied": -100}
    with books_of(
        f"{story}\n    2024-04-02 apply P1 -> I2 60.00\n    2024-04-02 apply P1 -> I1 40.00", tmp_path
    ) as after:
        assert shown(after, "2024-03-31") == expected
        assert shown(after, "2024-04-01") == {"31-60": 160, "unapplied": -100}
        assert shown(after, "2024-04-02") == {"31-60": 60}


def test_what_a_row_says_of_its_recording_moves_no_effective_date(tmp_path):  # check 2
    """
    customer A
    2024-01-05 invoice I1 A 100.00 due 2024-02-04
    2024-02-01 payment P1 A 100.00 -> I1 100.00 recorded_at=2024-05-01T09:00:00
    """
    with books_of(test_what_a_row_says_of_its_recording_moves_no_effective_date.__doc__, tmp_path) as books:
        assert value(books, "open_receivables", "2024-02-29") == 0
        assert value(books, "open_receivables", "2024-02-29", known_at=datetime(2024, 5, 1, 8, 59)) == 100
        assert value(books, "open_receivables", "2024-02-29", known_at=datetime(2024, 5, 1, 9)) == 0


def test_rest_of_a_part_paid_invoice_stays_in_its_own_bucket(tmp_path):  # check 4
    """
    customer A
    2024-01-01 invoice I1 A 300.00 due 2024-01-31
    2024-04-20 payment P1 A 100.00 -> I1 100.00
    2024-03-01 invoice I2 A 90.00 due 2024-04-25
    instalment I2 30.00 due 2024-03-26
    instalment I2 30.00 due 2024-04-10
    instalment I2 30.00 due 2024-04-25
    2024-04-20 payment P2 A 40.00 -> I2 40.00
    """
    with books_of(test_rest_of_a_part_paid_invoice_stays_in_its_own_bucket.__doc__, tmp_path) as books:
        assert shown(books, "2024-04-19") == {"61-90": 300, "1-30": 60, "current": 30}
        assert shown(books, "2024-04-25") == {"61-90": 200, "1-30": 20, "current": 30}
        assert shown(books, "2024-04-30") == {"61-90": 200, "1-30": 50}
        assert amounts(books, "open_receivables", "2024-04-30") == {"I1": 200, "I2#2": 20, "I2#3": 30}


def test_later_payment_of_a_named_instalment_changes_nothing_before_it(tmp_path):  # check 2, check 4
    """
    customer A
    2024-01-01 invoice I1 A 100.00 due 2024-02-01
    instalment I1 50.00 due 2024-01-15
    instalment I1 50.00 due 2024-02-01
    2024-01-10 payment P1 A 50.00 -> I1 50.00
    2024-01-20 payment P2 A 50.00 -> I1#1 50.00
    """
    with books_of(
        test_later_payment_of_a_named_instalment_changes_nothing_before_it.__doc__, tmp_path
    ) as books:
        assert amounts(books, "open_receivables", "2024-01-19") == {"I1#2": 50}
        assert value(books, "overdue_receivables", "2024-01-19") == 0
        assert value(books, "open_receivables", "2024-01-20") == 0


WRITTEN_OFF = """
    customer A
    2024-01-01 invoice I1 A 100.00 due 2024-02-01
    instalment I1 50.00 due 2024-01-15
    instalment I1 50.00 due 2024-02-01
    2024-01-10 write_off W1 I1 100.00 recorded_at=2024-03-01T00:00:00
    2024-01-20 payment P1 A 50.00 -> I1#2 50.00
"""


def test_cash_on_what_was_written_off_is_recovery_once_the_write_off_is_known(tmp_path):
    with books_of(WRITTEN_OFF, tmp_path) as books:
        for day, left in (("2024-01-09", 100), ("2024-01-10", 0), ("2024-01-20", 0)):
            assert value(books, "open_receivables", day) == left
            assert value(books, "cash_applied", day) == 0
        earlier = {"known_at": datetime(2024, 2, 29)}
        assert value(books, "open_receivables", "2024-01-31", **earlier) == 50
        assert value(books, "cash_applied", "2024-01-31", **earlier) == 50


def test_credit_is_neither_paid_nor_dropped(tmp_path):  # check 5
    """
    customer A segment=big
    customer B segment=small
    2024-01-05 invoice I1 A 100.00 due 2024-02-04
    2024-01-20 payment P1 A 30.00
    2024-01-21 credit_note C1 A 20.00
    2024-01-22 payment P2 B 15.00                          # a customer without invoices
    """
    with books_of(test_credit_is_neither_paid_nor_dropped.__doc__, tmp_path) as books:
        assert shown(books, "2024-01-31") == {"current": 100, "unapplied": -65}
        assert value(books, "open_receivables", "2024-01-31") == 100
        assert value(books, "unapplied_credits", "2024-01-31") == 65
        assert amounts(books, "unapplied_credits", "2024-01-31") == {"P1": 30, "C1": 20, "P2": 15}
        by_segment = values(books, "net_receivables", "2024-01-31", "segment")
        assert by_segment == {"big": 50, "small": -15}


FOREIGN = """
    customer A
    2024-01-05 invoice I1 A 100.00 EUR due 2024-02-04
    2024-01-05 invoice I2 A 200.00 USD due 2024-02-04
    2024-01-06 payment P1 A 50.00 USD -> I2 50.00
"""


def test_no_sum_mixes_currencies(tmp_path):  # check 6
    with books_of(FOREIGN, tmp_path) as books:
        assert values(books, "open_receivables", "2024-01-31", "currency") == {"EUR": 100, "USD": 150}
        found = figures(books, "open_receivables", "2024-01-31")
        assert [(row["unit"], row["value"]) for row in found] == [("EUR", 100), ("USD", 150)]
        assert {row["currency"] for row in rows(books, "open_receivables", "2024-01-31")} == {"EUR", "USD"}


def test_rate_moves_what_is_reported_and_not_what_is_owed(tmp_path):  # check 6
    rates = "\n    2024-01-31 rate USD 0.90\n    2024-02-29 rate USD 0.80"
    with books_of(FOREIGN + rates, tmp_path) as books:
        assert value(books, "open_receivables", "2024-01-31") == 235
        assert value(books, "open_receivables", "2024-02-29") == 220
        only = {"where": {"currency": "USD"}, "currency": "USD"}
        for day in ("2024-01-31", "2024-02-29"):
            assert value(books, "open_receivables", day, **only) == 150
            assert_closes(books, "open_receivables", day)


def test_due_today_is_not_overdue(tmp_path):  # check 7
    """A date is asked, never a time of day: 23:30 in UTC-8 and 00:30 in UTC+12 are whatever business date they are.

    customer A
    2024-01-05 invoice I1 A 100.00 due 2024-02-04
    """
    with books_of(test_due_today_is_not_overdue.__doc__, tmp_path) as books:
        for day, overdue, bucket in (
            ("2024-02-03", 0, "current"),
            ("2024-02-04", 0, "current"),
            ("2024-02-05", 100, "1-30"),
        ):
            assert value(books, "overdue_receivables", day) == overdue
            assert value(books, "current_receivables", day) == 100 - overdue
            assert shown(books, day) == {bucket: 100}
        assert value(books, "average_days_past_due", "2024-02-04") is None
        assert value(books, "average_days_past_due", "2024-02-05") == 1


@pytest.mark.parametrize(
    ("day", "bucket"),
    [
        ("2024-03-05", "1-30"), ("2024-03-06", "31-60"), ("2024-04-04", "31-60"), ("2024-04-05", "61-90"),
        ("2024-05-04", "61-90"), ("2024-05-05", "over 90"),
    ],
)  # fmt: skip
def test_bucket_bounds_by_one_day(day, bucket, tmp_path):
    """
    customer A
    2024-01-05 invoice I1 A 100.00 due 2024-02-04
    """
    with books_of(test_bucket_bounds_by_one_day.__doc__, tmp_path) as books:
        assert shown(books, day) == {bucket: 100}
        assert value(books, "over_90_share", day) == (100 if bucket == "over 90" else 0)
        assert value(books, "open_receivables", day, where={"bucket": bucket}) == 100


def test_ageing_by_other_bounds_and_by_issue(tmp_path):
    """
    customer A
    2024-01-05 invoice I1 A 100.00 due 2024-02-04
    """
    with books_of(test_ageing_by_other_bounds_and_by_issue.__doc__, tmp_path) as books:
        names = values(books, "aging", "2024-02-14", "bucket", params={"bounds": "10,20"})
        assert names == {"current": 0, "1-10": 100, "11-20": 0, "over 20": 0, "unapplied": 0}
        assert shown(books, "2024-02-15", params={"bounds": "10,20"}) == {"11-20": 100}
        assert shown(books, "2024-02-04", params={"by_date": "issued"}) == {"1-30": 100}
        assert shown(books, "2024-02-05", params={"by_date": "issued"}) == {"31-60": 100}
        with pytest.raises(Misuse, match="bounds are 1 to 12"):
            shown(books, "2024-02-05", params={"bounds": "20,10"})


def test_paid_to_the_cent_is_closed(tmp_path):  # check 8
    """
    customer A
    2024-01-05 invoice I1 A 100.10 due 2024-02-04
    2024-01-06 payment P1 A 33.37 -> I1 33.37
    2024-01-07 payment P2 A 33.37 -> I1 33.37
    2024-01-08 payment P3 A 33.36 -> I1 33.36
    """
    with books_of(test_paid_to_the_cent_is_closed.__doc__, tmp_path) as books:
        assert value(books, "open_receivables", "2024-01-07") == Decimal("33.36")
        assert value(books, "open_receivables", "2024-01-08") == 0
        assert rows(books, "open_receivables", "2024-01-08") == []


def test_group_total_is_the_children_once(tmp_path):  # check 10
    """
    customer A
    customer B parent_id=A
    customer C parent_id=B
    customer D
    2024-01-05 invoice I1 A 100.00 due 2024-02-04
    2024-01-05 invoice I2 B 20.00 due 2024-02-04
    2024-01-05 invoice I3 C 3.00 due 2024-02-04
    2024-01-05 invoice I4 D 0.50 due 2024-02-04
    """
    with books_of(test_group_total_is_the_children_once.__doc__, tmp_path) as books:
        by_parent = values(books, "open_receivables", "2024-01-31", "parent")
        assert by_parent == {"A": 123, "D": Decimal("0.50")}
        by_customer = values(books, "open_receivables", "2024-01-31", "customer")
        assert sum(by_customer.values()) == sum(by_parent.values())
        assert value(books, "open_receivables", "2024-01-31") == Decimal("123.50")
        assert len(rows(books, "open_receivables", "2024-01-31", where={"parent": "A"})) == 3


SALES = """
    customer A
    2024-01-10 invoice I1 A 300.00 due 2024-02-10
    2024-02-10 invoice I2 A 200.00 due 2024-03-10
    2024-02-20 credit_note C1 A 50.00 -> I2 50.00
    2024-03-05 invoice I3 A 100.00 due 2024-04-05
    2024-03-10 payment P1 A 120.00 -> I1 120.00
"""


def test_both_dso_methods_reproduce_from_their_rows(tmp_path):  # check 12
    """Average and count-back state method and window, and both follow from the rows alone."""
    assert "window" in find("dso").params
    assert "average method over a rolling window" in find("dso").specification.summary.replace("\n", " ")
    assert "month by month backwards" in find("dso_countback").specification.summary.replace("\n", " ")
    with books_of(SALES, tmp_path) as books:
        listed = rows(books, "dso", "2024-03-31")
        sums = {
            side: sum(row["amount"] for row in listed if row["side"] == side)
            for side in ("numerator", "denominator")
        }
        assert sums == {"numerator": 430, "denominator": 550}
        assert value(books, "dso", "2024-03-31") == round(Decimal(430) / 550 * 90, 2)
        sales = {}
        for row in rows(books, "dso_countback", "2024-03-31", "denominator"):
            month = row["happened_on"].month
            sales[month] = sales.get(month, 0) + row["amount"]
        assert sales == {3: 100, 2: 150, 1: 300}
        assert value(books, "dso_countback", "2024-03-31") == round(31 + 29 + Decimal(180) / 300 * 31, 2)
        assert_closes(books, "dso_countback", "2024-03-31")
        assert left_out(books, "dso", "2024-03-31") == {}


def test_countback_counts_the_running_month_to_the_date(tmp_path):
    with books_of(SALES, tmp_path) as books:
        assert value(books, "dso_countback", "2024-03-09") == round(9 + 29 + 31 * Decimal(300) / 300, 2)
        assert value(books, "dso_countback", "2024-03-10") == round(10 + 29 + 31 * Decimal(180) / 300, 2)


def test_countback_passes_over_months_without_sales_and_says_when_it_is_cut(tmp_path):
    """
    customer A
    2021-01-15 invoice I1 A 80.00 due 2021-02-15
    2023-12-15 invoice I2 A 20.00 due 2024-01-15
    2023-11-15 credit_note C1 A 500.00
    """
    with books_of(
        test_countback_passes_over_months_without_sales_and_says_when_it_is_cut.__doc__, tmp_path
    ) as books:
        reached = figure(books, "dso_countback", "2023-12-31")
        assert reached["value"] == (date(2023, 12, 31) - date(2020, 12, 31)).days
        assert reached["reason"] is None
        cut = figure(books, "dso_countback", "2024-01-31")
        assert cut["value"] == (date(2024, 1, 31) - date(2021, 1, 31)).days
        assert cut["reason"] == "truncated at 36 months"
        assert figure(books, "dso_countback", "2020-12-31")["value"] == 0
