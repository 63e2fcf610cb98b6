"""What comes in on long overdue items: recovery rate and curve, at-risk rate."""

from __future__ import annotations

from decimal import Decimal

import pytest

from countback.core.problem import Misuse
from tests.asking import amounts, assert_closes, figure, figures, left_out, rows, value
from tests.ledger import books_of


def test_recovery_rate_of_the_cohort_within_the_horizon(tmp_path):
    """As of 2025-12-31 the cohort's entry days are 2024-10-03 to 2025-10-02; due dates 30 days earlier.

    customer A
    2024-08-01 invoice EARLY A 50.00 due 2024-09-02    # entered a day too early
    2024-08-01 invoice FIRST A 200.00 due 2024-09-03
    2025-08-01 invoice LAST A 100.00 due 2025-09-02
    2025-08-01 invoice LATE A 70.00 due 2025-09-03     # enters a day too late
    2025-08-01 invoice PAID A 30.00 due 2025-09-02
    2024-10-10 payment P0 A 50.00 -> EARLY 50.00
    2024-10-04 payment P1 A 50.00 -> FIRST 50.00
    2025-01-01 payment P2 A 30.00 -> FIRST 30.00       # its 90th day
    2025-01-02 payment P3 A 60.00 -> FIRST 60.00       # a day later: comes in, but does not count
    2025-10-02 payment P4 A 70.00 -> LAST 40.00, PAID 30.00   # on the day of entry: no longer open
    2025-12-31 payment P5 A 20.00 -> LAST 20.00
    """
    books = books_of(test_recovery_rate_of_the_cohort_within_the_horizon.__doc__, tmp_path)
    found = figure(books, "recovery_rate", "2025-12-31")
    assert (found["numerator"], found["denominator"]) == (100, 260)
    assert value(books, "recovery_rate", "2025-12-31") == Decimal("38.46")
    assert amounts(books, "recovery_rate", "2025-12-31", "denominator") == {"FIRST": 200, "LAST": 60}
    assert left_out(books, "recovery_rate", "2025-12-31") == {
        "LATE": "entered less than 90 days before the date"
    }
    assert_closes(books, "recovery_rate", "2025-12-31")
    # a day earlier LAST has not had its 90 days, and EARLY is in
    assert amounts(books, "recovery_rate", "2025-12-30", "denominator") == {"EARLY": 50, "FIRST": 200}
    assert (
        figure(books, "recovery_rate", "2025-12-31", params={"horizon": 91})["numerator"] == 50 + 50 + 30 + 60
    )
    assert figure(books, "recovery_rate", "2025-12-31", params={"cohort": 1})["denominator"] == 60
    # on the 31st day past due LATE would enter yet later, FIRST is open with less
    assert figure(books, "recovery_rate", "2025-12-31", params={"entry_age": 31})["denominator"] == 50 + 150


def test_recovery_is_cash_net_of_what_was_returned(tmp_path):
    """Entry on 2024-03-02, horizon to 2024-05-31.

    customer A
    2024-01-01 invoice I1 A 100.00 due 2024-02-01
    instalment I1 60.00 due 2024-02-01
    instalment I1 40.00 due 2024-12-31                 # never overdue: not in the cohort
    2024-01-01 invoice I2 A 100.00 due 2024-02-01
    2024-01-01 invoice I3 A 100.00 due 2024-02-01
    2024-03-10 payment P1 A 60.00 -> I1#1 60.00
    2024-03-11 payment P2 A 80.00 -> I2 80.00
    2024-05-31 reversal P2                             # within the horizon: taken off again
    2024-03-12 payment P3 A 10.00 -> I3 10.00
    2024-06-01 reversal P3                             # after it: stands
    2024-03-13 credit_note C1 A 20.00 -> I3 20.00
    2024-03-14 write_off W1 I3 70.00
    2024-04-01 payment P4 A 5.00 -> I3 5.00            # a recovery of what is written off
    """
    books = books_of(test_recovery_is_cash_net_of_what_was_returned.__doc__, tmp_path)
    found = figure(books, "recovery_rate", "2024-12-01")
    assert (found["numerator"], found["denominator"]) == (60 + 10, 60 + 100 + 100)
    assert_closes(books, "recovery_rate", "2024-12-01")


def test_recovery_without_a_cohort_has_no_value(tmp_path):
    """
    customer A
    2024-01-01 invoice I1 A 100.00 due 2024-02-01
    """
    books = books_of(test_recovery_without_a_cohort_has_no_value.__doc__, tmp_path)
    found = figure(books, "recovery_rate", "2024-02-20")
    assert found["value"] is None
    assert (
        found["reason"] == "nothing was open 30 days past due in the 365 days ending 90 days before the date"
    )
    with pytest.raises(Misuse, match="horizon is 0"):
        figure(books, "recovery_rate", "2024-02-20", params={"horizon": 0})


def curve(books, as_of, **asked):
    """Value, or its reason, by (month, horizon)."""
    found = {tuple(r["by"].values()): r for r in figures(books, "recovery_curve", as_of, **asked)}
    return {cell: r["reason"] if r["value"] is None else r["value"] for cell, r in found.items()}


