"""The headline figures are those of a believable business, by SQL written by hand on the default books."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

END = date(2026, 10, 31)

_OPEN = """SELECT i.customer_id, c.region, i.due_on, r.rate * (i.amount - coalesce(sum(m.amount), 0)) AS amount
    FROM invoices i JOIN customers c USING (customer_id) JOIN rates r ON r.currency = i.currency AND r.day = $day
    LEFT JOIN moves m ON m.invoice_id = i.invoice_id AND m.day <= $day AND m.kind <> 'recovery'
    WHERE i.issued_on <= $day GROUP BY i.invoice_id, i.customer_id, c.region, i.due_on, r.rate, i.amount"""
_SALES = """SELECT sum(amount * rate) FROM (
    SELECT issued_on AS day, currency, amount FROM invoices UNION ALL
    SELECT issued_on, currency, -amount FROM credit_notes) JOIN rates USING (day, currency)
    WHERE day BETWEEN $first AND $last"""
_CASH = """SELECT sum(m.amount * rate), sum(m.amount * rate) FILTER (WHERE m.day > due_on) FROM moves m
    JOIN invoices i USING (invoice_id) JOIN rates r ON r.day = m.day AND r.currency = i.currency
    WHERE m.kind = 'cash' AND m.day BETWEEN $first AND $last"""


def opened(demo, day, where="true"):
    """What is open, not yet due, overdue, more than 90 days past due, in EUR."""
    query = f"""SELECT sum(amount), sum(amount) FILTER (WHERE due_on >= $day), sum(amount) FILTER (WHERE due_on < $day),
        sum(amount) FILTER (WHERE due_on < $day - 90) FROM ({_OPEN}) WHERE {where}"""
    return [float(each or 0) for each in demo.execute(query, {"day": day}).fetchone()]


def sales(demo, first, last):
    return float(demo.execute(_SALES, {"first": first, "last": last}).fetchone()[0])


@pytest.fixture(scope="module")
def months(demo):
    """From the fourth month on: (its end, open, current, overdue, over 90, sales of 90 days, sales of the month)."""
    query = 'SELECT DISTINCT last_day("on") FROM fx_rates ORDER BY 1'
    rows = []
    for (day,) in demo.execute(query).fetchall()[3:]:
        figures = opened(demo, day)
        rows.append(
            (day, *figures, sales(demo, day - timedelta(89), day), sales(demo, day.replace(day=1), day))
        )
    return rows


def test_dso_at_the_end(months) -> None:
    _, total, _, _, _, sold, _ = months[-1]
    assert 45 <= total / sold * 90 <= 60


def test_dso_tells_the_story(months) -> None:
    """The spring of 2025 is bad; after the new policy of September the next spring is better by days."""
    dso = {row[0]: row[1] / row[5] * 90 for row in months}
    assert all(36 <= value <= 66 for value in dso.values())
    bad = dso[date(2025, 4, 30)]
    assert bad == pytest.approx(max(dso.values()), abs=4)
    assert dso[date(2024, 5, 31)] < bad - 4
    assert dso[date(2026, 5, 31)] < bad - 6


def test_overdue_shares(months) -> None:
    _, total, _, overdue, over_90, _, _ = months[-1]
    assert 18 <= overdue / total * 100 <= 30
    assert 3 <= over_90 / total * 100 <= 7


def test_collection_effectiveness(months) -> None:
    """Mean of the last twelve months, and the last month by itself."""
    index = [
        (before[1] + now[6] - now[1]) / (before[1] + now[6] - now[2]) * 100
        for before, now in pairwise(months[-13:])
    ]
    assert 70 <= sum(index) / len(index) <= 85
    assert 70 <= index[-1] <= 85


def test_bad_debt_ratio(demo) -> None:
    query = """SELECT sum(w.amount * rate) FROM write_offs w JOIN invoices i USING (invoice_id)
        JOIN rates r ON r.day = written_off_on AND r.currency = i.currency WHERE written_off_on > $day - 365"""
    written = float(demo.execute(query, {"day": END}).fetchone()[0])
    assert 0.2 <= written / sales(demo, END - timedelta(364), END) * 100 <= 0.8


def test_cost_of_collection(demo) -> None:
    first = END - timedelta(364)
    query = """SELECT sum(amount * rate) FROM costs JOIN rates r ON r.day = incurred_on AND r.currency = costs.currency
        WHERE incurred_on BETWEEN $first AND $last"""
    cost = float(demo.execute(query, {"first": first, "last": END}).fetchone()[0])
    _, late = demo.execute(_CASH, {"first": first, "last": END}).fetchone()
    assert 1 <= cost / float(late) * 100 <= 4


def test_promises_kept(demo) -> None:
    """Cash for what was promised, from the promise to two working days after its day, at least 95 %."""
    query = """WITH judged AS (SELECT *, due_on + CASE WHEN isodow(due_on) >= 4 THEN 4 ELSE 2 END AS until_on
            FROM promises WHERE withdrawn_on IS NULL),
        got AS (SELECT promise_id, j.amount, coalesce(sum(m.amount), 0) AS cash FROM judged j
            LEFT JOIN invoices i
            ON i.customer_id = j.customer_id AND i.invoice_id = coalesce(j.invoice_id, i.invoice_id)
            LEFT JOIN moves m
            ON m.invoice_id = i.invoice_id AND m.kind = 'cash' AND m.day BETWEEN j.made_on AND j.until_on
            WHERE j.until_on <= $day GROUP BY ALL)
        SELECT count(*), avg(CASE WHEN cash >= 0.95 * amount THEN 100 ELSE 0 END) FROM got"""
    promises, kept = demo.execute(query, {"day": END}).fetchone()
    assert promises > 200
    assert 60 <= kept <= 75


def test_the_largest_ten_owe_a_third(demo) -> None:
    query = f"""SELECT sum(owed) FILTER (WHERE rank <= 10) / sum(owed) * 100 FROM (SELECT sum(amount) AS owed,
        row_number() OVER (ORDER BY sum(amount) DESC) AS rank FROM ({_OPEN}) GROUP BY customer_id)"""
    assert 25 <= demo.execute(query, {"day": END}).fetchone()[0] <= 40


def test_one_region_slides(demo) -> None:
    """Overdue share of the South: the last three months against the same months a year before; the rest stays."""

    def share(where, days):
        figures = [opened(demo, day, where) for day in days]
        return sum(each[2] for each in figures) / sum(each[0] for each in figures) * 100

    now = [date(2026, 8, 31), date(2026, 9, 30), END]
    before = [date(2025, 11, 30), date(2025, 12, 31), date(2026, 1, 31)]
    assert share("region = 'South'", now) > share("region = 'South'", before) + 8
    assert abs(share("region <> 'South'", now) - share("region <> 'South'", before)) < 8


def test_sales_grow_and_have_seasons(demo) -> None:
    by_year = [sales(demo, date(year, 1, 1), date(year, 10, 31)) for year in (2024, 2025, 2026)]
    assert by_year[0] < by_year[1] < by_year[2] < by_year[0] * 1.4
    spring = sum(sales(demo, date(year, 4, 1), date(year, 5, 31)) for year in (2024, 2025, 2026))
    winter = sum(sales(demo, date(year, 1, 1), date(year, 2, 28)) for year in (2024, 2025, 2026))
    assert spring > 1.15 * winter


def test_some_are_reached(demo) -> None:
    reached, promised = demo.execute(
        """SELECT avg(CASE WHEN outcome = 'right_party' THEN 100 ELSE 0 END),
        (SELECT count(*) FROM promises) / count(*) FILTER (WHERE outcome = 'right_party') * 100 FROM contacts"""
    ).fetchone()
    assert 25 <= reached <= 45
    assert 15 <= promised <= 40
