"""Recovery, rolls, cures and medians on demo books, against SQL written by hand and apart.

The hand's way is another one: what is open of every item on every single day, laid out in full and looked
up. Amounts are compared in their own currencies, and for the whole at the rates of the date.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from countback import Books, open_books
from countback.books.demo import write_demo_books
from tests.asking import figures

READ = "customers invoices instalments payments credit_notes allocations write_offs disputes fx_rates"
DAYS = [date(2026, 10, 31), date(2026, 8, 13)]
"""The last day of the books, and one within a month of their past."""

TABLES = """
CREATE TABLE items AS
SELECT i.invoice_id || coalesce('#' || n.number, '') AS item, i.invoice_id, n.number, i.customer_id,
  i.currency, c.segment, i.issued_on, coalesce(n.due_on, i.due_on) AS due_on,
  coalesce(n.amount, i.amount)::DECIMAL(18, 2) AS amount
FROM invoices i JOIN customers c USING (customer_id) LEFT JOIN instalments n USING (invoice_id);

CREATE TABLE settled AS
SELECT a.invoice_id, a.instalment AS number,
  greatest(coalesce(a.applied_on, p.received_on), i.issued_on) AS day, 'paid' AS kind, a.amount, p.reversed_on
FROM allocations a JOIN payments p USING (payment_id) JOIN invoices i USING (invoice_id)
UNION ALL
SELECT a.invoice_id, a.instalment, greatest(coalesce(a.applied_on, n.issued_on), i.issued_on), 'credited',
  a.amount, NULL
FROM allocations a JOIN credit_notes n USING (credit_note_id) JOIN invoices i ON i.invoice_id = a.invoice_id
UNION ALL
SELECT n.invoice_id, NULL, greatest(n.issued_on, i.issued_on), 'credited', n.amount, NULL
FROM credit_notes n JOIN invoices i USING (invoice_id)
UNION ALL
SELECT invoice_id, NULL, written_off_on, 'written off', amount, NULL FROM write_offs;

CREATE TABLE moves AS
WITH signed AS (
  SELECT invoice_id, number, day, kind, amount FROM settled
  UNION ALL
  SELECT invoice_id, number, greatest(reversed_on, day), kind, -amount FROM settled
  WHERE reversed_on IS NOT NULL
), stacked AS (
  SELECT i.item, s.day, s.kind, s.amount::DECIMAL(18, 2) AS moved, i.amount,
    sum(s.amount::DECIMAL(18, 2)) OVER (PARTITION BY i.item ORDER BY s.day, s.kind = 'written off', s.amount
      ROWS UNBOUNDED PRECEDING) AS level
  FROM signed s JOIN items i ON i.invoice_id = s.invoice_id AND i.number IS NOT DISTINCT FROM s.number
)
-- what comes in above the whole is a recovery of what was written off: no movement of the balance
SELECT item, day, kind, least(level, amount) - least(level - moved, amount) AS taken FROM stacked;

CREATE TABLE daily AS
WITH days AS (
  SELECT unnest(generate_series(DATE '2025-01-01', DATE '2027-01-31', INTERVAL 1 DAY))::DATE AS day
),
by_day AS (SELECT item, day, sum(taken) AS taken FROM moves GROUP BY ALL)
SELECT i.*, d.day, i.amount - coalesce(sum(m.taken) OVER (PARTITION BY i.item ORDER BY d.day), 0) AS open
FROM items i JOIN days d ON d.day >= i.issued_on LEFT JOIN by_day m ON m.item = i.item AND m.day = d.day;

CREATE MACRO bucket(late) AS CASE WHEN late <= 0 THEN 'current' WHEN late <= 30 THEN '1-30'
  WHEN late <= 60 THEN '31-60' WHEN late <= 90 THEN '61-90' ELSE 'over 90' END;
