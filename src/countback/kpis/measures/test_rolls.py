"""Where open amounts go in a month, and which customers are cured. Each test's docstring is its ledger."""

from __future__ import annotations

from decimal import Decimal

import pytest

from countback.core.problem import Misuse
from tests.asking import amounts, assert_closes, figure, figures, left_out, rows, value
from tests.ledger import books_of


def matrix(books, as_of, **asked):
    """Numerators other than zero by (from, to)."""
    found = figures(books, "roll_rates", as_of, **asked)
    return {(r["by"]["from"], r["by"]["to"]): r["numerator"] for r in found if r["numerator"]}


MONTH = """
    customer A segment=big
    customer B segment=small
    2024-01-01 invoice STAYS A 100.00 due 2024-03-31   # due on the last day: current
    2024-01-01 invoice TURNS A 200.00 due 2024-03-30   # a day past due on the last
    2024-01-01 invoice PARTLY A 90.00 due 2024-01-30   # on 02-29 30 days past due, on 03-31 61
    2024-01-01 invoice SPLIT B 100.00 due 2024-01-29   # 31 days past due
    2024-01-01 invoice OLD B 400.00 due 2024-01-01
    2024-03-01 invoice NEW B 999.00 due 2024-03-02     # of the month: not in
    2024-02-29 payment P0 A 5.00 -> PARTLY 5.00        # before the start
    2024-03-01 payment P1 A 25.00 -> PARTLY 25.00
    2024-03-31 payment P2 B 30.00 -> SPLIT 30.00
    2024-03-05 credit_note C1 B 20.00 -> SPLIT 20.00
    2024-03-06 write_off W1 SPLIT 50.00
    2024-03-20 payment P3 B 9.00 -> NEW 9.00
    2024-04-01 payment P4 B 400.00 -> OLD 400.00       # after the end
    """


def test_roll_rates_split_every_amount_by_where_it_stands(tmp_path):
    books = books_of(MONTH, tmp_path)
    assert matrix(books, "2024-03-31") == {
        ("current", "current"): 100,
        ("current", "1-30"): 200,
        ("1-30", "61-90"): 60,
        ("1-30", "paid"): 25,
        ("31-60", "paid"): 30,
        ("31-60", "credited"): 20,
        ("31-60", "written off"): 50,
        ("31-60", "61-90"): 400,
    }
    found = {tuple(r["by"].values()): r for r in figures(books, "roll_rates", "2024-03-31")}
    assert len(found) == 5 * 8
    assert found["current", "1-30"]["value"] == Decimal("66.6666666667")
    assert found["61-90", "paid"]["reason"] == "nothing was open in the bucket at the start"
    assert found["31-60", "paid"]["value"] == 6
    assert left_out(books, "roll_rates", "2024-03-31") == {"NEW": "issued in the month"}


@pytest.mark.parametrize("months", [1, 3])
def test_roll_rates_rows_sum_to_100_and_cells_close(tmp_path, months):
    books = books_of(MONTH, tmp_path)
    asked = {"by": ["segment"], "params": {"months": months}}
    cells = figures(books, "roll_rates", "2024-03-31", **asked)
    listed = rows(books, "roll_rates", "2024-03-31", **asked)
    wholes: dict[tuple[str, str], Decimal] = {}
    for cell in cells:
        by = cell["by"]
        own = [r for r in listed if r["segment"] == by["segment"] and r["from"] == by["from"]]
        assert cell["numerator"] == sum(r["amount"] for r in own if r["to"] == by["to"])
        assert cell["denominator"] == sum(r["amount"] for r in own if r["side"] == "denominator")
        if cell["value"] is not None:
            key = by["segment"], by["from"]
            wholes[key] = wholes.get(key, Decimal(0)) + cell["value"]
    assert wholes
    assert all(abs(whole - 100) < Decimal("1e-8") for whole in wholes.values())


def test_roll_rates_cut_at_the_date_and_with_other_bounds(tmp_path):
    books = books_of(MONTH, tmp_path)
    assert matrix(books, "2024-03-05", params={"bounds": "60"}) == {
        ("current", "current"): 300,
        ("1-60", "1-60"): 60 + 80,
        ("1-60", "over 60"): 400,
        ("1-60", "paid"): 25,
        ("1-60", "credited"): 20,
    }