CURVE = """
    customer A
    2024-01-01 invoice I1 A 100.00 due 2024-02-01      # enters on 2024-03-02
    2024-01-01 invoice I2 A 300.00 due 2024-03-01      # enters on 2024-03-31
    2024-01-01 invoice I3 A 80.00 due 2024-03-02       # enters on 2024-04-01
    2024-04-01 payment P1 A 40.00 -> I1 40.00          # 30th day
    2024-05-01 payment P2 A 60.00 -> I1 60.00, I3 0.00 # 60th day
    2024-05-31 payment P3 A 100.00 -> I2 100.00        # 61st day
    2024-05-01 payment P4 A 20.00 -> I3 20.00          # 30th day
    """.replace(", I3 0.00", "")


def test_recovery_curve_by_month_and_horizon(tmp_path):
    books = books_of(CURVE, tmp_path)
    asked = {"months": 3, "horizons": "30,60,90"}
    found = curve(books, "2024-05-31", params=asked)
    assert list(found) == [(m, h) for m in ("2024-03", "2024-04", "2024-05") for h in ("30", "60", "90")]
    assert found["2024-03", "30"] == 10
    assert found["2024-03", "60"] == 25
    assert found["2024-03", "90"] == "unripe: the last entries of 2024-03 have their 90 days on 2024-06-29"
    assert found["2024-04", "30"] == 25
    assert found["2024-04", "60"] == "unripe: the last entries of 2024-04 have their 60 days on 2024-06-29"
    assert found["2024-05", "30"] == "unripe: the last entries of 2024-05 have their 30 days on 2024-06-30"
    # ripe on the very day, not the day before
    asked["months"] = 4
    assert curve(books, "2024-06-28", params=asked)["2024-03", "90"].startswith("unripe")
    assert curve(books, "2024-06-29", params=asked)["2024-03", "90"] == 50
    assert (
        curve(books, "2024-06-30", params=asked)["2024-05", "30"]
        == "nothing was open 30 days past due in 2024-05"
    )


def test_recovery_curve_shows_what_came_in_so_far_and_closes_by_cell(tmp_path):
    books = books_of(CURVE, tmp_path)
    cells = {tuple(r["by"].values()): r for r in figures(books, "recovery_curve", "2024-05-20")}
    assert len(cells) == 24 * 5
    unripe = cells["2024-04", "365"]
    assert (unripe["value"], unripe["numerator"], unripe["denominator"]) == (None, 20, 80)
    assert cells["2024-03", "90"]["numerator"] == 100
    listed = rows(books, "recovery_curve", "2024-05-20")
    for (month, horizon), cell in cells.items():
        tops = [r["amount"] for r in listed if (r["month"], r["horizon"]) == (month, horizon)]
        lows = [r["amount"] for r in listed if r["side"] == "denominator" and r["month"] == month]
        assert (sum(tops), sum(lows)) == (cell["numerator"], cell["denominator"])


def test_recovery_curve_of_a_trend_shows_each_period_its_own_months(tmp_path):
    books = books_of(CURVE, tmp_path)
    found = figures(books, "recovery_curve", "2024-06-30", trend=2, params={"months": 2, "horizons": "30"})
    shown = [(str(r["as_of"])[:7], r["by"]["month"]) for r in found]
    assert shown == [
        ("2024-05", "2024-04"),
        ("2024-05", "2024-05"),
        ("2024-06", "2024-05"),
        ("2024-06", "2024-06"),
    ]


AT_RISK = """
    customer A
    2024-01-01 invoice I1 A 100.00 due 2024-01-31      # 90 days past due on 2024-04-30
    2024-01-31 invoice I2 A 300.00 due 2024-02-10      # on 2024-05-10
    2024-02-01 invoice I3 A 50.00 due 2024-02-11       # on 2024-05-11
    2024-04-30 payment P1 A 30.00 -> I1 30.00          # on the day: no longer open
    2024-05-11 payment P2 A 300.00 -> I2 300.00        # a day late: was at risk, for good
    """


def test_at_risk_rate_is_what_was_open_on_the_90th_day(tmp_path):
    books = books_of(AT_RISK, tmp_path)
    found = {r["by"]["month"]: r for r in figures(books, "at_risk_rate", "2024-05-31", params={"months": 5})}
    assert list(found) == ["2024-01", "2024-02", "2024-03", "2024-04", "2024-05"]
    assert found["2024-01"]["value"] == Decimal("92.5")
    assert (found["2024-01"]["numerator"], found["2024-01"]["denominator"]) == (370, 400)
    assert found["2024-02"]["value"] == 100
    assert found["2024-03"]["reason"] == "no invoices were issued in the month"
    assert_closes(books, "at_risk_rate", "2024-05-31")


def test_at_risk_rate_of_an_unripe_month(tmp_path):
    books = books_of(AT_RISK, tmp_path)
    january = {"where": {"month": "2024-01"}}
    assert figure(books, "at_risk_rate", "2024-05-10", **january)["value"] == Decimal("92.5")
    unripe = figure(books, "at_risk_rate", "2024-05-09", **january)
    assert unripe["value"] is None
    assert unripe["reason"] == "unripe: 300.00 of the 400.00 issued is not yet 90 days past due"
    assert (unripe["numerator"], unripe["denominator"]) == (70, 400)
    early = figure(books, "at_risk_rate", "2024-05-09", params={"ripe_only": "true"}, **january)
    assert (early["value"], early["denominator"]) == (70, 100)
    for ripe_only in ("true", "false"):
        assert_closes(books, "at_risk_rate", "2024-05-09", params={"ripe_only": ripe_only})
    reason = "not yet 90 days past due"
    early = left_out(books, "at_risk_rate", "2024-05-09", params={"ripe_only": "true"})
    assert early == {"I2": reason, "I3": reason}
    assert left_out(books, "at_risk_rate", "2024-05-09") == {}