"""


Sides = dict[tuple[Any, ...], tuple[Decimal, Decimal]]
"""Numerator and denominator by the values of some keys."""


@dataclass
class Demo:
    """The same books, opened and in bare tables."""

    books: Books
    hand: duckdb.DuckDBPyConnection

    def sums(self, sql: str, as_of: date) -> Sides:
        """Rows of a query that gives keys, then numerator and denominator."""
        rows = self.hand.execute(sql, {"d": as_of}).fetchall()
        return {row[:-2]: (row[-2] or Decimal(0), row[-1] or Decimal(0)) for row in rows}

    def engine(self, kpi: str, as_of: date, *keys: str, **asked: Any) -> Sides:
        """The engine's sides by the same keys, without cells that hold nothing."""
        found = figures(self.books, kpi, str(as_of), **asked)
        sides = {tuple(r["by"][key] for key in keys): (r["numerator"], r["denominator"]) for r in found}
        return {key: side for key, side in sides.items() if any(side)}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder: Path = tmp_path_factory.mktemp("by_hand") / "books"
    write_demo_books(folder, customers=60, months=18)
    hand = duckdb.connect()
    for name in READ.split():
        hand.execute(f"CREATE TABLE {name} AS FROM read_csv('{folder / name}.csv', header = true)")
    hand.execute(TABLES)
    with open_books(folder) as books:
        yield Demo(books, hand)
    hand.close()


def assert_same(found: dict[Any, Any], expected: dict[Any, Any]) -> None:
    """Equal to the last digit, and there was something to compare."""
    assert len(expected) > 1
    assert found == {key: sides for key, sides in expected.items() if any(sides)}


ENTERED = """
WITH entered AS (
  SELECT item, segment, currency, day AS entry, open FROM daily
  WHERE day = due_on + 30 AND open > 0 AND day > $d::DATE - 455 AND day <= $d::DATE - 90
), paid AS (
  SELECT e.item, sum(m.taken) AS paid FROM entered e JOIN moves m USING (item)
  WHERE m.kind = 'paid' AND m.day > e.entry AND m.day <= e.entry + 90 GROUP BY ALL
)
"""


@pytest.mark.parametrize("as_of", DAYS)
def test_recovery_rate(demo, as_of):
    sql = """SELECT segment, currency, sum(paid), sum(open)
    FROM entered LEFT JOIN paid USING (item) GROUP BY ALL"""
    found = demo.engine("recovery_rate", as_of, "segment", "currency", by=["segment", "currency"])
    assert_same(found, demo.sums(ENTERED + sql, as_of))


@pytest.mark.parametrize("as_of", DAYS)
def test_recovery_rate_of_the_whole_at_the_rates_of_the_date(demo, as_of):
    whole = (
        ENTERED
        + """, rates AS (
      SELECT currency, arg_max(rate, "on") AS rate FROM fx_rates WHERE "on" <= $d::DATE GROUP BY ALL
    )
    SELECT sum(paid * coalesce(rate, 1)) / sum(open * coalesce(rate, 1)) * 100
    FROM entered LEFT JOIN paid USING (item) LEFT JOIN rates USING (currency)"""
    )
    expected = demo.hand.execute(whole, {"d": as_of}).fetchone()[0]
    (found,) = figures(demo.books, "recovery_rate", str(as_of))
    assert float(found["value"]) == pytest.approx(float(expected), abs=1e-9)


@pytest.mark.parametrize("as_of", DAYS)
def test_recovery_curve(demo, as_of):
    sql = """
    WITH entered AS (
      SELECT item, segment, currency, day AS entry, open FROM daily
      WHERE day = due_on + 30 AND open > 0 AND day <= $d::DATE
        AND day >= date_trunc('month', $d::DATE) - INTERVAL 23 MONTH
    ), cells AS (FROM entered, (SELECT unnest([30, 60, 90, 180, 365]) AS horizon))
    SELECT c.currency, strftime(entry, '%Y-%m') AS month, c.horizon::VARCHAR,
      sum((SELECT sum(taken) FROM moves m WHERE m.item = c.item AND kind = 'paid' AND day > entry
           AND day <= least(entry + horizon, $d::DATE))), sum(open)
    FROM cells c GROUP BY ALL"""
    found = demo.engine("recovery_curve", as_of, "currency", "month", "horizon", by=["currency"])
    assert_same(found, demo.sums(sql, as_of))