def test_roll_rates_of_a_payment_that_came_back(tmp_path):
    """What a reversal re-opens counts as open and as paid less; what was not open before is not in.

    customer A
    2024-01-01 invoice I1 A 100.00 due 2024-01-15
    2024-01-01 invoice I2 A 70.00 due 2024-01-15
    2024-02-01 payment P1 A 130.00 -> I1 60.00, I2 70.00
    2024-03-10 reversal P1
    """
    books = books_of(test_roll_rates_of_a_payment_that_came_back.__doc__, tmp_path)
    assert matrix(books, "2024-03-31") == {("31-60", "61-90"): 100, ("31-60", "paid"): -60}
    assert left_out(books, "roll_rates", "2024-03-31") == {
        "I2": "settled at the start, re-opened in the month"
    }


def test_roll_rates_pooled_over_months(tmp_path):
    """Each month from its own start: I1 rolls twice, I2 once and is then paid.

    customer A
    2024-01-10 invoice I1 A 100.00 due 2024-01-31
    2024-01-10 invoice I2 A 40.00 due 2024-01-31
    2024-03-15 payment P1 A 40.00 -> I2 40.00
    """
    books = books_of(test_roll_rates_pooled_over_months.__doc__, tmp_path)
    assert matrix(books, "2024-03-31", params={"months": 2}) == {
        ("current", "1-30"): 140,
        ("1-30", "31-60"): 100,
        ("1-30", "paid"): 40,
    }
    assert matrix(books, "2024-03-31", params={"months": 12}) == matrix(
        books, "2024-03-31", params={"months": 2}
    )
    only = {"params": {"months": 2}, "where": {"from": "1-30", "to": "paid"}}
    assert value(books, "roll_rates", "2024-03-31", **only) == Decimal("28.57")
    # the month cut at the date: nothing is paid yet
    assert ("1-30", "paid") not in matrix(books, "2024-03-14", params={"months": 2})


CURES = """
    customer CURED segment=big
    customer BACK segment=big
    customer STILL
    customer FRESH
    customer ON-THE-DAY
    2024-01-01 invoice I1 CURED 10.00 due 2024-02-29
    2024-01-01 invoice I2 STILL 10.00 due 2024-02-29
    2024-01-01 invoice I3 STILL 10.00 due 2024-02-29
    2024-01-01 invoice I4 FRESH 10.00 due 2024-03-30   # overdue a day on 2024-03-31
    2024-01-01 invoice I5 ON-THE-DAY 10.00 due 2024-03-01
    2024-01-01 invoice I6 BACK 10.00 due 2024-02-29
    2024-01-01 invoice I7 BACK 10.00 due 2024-03-31    # due today is not overdue
    2024-03-31 payment P1 CURED 10.00 -> I1 10.00
    2024-03-31 payment P2 STILL 10.00 -> I2 10.00
    2024-03-10 payment P3 BACK 10.00 -> I6 10.00
    """


def test_cure_rate_counts_customers_overdue_30_days_before(tmp_path):
    books = books_of(CURES, tmp_path)
    found = figure(books, "cure_rate", "2024-03-31")
    assert (found["numerator"], found["denominator"]) == (2, 3)
    assert amounts(books, "cure_rate", "2024-03-31") == {"CURED": 1, "BACK": 1}
    reason = "not overdue 30 days before the date"
    assert left_out(books, "cure_rate", "2024-03-31") == {"FRESH": reason, "ON-THE-DAY": reason}
    assert_closes(books, "cure_rate", "2024-03-31")
    # a day later: ON-THE-DAY was due on the first, so overdue from the second on; BACK is overdue again
    assert amounts(books, "cure_rate", "2024-04-01") == {"CURED": 1}
    assert len(rows(books, "cure_rate", "2024-04-01", "denominator")) == 4
    # a day earlier nobody was: 29 February is due, not overdue
    assert (
        figure(books, "cure_rate", "2024-03-30")["reason"]
        == "no customer was overdue 30 days before the date"
    )
    assert figure(books, "cure_rate", "2024-03-31", params={"days": 31})["value"] is None


def test_cure_rate_by_a_dimension_that_is_blank_for_some(tmp_path):
    books = books_of(CURES, tmp_path)
    found = figures(books, "cure_rate", "2024-03-31", by="segment")
    sides = {r["by"]["segment"]: (r["numerator"], r["denominator"]) for r in found}
    assert sides == {"big": (2, 2), None: (0, 1)}
    assert left_out(books, "cure_rate", "2024-03-31", where={"segment": "big"}) == {}


def test_roll_rates_refuse_more_months_than_they_pool(tmp_path):
    books = books_of(CURES, tmp_path)
    for months in (0, 61):
        with pytest.raises(Misuse, match="give 1 to 60"):
            figures(books, "roll_rates", "2024-03-31", params={"months": months})
