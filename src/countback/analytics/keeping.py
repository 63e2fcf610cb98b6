"""Keeping derived tables beside converted books, as Parquet, so that a later run reads what it needs, building nothing.

Customers are taken in stretches, in the order in which the books are sorted: each stretch fits in memory whatever the
size of the books, and the files come out sorted by customer, so that one customer's items are one small read.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from countback.analytics.engine import Engine
from countback.analytics.tables import balances, credits, entries, items, settlements
from countback.analytics.tables.books import BookTables
from countback.books.loaded import LoadedBooks
from countback.kpis.facts import Table

INVOICES_AT_ONCE = 1_000_000
"""Invoices of a stretch of customers, about."""

PARQUET = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880"


def keep_derived(
    books: LoadedBooks, folder: Path, progress: Callable[[str, float], None] | None = None
) -> None:
    """Write the derived tables of `books` into `folder`, one sub-folder a table. Nothing of another table is
    touched."""
    engine = Engine(books)
    stretches = _stretches(engine)
    for place, stretch in enumerate(stretches):
        tables = BookTables.of(books, stretch)
        built = entries.build(tables, items.build(tables), settlements.build(tables))
        part = f"part-{place:04}.parquet"
        _write(engine, built, folder / "entries" / part, "customer_id, item_id, effective_on")
        kept = engine.reading(folder / "entries" / part, built.schema())
        _write(engine, balances.build(kept), folder / "balances" / part, "customer_id, item_id, from_on")
        if progress:
            progress("balances of open items", (place + 1) / (len(stretches) + 1))
    tables = BookTables.of(books)
    moves = credits.build(tables, settlements.build(tables))
    # All of them at once and unsorted, which memory allows: every question reads them from the first day on.
    _write(engine, moves, folder / "credits" / "part-0000.parquet")


def _stretches(engine: Engine) -> list[tuple[str, str] | None]:
    """First and last customer of each stretch; one of None where all customers make one stretch."""
    count = engine.books.rows.get("invoices", 0) // INVOICES_AT_ONCE + 1
    if count == 1:
        return [None]
    sql = (
        "WITH parts AS (SELECT customer_id, ntile(?) OVER (ORDER BY customer_id) AS part FROM books.customers) "
        "SELECT min(customer_id), max(customer_id) FROM parts GROUP BY part ORDER BY part"
    )
    return [(first, last) for first, last in engine.connection.execute(sql, [count]).fetchall()]


def _write(engine: Engine, table: Table, file: Path, order: str = "") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    target = str(file).replace("'", "''")
    sql = engine.compile(table) + (f" ORDER BY {order}" if order else "")
    engine.connection.execute(f"COPY ({sql}) TO '{target}' ({PARQUET})")
