"""Medians with open cases counted: invoices, customers, disputes. Each test's docstring is its ledger."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tests.asking import amounts, assert_closes, figure, figures, left_out, rows
from tests.ledger import books_of


def watched(books, kpi, as_of, side="denominator", **asked):
    """(row, its date) of the cases of a side."""
    return sorted((r["row_id"], str(r["happened_on"])) for r in rows(books, kpi, as_of, side, **asked))


PAID = """
    customer A segment=big
    customer B
    2023-06-01 invoice OLD A 10.00 due 2023-06-30      # 365 days before the date: not in the window
    2023-06-02 invoice I0 B 10.00 due 2023-07-01       # the first day of it
    2024-05-01 invoice I1 A 100.00 due 2024-05-31
    2024-05-01 invoice I2 A 100.00 due 2024-05-31
    2024-05-01 invoice I3 B 90.00 due 2024-05-31
    instalment I3 50.00 due 2024-05-11
    instalment I3 40.00 due 2024-05-31
    2024-05-31 invoice I4 A 100.00 due 2024-06-30      # issued on the date: watched 0 days
    2023-06-09 payment P0 B 10.00 -> I0 10.00          # 7 days
    2024-05-11 payment P1 A 150.00 -> I1 100.00, I2 50.00  # I1 after 10 days, I2 in part
    2024-05-12 payment P2 B 50.00 -> I3#1 50.00
    2024-05-31 payment P3 B 40.00 -> I3#2 40.00        # I3 after 30 days, on the date
    2024-06-01 payment P4 A 50.00 -> I2 50.00          # after it: still open
    """


def test_median_days_to_pay_counts_open_invoices_for_as_long_as_they_are_open(tmp_path):
    """Five cases: I4 watched 0 days, then ends after 7, 10 and 30, and I2 open after 30: 3/4, 1/2."""
    books = books_of(PAID, tmp_path)
    found = figure(books, "median_days_to_pay", "2024-05-31")
    assert (found["value"], found["numerator"], found["denominator"]) == (10, 3, 5)
    assert watched(books, "median_days_to_pay", "2024-05-31", "numerator") == [
        ("I0", "2023-06-09"), ("I1", "2024-05-11"), ("I3", "2024-05-31"),
    ]  # fmt: skip
    assert ("I2", "2024-05-31") in watched(books, "median_days_to_pay", "2024-05-31")
    reason = "issued 365 days or more before the date, and not over yet"
    assert left_out(books, "median_days_to_pay", "2024-05-31") == {"OLD": reason}
    assert_closes(books, "median_days_to_pay", "2024-05-31")
    # the day before, the last instalment of I3 is open, so I3 is; OLD is in the window
    assert amounts(books, "median_days_to_pay", "2024-05-30") == {"I0": 1, "I1": 1}
    assert "OLD" in amounts(books, "median_days_to_pay", "2024-05-30", "denominator")


def test_median_days_to_pay_by_group_and_where_it_is_not_reached(tmp_path):
    books = books_of(PAID, tmp_path)
    found = {r["by"]["segment"]: r for r in figures(books, "median_days_to_pay", "2024-05-31", by="segment")}
    assert (found[None]["value"], found[None]["denominator"]) == (7, 2)
    assert (found["big"]["value"], found["big"]["denominator"]) == (10, 3)
    unreached = figure(books, "median_days_to_pay", "2024-05-31", params={"window": 1})
    assert unreached["reason"] == (
        "not reached: more than half of the invoices issued in the 1 days to the date "
        "stay open longer than any was watched"
    )
    none = figure(books, "median_days_to_pay", "2020-01-01")
    assert none["reason"] == "no invoices issued in the 365 days to the date"


def test_an_invoice_is_settled_while_nothing_of_it_is_open(tmp_path):
    """
    customer A
    2024-01-01 invoice I1 A 100.00 due 2024-01-31
    2024-01-11 payment P1 A 100.00 -> I1 100.00
    2024-02-20 reversal P1
    2024-03-01 credit_note C1 A 30.00 -> I1 30.00
    2024-03-11 write_off W1 I1 70.00
    """
    books = books_of(test_an_invoice_is_settled_while_nothing_of_it_is_open.__doc__, tmp_path)
    for as_of, days in [("2024-01-10", None), ("2024-02-19", 10), ("2024-02-20", None), ("2024-03-11", 70)]:
        assert figure(books, "median_days_to_pay", as_of)["value"] == days, as_of


SPELLS = """
    customer A
    customer B
    2024-01-01 invoice I1 A 10.00 due 2024-01-31       # overdue from 02-01 ...
    2024-01-01 invoice I2 A 10.00 due 2024-02-05       # ... from 02-06 ...
    2024-02-06 payment P1 A 10.00 -> I1 10.00
    2024-02-11 payment P2 A 10.00 -> I2 10.00          # ... to 02-10: one stretch of 10 days
    2024-02-01 invoice I3 A 10.00 due 2024-02-11       # overdue from 02-12, a day later: another
    2024-02-15 payment P3 A 10.00 -> I3 10.00          # 3 days
    2024-01-01 invoice I4 B 10.00 due 2024-01-31
    2024-02-02 payment P4 B 10.00 -> I4 10.00          # 1 day
    2024-03-01 reversal P4                             # overdue again
    2024-02-01 invoice I5 B 10.00 due 2024-02-28
    2024-02-28 payment P5 B 10.00 -> I5 10.00          # paid when due: never overdue
    """


def test_median_days_to_resolve_follows_a_customer_through_all_its_items(tmp_path):
    books = books_of(SPELLS, tmp_path)
    found = figure(books, "median_days_to_resolve", "2024-03-31")
    assert (found["value"], found["numerator"], found["denominator"]) == (3, 3, 4)
    assert watched(books, "median_days_to_resolve", "2024-03-31") == [
        ("A", "2024-02-11"), ("A", "2024-02-15"), ("B", "2024-02-02"), ("B", "2024-03-31"),
    ]  # fmt: skip
    assert_closes(books, "median_days_to_resolve", "2024-03-31")
    # as of each day what came later is not known: A's first stretch is open until 02-10
    assert watched(books, "median_days_to_resolve", "2024-02-10", "numerator") == [("B", "2024-02-02")]
    assert figure(books, "median_days_to_resolve", "2024-02-11")["value"] == 1
    assert figure(books, "median_days_to_resolve", "2024-01-31")["reason"] == (
        "no customers that became overdue in the 365 days to the date"
    )


def test_median_days_to_resolve_leaves_out_what_began_before_the_window(tmp_path):
    books = books_of(SPELLS, tmp_path)
    asked = {"params": {"window": 30}}
    assert watched(books, "median_days_to_resolve", "2024-03-30", **asked) == [("B", "2024-03-30")]
    assert watched(books, "median_days_to_resolve", "2024-03-31", **asked) == []
    reason = "overdue since 30 days or more before the date, and not over yet"
    assert left_out(books, "median_days_to_resolve", "2024-03-31", **asked) == {"B": reason}
    assert left_out(books, "median_days_to_resolve", "2024-03-30", **asked) == {}


def test_median_dispute_days(tmp_path):
    """
    customer A
    2024-01-01 invoice I1 A 100.00 due 2024-01-31
    2024-01-02 dispute D1 I1 10.00
    2024-02-02 dispute D2 I1 10.00
    2024-02-10 dispute D3 I1 10.00
    2024-03-01 dispute D4 I1 10.00
    2024-01-12 resolve D1 credited                     # 10 days
    2024-02-22 resolve D2 upheld                       # 20 days
    2024-03-31 resolve D3 withdrawn                    # 50 days
    """
    books = books_of(test_median_dispute_days.__doc__, tmp_path)
    found = figure(books, "median_dispute_days", "2024-03-31")
    assert (found["value"], found["numerator"], found["denominator"]) == (20, 3, 4)
    # D3 is open until the day of its resolution
    found = figure(books, "median_dispute_days", "2024-03-30")
    assert (found["value"], found["numerator"], found["denominator"]) == (20, 2, 4)
    assert_closes(books, "median_dispute_days", "2024-03-30")
    window = {"params": {"window": 29}}
    reason = "opened 29 days or more before the date, and not over yet"
    assert left_out(books, "median_dispute_days", "2024-03-30", **window) == {"D3": reason, "D4": reason}
    assert figure(books, "median_dispute_days", "2024-03-30", **window)["value"] is None
    window = {"params": {"window": 30}}
    assert amounts(books, "median_dispute_days", "2024-03-30", "denominator", **window) == {"D4": Decimal(1)}


def test_medians_and_countback_are_asked_together(tmp_path):
    """One series is of days, the other of months: they must not meet in one query."""
    books = books_of(PAID, tmp_path)
    asked = ["dso_countback", "median_days_to_pay", "median_days_to_resolve"]
    found = books.kpis(asked, as_of=date(2024, 5, 31))
    assert [row["value"] is not None for row in found.to_dicts()] == [True, True, False]