@pytest.mark.parametrize("as_of", DAYS)
def test_at_risk_rate(demo, as_of):
    sql = """
    SELECT currency, strftime(issued_on, '%Y-%m') AS month,
      sum(CASE WHEN due_on + 90 <= $d::DATE THEN
        (SELECT open FROM daily d WHERE d.item = i.item AND d.day = i.due_on + 90) END), sum(amount)
    FROM items i WHERE issued_on <= $d::DATE GROUP BY ALL"""
    found = demo.engine("at_risk_rate", as_of, "currency", "month", by=["currency"])
    assert_same(found, demo.sums(sql, as_of))


ROLLED = """
WITH starts AS (
  SELECT item, segment, currency, due_on, day AS start, last_day(day + 1) AS month_end, open,
    bucket(day - due_on) AS src
  FROM daily WHERE open > 0 AND day = last_day(day) AND day + 1 <= $d::DATE
    AND day + 1 > date_trunc('month', $d::DATE) - INTERVAL (MONTHS) MONTH
), spans AS (SELECT *, least(month_end, $d::DATE) AS stop FROM starts),
ends AS (
  SELECT s.segment, s.currency, s.src, bucket(s.stop - s.due_on) AS dst, d.open AS amount
  FROM spans s JOIN daily d ON d.item = s.item AND d.day = s.stop
  UNION ALL
  SELECT s.segment, s.currency, s.src, m.kind, m.taken
  FROM spans s JOIN moves m ON m.item = s.item AND m.day > s.start AND m.day <= s.stop
), wholes AS (SELECT segment, currency, src, sum(open) AS whole FROM spans GROUP BY ALL)
SELECT segment, currency, src, dst, sum(amount), any_value(whole)
FROM ends JOIN wholes USING (segment, currency, src) GROUP BY ALL
"""


@pytest.mark.parametrize("months", [1, 12])
@pytest.mark.parametrize("as_of", DAYS)
def test_roll_rates(demo, as_of, months):
    asked = {"by": ["segment", "currency"], "params": {"months": months}}
    found = demo.engine("roll_rates", as_of, "segment", "currency", "from", "to", **asked)
    expected = demo.sums(ROLLED.replace("MONTHS", str(months)), as_of)
    assert {k: s for k, s in found.items() if s[0]} == {k: s for k, s in expected.items() if s[0]}
    assert len(expected) > 20


@pytest.mark.parametrize("as_of", DAYS)
@pytest.mark.parametrize("keys", [(), ("segment",)])
def test_cure_rate(demo, as_of, keys):
    sql = """
    WITH late AS (SELECT DISTINCT customer_id, segment, day FROM daily WHERE open > 0 AND due_on < day),
    earlier AS (FROM late WHERE day = $d::DATE - 30), now AS (FROM late WHERE day = $d::DATE)
    SELECT KEYS count(*) FILTER (customer_id NOT IN (SELECT customer_id FROM now))::DECIMAL, count(*)::DECIMAL
    FROM earlier GROUP BY ALL"""
    expected = demo.sums(sql.replace("KEYS", "".join(f"{key}, " for key in keys)), as_of)
    assert demo.engine("cure_rate", as_of, *keys, by=list(keys)) == expected


MEDIAN = """
, steps AS (
  SELECT KEYS days, count(*) FILTER (ended) AS ends,
    sum(count(*)) OVER (PARTITION BY 1, KEYS 1 ORDER BY days DESC) AS at_risk FROM cases GROUP BY KEYS days
), shares AS (
  SELECT *, exp(sum(CASE WHEN ends = at_risk THEN -1000 ELSE ln(1 - ends / at_risk) END)
    OVER (PARTITION BY 1, KEYS 1 ORDER BY days)) AS share FROM steps
)
SELECT KEYS min(days) FILTER (share <= 0.5 + 1e-12) FROM shares GROUP BY ALL
"""

