"""The derived tables of a generation: those of `analytics.keeping`, in stretches of customers that stay the same from
one generation to the next, so that a refresh derives only the stretches whose customers were touched.

Of the others, the files of the generation before serve again: they are never changed, and a file that two folders hold
is gone when both are.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from countback.analytics.engine import ASKED, Engine
from countback.analytics.keeping import PARQUET
from countback.analytics.tables import balances, credits, entries, items, settlements
from countback.analytics.tables.books import BookTables, declared
from countback.books import sql
from countback.books.loaded import SCHEMA, LoadedBooks
from countback.books.manifest import DERIVED, read_manifest
from countback.books.tables import TABLES
from countback.ledger.mirror.standing import read_from

INVOICES = 50_000
"""Invoices of a stretch, about: small enough to be derived in a moment, large enough to be few."""

OF_INVOICES = ("invoices", "allocations", "write_offs")
"""Tables that are read by stretches: their `customer_id` is that of the invoice."""

CREDITS = "credits/part-0000.parquet"


@dataclass(frozen=True, slots=True)
class Before:
    """The generation before, and the customers that were touched since. `bounds`: the first customer of each stretch
    but the first."""

    folder: Path
    bounds: tuple[str, ...]
    touched: frozenset[str]


def bounds_of(books: LoadedBooks) -> tuple[str, ...]:
    """The first customer of each stretch but the first, where about as many invoices are in each."""
    count = books.rows["invoices"] // INVOICES + 1
    query = f"""WITH parts AS (SELECT customer_id, ntile(?) OVER (ORDER BY customer_id) AS part FROM {SCHEMA}.invoices)
        SELECT DISTINCT min(customer_id) AS first FROM parts WHERE part > 1 GROUP BY part ORDER BY first"""
    return tuple(str(row[0]) for row in sql.rows(books.connection, query, [count]))


def serves_again(books: LoadedBooks, before: Before) -> bool:
    """Whether stretches of the generation before may stay: the same kinds of rows decide, and it did not outgrow its
    stretches."""
    manifest = read_manifest(before.folder)
    if manifest is None or manifest.has_recorded_at != books.has_recorded_at:
        return False
    if books.rows["invoices"] > 2 * INVOICES * (len(before.bounds) + 1):
        return False
    return all(bool(manifest.rows[table]) == bool(books.rows[table]) for table in TABLES)


@dataclass(frozen=True, slots=True)
class Queries:
    """SQL of the derived tables, and the schema of entries. It takes long to compile, and hangs on little: `present`:
    tables with any row."""

    entries: str
    balances: str
    credits: str
    schema: Any


@lru_cache(maxsize=8)
def _queries(present: frozenset[str], has_recorded_at: bool) -> Queries:
    rows = {table: int(table in present) for table in TABLES}
    tables = BookTables(rows, {}, has_recorded_at)
    settled = settlements.build(tables)
    built = entries.build(tables, items.build(tables), settled)
    kept = declared("file", built.schema(), ASKED)
    made = (built, balances.build(kept), credits.build(tables, settled))
    of_entries, of_balances, of_credits = (str(ibis.to_sql(one, dialect="duckdb")) for one in made)
    return Queries(of_entries, of_balances, of_credits, built.schema())


def derive(books: LoadedBooks, target: Path, bounds: Sequence[str], before: Before | None) -> None:
    """Writes the derived tables of the books in the folder `target`, beside them. `before`: whose stretches serve again
    where none of their customers was touched."""
    for table in ("entries", "balances", "credits"):
        (target / DERIVED / table).mkdir(parents=True)
    engine = Engine(books)
    queries = _queries(frozenset(table for table in TABLES if books.rows[table]), books.has_recorded_at)
    _write_stretches(engine, queries, target, bounds, before)
    read_from(books, target)
    _write_credits(engine, queries.credits, target, before)


def _write_stretches(
    engine: Engine, queries: Queries, target: Path, bounds: Sequence[str], before: Before | None
) -> None:
    """Entries and balances, by the same queries for whatever stretch the books show."""
    for place, (first, beyond) in enumerate(zip(["", *bounds], [*bounds, None], strict=True)):
        part = f"part-{place:04}.parquet"
        parts = {table: Path(DERIVED) / table / part for table in ("entries", "balances")}
        if before and not any(
            first <= customer and (not beyond or customer < beyond) for customer in before.touched
        ):
            for file in parts.values():
                os.link(before.folder / file, target / file)
            continue
        _show(engine, target, first, beyond)
        _copy(
            engine,
            f"{queries.entries} ORDER BY customer_id, item_id, effective_on",
            target / parts["entries"],
        )
        engine.reading(target / parts["entries"], queries.schema)
        _copy(
            engine, f"{queries.balances} ORDER BY customer_id, item_id, from_on", target / parts["balances"]
        )


def _show(engine: Engine, target: Path, first: str, beyond: str | None) -> None:
    """Has the books show the invoices of a stretch of customers, and what settles them."""
    until = f" AND customer_id < {sql.text(beyond)}" if beyond else ""
    for table in OF_INVOICES:
        file = sql.text(str(target / f"{table}.parquet"))
        stretch = f"SELECT * FROM read_parquet({file}) WHERE customer_id >= {sql.text(first)}{until}"
        engine.connection.execute(f"CREATE OR REPLACE VIEW {SCHEMA}.{table} AS {stretch}")


def _write_credits(engine: Engine, query: str, target: Path, before: Before | None) -> None:
    """Movements of credits, in one file: every question reads them all. Where there are some from before, those of
    touched customers are put in the place of the old ones."""
    file = Path(DERIVED) / CREDITS
    if before:
        touched = pa.table({"id": pa.array(sorted(before.touched), pa.string())})
        engine.connection.register("touched", touched)
        for table in ("payments", "credit_notes"):
            whole = f"SELECT * FROM read_parquet({sql.text(str(target / f'{table}.parquet'))})"
            some = f"{whole} WHERE customer_id IN (SELECT id FROM touched)"
            engine.connection.execute(f"CREATE OR REPLACE VIEW {SCHEMA}.{table} AS {some}")
        kept = f"SELECT * FROM read_parquet({sql.text(str(before.folder / file))})"
        query = f"{kept} WHERE customer_id NOT IN (SELECT id FROM touched) UNION ALL ({query})"
    _copy(engine, query, target / file)


def _copy(engine: Engine, query: str, file: Path) -> None:
    engine.connection.execute(f"COPY ({query}) TO {sql.text(str(file))} ({PARQUET})")
