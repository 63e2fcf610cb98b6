"""Worklists for 50,000 overdue customers and 100 collectors, beside a statement that only sorts by what is overdue.

    python bench/worklists.py [CUSTOMERS]

Books of four invoices a customer, most of them overdue, a tenth disputed, with promises, contacts, payments and credit
limits. Prints seconds of the candidates (cold and warm), of ranking and handing out, of writing the lines, of a preview
with other weights and one collector's lines, and of a hand-written statement that sorts customers by overdue amount;
medians where warm.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import duckdb
from django.conf import settings

settings.configure()

from countback.accounts.rules import Scope  # noqa: E402
from countback.analytics.keeping import keep_derived  # noqa: E402
from countback.analytics.opened import open_books  # noqa: E402
from countback.books.convert import convert  # noqa: E402
from countback.ledger.figures import Figures  # noqa: E402
from countback.worklists.morning import Morning, morning, moved  # noqa: E402
from countback.worklists.queries import overdue_customers  # noqa: E402
from countback.worklists.strategy import with_weights  # noqa: E402
from countback.worklists.strategy_reading import find_strategy  # noqa: E402

TODAY = date(2026, 6, 30)
COLLECTORS = 100

TABLES = {
    "customers": f"""SELECT 'C' || lpad(i::VARCHAR, 6, '0') AS customer_id, 'Customer ' || i AS name,
        ['company', 'company', 'sole_trader', 'public_body'][(1 + hash(i, 1) % 4)::BIGINT] AS type, 'EUR' AS currency,
        CASE WHEN hash(i, 2) % 3 = 0 THEN 2000 + hash(i, 3) % 20000 END AS credit_limit,
        CASE WHEN hash(i, 4) % 20 > 0 THEN 'collector-' || lpad((hash(i, 5) % {COLLECTORS})::VARCHAR, 3, '0') END
          AS collector FROM range($customers) AS numbers(i)""",
    "invoices": """SELECT 'I' || i AS invoice_id, 'C' || lpad((i % $customers)::VARCHAR, 6, '0') AS customer_id,
        DATE '2026-06-29' - 30 - (hash(i, 6) % 150)::INTEGER AS issued_on,
        DATE '2026-06-29' - (hash(i, 6) % 150)::INTEGER AS due_on,
        ((5000 + hash(i, 7) % 500000) / 100)::DECIMAL(18, 2) AS amount, 'EUR' AS currency
        FROM range($customers * 4) AS numbers(i)""",
    "payments": """SELECT 'P' || invoice_id AS payment_id, customer_id,
        least(due_on + (hash(invoice_id, 8) % 40)::INTEGER, DATE '2026-06-29') AS received_on,
        floor(amount * (20 + hash(invoice_id, 9) % 81)) / 100 AS amount, 'EUR' AS currency
        FROM invoices WHERE hash(invoice_id, 10) % 4 = 0 AND substr(invoice_id, 2)::INTEGER >= $customers""",
    "allocations": """SELECT payment_id, substr(payment_id, 2) AS invoice_id, amount, received_on AS applied_on
        FROM payments WHERE $customers > 0""",
    "disputes": """SELECT 'D' || invoice_id AS dispute_id, invoice_id, due_on AS opened_on,
        floor(amount * 50) / 100 AS amount FROM invoices WHERE hash(invoice_id, 11) % 10 = 0 AND $customers > 0""",
    "promises": """SELECT 'M' || invoice_id AS promise_id, customer_id,
        CASE WHEN hash(invoice_id, 12) % 2 = 0 THEN invoice_id END AS invoice_id, due_on AS made_on,
        due_on + 10 + (hash(invoice_id, 13) % 20)::INTEGER AS due_on, amount
        FROM invoices WHERE hash(invoice_id, 14) % 4 = 0 AND $customers > 0""",
    "contacts": """SELECT 'T' || invoice_id AS contact_id, customer_id,
        DATE '2026-06-30' - (hash(invoice_id, 15) % 80)::INTEGER AS contacted_on, 'call' AS channel,
        'out' AS direction, 'right_party' AS outcome FROM invoices
        WHERE hash(invoice_id, 16) % 2 = 0 AND $customers > 0""",
}

BY_HAND = f"""
WITH settled AS (SELECT invoice_id, sum(amount) AS paid FROM books.allocations
  WHERE applied_on <= DATE '{TODAY}' GROUP BY invoice_id)
SELECT i.customer_id, sum(i.amount - coalesce(s.paid, 0)) AS overdue FROM books.invoices i
LEFT JOIN settled s USING (invoice_id) WHERE i.due_on < DATE '{TODAY}' AND i.amount > coalesce(s.paid, 0)
GROUP BY i.customer_id ORDER BY overdue DESC, i.customer_id
"""


def books_of(customers: int) -> Path:
    """Converted books of that size with their derived tables, made once."""
    folder = Path(__file__).parent / ".books" / f"worklists-{customers}"
    converted = folder / "converted"
    if not (converted / "books.json").exists():
        source = folder / "files"
        source.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as db:
            for name, query in TABLES.items():
                db.execute(f"CREATE TABLE {name} AS {query}", {"customers": customers})
                db.execute(f"COPY {name} TO '{source / name}.parquet' (FORMAT parquet)")
        convert(source, converted, derive=keep_derived)
    return converted


def taken(act: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of a call, and what it gave."""
    start = time.perf_counter()
    found = act()
    return time.perf_counter() - start, found


def median_of(times: int, act: Callable[[], Any]) -> float:
    """Median seconds of that many calls."""
    return statistics.median(taken(act)[0] for _ in range(times))


def main(customers: int) -> None:
    """All of it, at one size."""
    books = open_books(books_of(customers))
    figures = Figures(cast(Any, SimpleNamespace(books=books, answers={})), Scope())
    strategy = find_strategy()
    collectors = [f"collector-{number:03}" for number in range(COLLECTORS)]

    def candidates() -> list[Any]:
        return overdue_customers(figures, as_of=TODAY, dimensions=strategy.dimensions)

    cold, found = taken(candidates)
    warm = median_of(3, candidates)

    def lists(weights: dict[str, Decimal]) -> Morning:
        return morning(found, with_weights(strategy, weights), as_of=TODAY, collectors=collectors)

    def again() -> object:
        after = lists({"age": Decimal(2), "silence": Decimal(0)})
        return moved(before, after), after.lists[0].lines()

    first, before = taken(lambda: lists({}))
    wording, written = taken(lambda: [one.lines() for one in before.lists])
    preview = median_of(5, again)
    hand = median_of(5, lambda: books.loaded.connection.execute(BY_HAND).fetchall())
    listed = sum(len(lines) for lines in written)
    print(f"{len(found):,} overdue customers, {COLLECTORS} collectors")
    print(f"  {listed:,} lines; {len(before.ranked) - listed:,} did not fit; {len(before.waiting):,} wait")
    print(f"  candidates: {cold:.2f} s, warm {warm:.2f} s; ranking and hand-out: {first:.2f} s")
    print(f"  lines in words: {wording:.2f} s")
    whole = cold + first + wording
    print(f"  lists made: {whole:.2f} s; hand-written sort by overdue {hand:.3f} s; ratio {whole / hand:.0f}")
    print(f"  preview with other weights: {preview:.2f} s; ratio to the sort {preview / hand:.1f}")
    print(f"  peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2:.2f} GiB")
    books.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