INVOICES = """
WITH last_open AS (
  SELECT invoice_id, max(day) AS day FROM daily WHERE open > 0 AND day <= $d::DATE GROUP BY ALL
),
cases AS (
  SELECT segment, day < $d::DATE AS ended,
    (CASE WHEN day < $d::DATE THEN day + 1 ELSE $d::DATE END) - issued_on AS days
  FROM last_open JOIN (SELECT DISTINCT invoice_id, segment, issued_on FROM items) USING (invoice_id)
  WHERE issued_on > $d::DATE - 365)
"""

SPELLS = """
WITH late AS (
  SELECT DISTINCT customer_id, segment, day FROM daily WHERE open > 0 AND due_on < day AND day <= $d::DATE
), runs AS (
  SELECT *, day - row_number() OVER (PARTITION BY customer_id ORDER BY day)::INTEGER AS run FROM late
), spells AS (
  SELECT segment, min(day) AS first, max(day) AS last FROM runs GROUP BY customer_id, segment, run
), cases AS (
  SELECT segment, last < $d::DATE AS ended, last + (last < $d::DATE)::INTEGER - first AS days
  FROM spells WHERE first > $d::DATE - 365)
"""

DISPUTES = """
WITH cases AS (
  SELECT segment, coalesce(resolved_on <= $d::DATE, false) AS ended,
    least(coalesce(resolved_on, $d::DATE), $d::DATE) - opened_on AS days
  FROM disputes JOIN invoices USING (invoice_id) JOIN customers USING (customer_id)
  WHERE opened_on > $d::DATE - 365 AND opened_on <= $d::DATE)
"""


@pytest.mark.parametrize("as_of", DAYS)
@pytest.mark.parametrize("keys", [(), ("segment",)])
@pytest.mark.parametrize(
    ("kpi", "cases"),
    [("median_days_to_pay", INVOICES), ("median_days_to_resolve", SPELLS), ("median_dispute_days", DISPUTES)],
)
def test_medians(demo, as_of, keys, kpi, cases):
    sql = cases + MEDIAN.replace("KEYS", "".join(f"{key}, " for key in keys))
    expected = {row[:-1]: row[-1] for row in demo.hand.execute(sql, {"d": as_of}).fetchall()}
    found = figures(demo.books, kpi, str(as_of), by=list(keys))
    assert {tuple(r["by"].values()): r["value"] for r in found} == expected
    counts = cases + "SELECT count(*) FILTER (ended), count(*) FROM cases"
    ended, every = demo.hand.execute(counts, {"d": as_of}).fetchone()
    assert (sum(r["numerator"] for r in found), sum(r["denominator"] for r in found)) == (ended, every)
    assert every > 10


IDS = (
    "at_risk_rate", "cure_rate", "median_days_to_pay", "median_days_to_resolve", "median_dispute_days",
    "recovery_curve", "recovery_rate", "roll_rates",
)  # fmt: skip


@pytest.mark.parametrize("kpi", IDS)
def test_a_trend_is_the_figures_of_its_dates(demo, kpi):
    trend = figures(demo.books, kpi, "2026-08-13", trend=3, by="currency")
    assert {str(row["as_of"]) for row in trend} == {"2026-06-30", "2026-07-31", "2026-08-13"}
    for as_of in ("2026-06-30", "2026-07-31", "2026-08-13"):
        point = [row for row in trend if str(row["as_of"]) == as_of]
        alone = figures(demo.books, kpi, as_of, by="currency")
        groups = {row["by"]["currency"] for row in alone}
        assert [row for row in point if row["by"]["currency"] in groups] == alone
