"""The rival: SQL that a person who knows DuckDB writes for these books, with nothing of the project in it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

LIMIT = "1500MB"
PARQUET = "FORMAT parquet, COMPRESSION zstd"

ENTRIES = """
SELECT i.invoice_id, i.customer_id, i.issued_on, i.due_on, i.currency, 'issue' AS kind, i.issued_on AS effective_on,
       i.amount AS amount, i.invoice_id AS source_id
FROM invoices i
UNION ALL
SELECT i.invoice_id, i.customer_id, i.issued_on, i.due_on, i.currency, 'cash',
       greatest(a.applied_on, i.issued_on), -a.amount, a.payment_id
FROM allocations a JOIN invoices i USING (invoice_id)
"""

BALANCES = """
SELECT invoice_id, customer_id, issued_on, due_on, currency, effective_on AS from_on,
       coalesce(lead(effective_on) OVER w, DATE '9999-12-31') AS to_on,
       sum(amount) OVER (w ROWS UNBOUNDED PRECEDING)::DECIMAL(18,4) AS amount
FROM entries WINDOW w AS (PARTITION BY invoice_id ORDER BY effective_on, kind DESC, source_id)
"""

CREDITS = """
SELECT payment_id, customer_id, currency, received_on AS effective_on, amount FROM payments
UNION ALL
SELECT a.payment_id, p.customer_id, p.currency, greatest(a.applied_on, i.issued_on), -a.amount
FROM allocations a JOIN invoices i USING (invoice_id) JOIN payments p USING (payment_id)
"""

TREND = """
WITH ends AS (
  SELECT last_day(DATE '2023-01-01' + to_months(m::INTEGER)) AS end_on, m FROM range(36) AS t(m)
), spread AS (
  SELECT e.end_on, c.due_on, sum(c.amount) AS amount
  FROM cube c JOIN ends e ON c.effective_on <= e.end_on GROUP BY ALL
), balance AS (
  SELECT end_on, sum(amount) AS open, sum(amount) FILTER (due_on >= end_on) AS current,
         sum(amount) FILTER (due_on < end_on) AS overdue,
         sum(amount) FILTER (due_on < end_on AND due_on >= end_on - 30) AS b30,
         sum(amount) FILTER (due_on < end_on - 30 AND due_on >= end_on - 60) AS b60,
         sum(amount) FILTER (due_on < end_on - 60 AND due_on >= end_on - 90) AS b90,
         sum(amount) FILTER (due_on < end_on - 90) AS b91
  FROM spread GROUP BY ALL
), opening AS (
  SELECT e.end_on, sum(c.amount) AS open0
  FROM cube c JOIN ends e ON c.effective_on < date_trunc('month', e.end_on) GROUP BY ALL
), sold AS (
  SELECT e.end_on, sum(s.amount) FILTER (s.issued_on > e.end_on - 90) AS s90,
         sum(s.amount) FILTER (s.issued_on >= date_trunc('month', e.end_on)) AS s_month
  FROM sales s JOIN ends e ON s.issued_on <= e.end_on GROUP BY ALL
), months AS (
  SELECT e.end_on, date_trunc('month', s.issued_on)::DATE AS month, sum(s.amount) AS sales
  FROM sales s JOIN ends e ON s.issued_on <= e.end_on GROUP BY ALL
), unapplied AS (
  SELECT e.end_on, sum(k.amount) AS unapplied FROM credit_days k JOIN ends e ON k.effective_on <= e.end_on GROUP BY ALL
)
SELECT b.*, o.open0, s.s90, s.s_month, u.unapplied,
       b.overdue / b.open * 100 AS overdue_share, b.open / s.s90 * 90 AS dso,
       (o.open0 + s.s_month - b.open) / (o.open0 + s.s_month - b.current) * 100 AS cei, m.per_month
FROM balance b LEFT JOIN opening o USING (end_on) LEFT JOIN sold s USING (end_on) LEFT JOIN unapplied u USING (end_on)
LEFT JOIN (SELECT end_on, map(list(month), list(sales)) AS per_month FROM months GROUP BY end_on) m USING (end_on)
ORDER BY end_on
"""


def connect(converted: Path) -> duckdb.DuckDBPyConnection:
    """A connection with views on the books and, kept, the cube, sales and credits by day."""
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{LIMIT}'")
    connection.execute(f"SET temp_directory = '{converted.parent}/.spill-by-hand'")
    connection.execute("SET preserve_insertion_order = false")
    for table in ("customers", "invoices", "payments", "allocations"):
        connection.execute(f"CREATE VIEW {table} AS FROM '{converted / table}.parquet'")
    return connection


def keep_cube(connection: duckdb.DuckDBPyConnection) -> None:
    """The kept cube and what goes with it."""
    connection.execute(
        "CREATE TABLE cube AS SELECT due_on, max(effective_on) AS effective_on, sum(amount) AS amount "
        f"FROM ({ENTRIES}) GROUP BY due_on, date_trunc('month', effective_on)"
    )
    connection.execute(
        "CREATE TABLE sales AS SELECT issued_on, sum(amount) AS amount FROM invoices GROUP BY ALL"
    )
    connection.execute(
        f"CREATE TABLE credit_days AS SELECT effective_on, sum(amount) AS amount FROM ({CREDITS}) GROUP BY ALL"
    )


def build(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """One pass: entries, balances and credits as Parquet, sorted as a customer's page wants them."""
    entries = folder / "entries.parquet"
    connection.execute(
        f"COPY ({ENTRIES} ORDER BY customer_id, invoice_id, effective_on) TO '{entries}' ({PARQUET})"
    )
    connection.execute(f"CREATE VIEW entries AS FROM '{entries}'")
    balances = f"SELECT * FROM ({BALANCES}) WHERE from_on < to_on ORDER BY customer_id, invoice_id, from_on"
    connection.execute(f"COPY ({balances}) TO '{folder}/balances.parquet' ({PARQUET})")
    connection.execute(f"COPY ({CREDITS} ORDER BY effective_on) TO '{folder}/credits.parquet' ({PARQUET})")


def check(connection: duckdb.DuckDBPyConnection, books: Any, kpis: tuple[str, ...], today: date) -> None:
    """Both must say the same, else there is nothing to compare."""
    keep_cube(connection)
    found = connection.execute(TREND)
    names = [column[0] for column in found.description]
    hand = {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}
    pairs = {
        "open_receivables": "open",
        "overdue_share": "overdue_share",
        "dso": "dso",
        "collection_effectiveness_index": "cei",
    }
    for row in books.kpis(kpis, as_of=today, trend=36):
        mine = hand[row["period_end"]].get(pairs.get(row["kpi"], ""))
        if mine is None or row["value"] is None:
            continue
        if abs(row["value"] - Decimal(str(mine))) > Decimal("0.000001"):
            raise SystemExit(
                f"{row['kpi']} differs on {row['period_end']}: {row['value']} and {mine} by hand"
            )
