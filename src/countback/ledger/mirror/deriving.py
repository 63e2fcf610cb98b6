"""The derived tables of a generation: those of `analytics.keeping`, in stretches of customers that stay the same from
one generation to the next, so that a refresh derives only what belongs to the customers that were touched.

A stretch without such a customer keeps its files of the generation before: they are never changed, and a file that two
folders hold is gone when both are. In the others the rows of those customers are put in the place of the old ones.
"""

from __future__ import annotations

import hashlib
import os
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb

from countback.analytics.engine import ASKED, Engine
from countback.analytics.keeping import PARQUET
from countback.analytics.tables import balances, credits, entries, items, settlements
from countback.analytics.tables.books import BookTables, declared
from countback.analytics.written import written_text
from countback.books import sql
from countback.books.loaded import SCHEMA, LoadedBooks
from countback.books.manifest import DERIVED
from countback.kpis.facts import Table
from countback.ledger.mirror.standing import read_from

INVOICES = 50_000
"""Invoices of a stretch, about, and of what is derived at once: small enough to be derived in a moment, large enough to
be few."""

OF_INVOICES = ("invoices", "allocations", "write_offs")
"""Tables that are read by customers: their `customer_id` is that of the invoice."""

CREDITS = "credits/part-0000.parquet"

ORDER = {"entries": "customer_id, item_id, effective_on", "balances": "customer_id, item_id, from_on"}
"""Tables that are kept in stretches, and how their files are sorted."""


NAMED = f"{ASKED}.named"
"""Table of the customers in question."""


@dataclass(frozen=True, slots=True)
class Before:
    """The generation before, and the customers that were touched since. `bounds`: the first customer of each stretch
    but the first."""

    folder: Path
    bounds: tuple[str, ...]
    touched: frozenset[str]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Customers from `first` up to, and without, `beyond`; None: up to the last."""

    place: int
    first: str
    beyond: str | None

    @property
    def condition(self) -> str:
        """SQL that is true of its rows."""
        until = f" AND customer_id < {sql.text(self.beyond)}" if self.beyond else ""
        return f"customer_id >= {sql.text(self.first)}{until}"

    def file(self, table: str) -> Path:
        """Where a table's rows of it lie in a generation."""
        return Path(DERIVED) / table / f"part-{self.place:04}.parquet"


@dataclass(frozen=True, slots=True)
class Queries:
    """SQL of the derived tables. They hang on which tables have rows, and on the code."""

    entries: str
    balances: str
    credits: str

    @property
    def seal(self) -> str:
        """The same where the same is derived in the same way."""
        return hashlib.sha256("\n".join((self.entries, self.balances, self.credits)).encode()).hexdigest()


def bounds_of(books: LoadedBooks) -> tuple[str, ...]:
    """The first customer of each stretch but the first, where about as many invoices are in each."""
    count = books.rows["invoices"] // INVOICES + 1
    query = f"""WITH parts AS (SELECT customer_id, ntile(?) OVER (ORDER BY customer_id) AS part FROM {SCHEMA}.invoices)
        SELECT DISTINCT min(customer_id) AS first FROM parts WHERE part > 1 GROUP BY part ORDER BY first"""
    return tuple(str(row[0]) for row in sql.rows(books.connection, query, [count]))


def outgrown(books: LoadedBooks, bounds: Sequence[str]) -> bool:
    """Whether books have too many invoices for their stretches."""
    return books.rows["invoices"] > 2 * INVOICES * (len(bounds) + 1)


def queries_of(books: LoadedBooks) -> Queries:
    """How the derived tables of these books are found."""
    engine, tables = Engine(books), BookTables(books.rows, {}, books.has_recorded_at)

    def of_entries() -> Table:
        return entries.build(tables, items.build(tables), settlements.build(tables))

    def of_balances() -> Table:
        return balances.build(declared("file", of_entries().schema(), ASKED))

    def of_credits() -> Table:
        return credits.build(tables, settlements.build(tables))

    def text(table: str, build: Callable[[], Table]) -> str:
        return written_text((engine.shape, "mirror", table), lambda: engine.compile(build()))

    return Queries(text("entries", of_entries), text("balances", of_balances), text("credits", of_credits))


def derive(
    books: LoadedBooks, queries: Queries, target: Path, bounds: Sequence[str], before: Before | None
) -> None:
    """Writes the derived tables of the books in the folder `target`, beside them. `before`: whose rows serve again
    where their customer was not touched."""
    for table in ("entries", "balances", "credits"):
        (target / DERIVED / table).mkdir(parents=True)
    deriving = _Deriving(Engine(books), queries, target)
    stretches = [
        Stretch(place, *ends) for place, ends in enumerate(zip(["", *bounds], [*bounds, None], strict=True))
    ]
    if before is None:
        for stretch in stretches:
            deriving.whole(stretch)
    else:
        touched = deriving.by_stretch(stretches, before.touched)
        for stretch in stretches:
            if not touched[stretch]:
                _link(before.folder, target, stretch)
        for some in deriving.batches(touched):
            deriving.anew(some, before.folder)
    read_from(books, target)
    deriving.credits(before)


def _link(old: Path, new: Path, stretch: Stretch) -> None:
    for table in ORDER:
        os.link(old / stretch.file(table), new / stretch.file(table))


class _Deriving:
    """Derives into one folder."""

    def __init__(self, engine: Engine, queries: Queries, target: Path) -> None:
        self.engine = engine
        self.queries = queries
        self.target = target

    def whole(self, stretch: Stretch) -> None:
        """Everything of a stretch."""
        self._derive(stretch.condition, {table: self.target / stretch.file(table) for table in ORDER})

    def by_stretch(
        self, stretches: Sequence[Stretch], customers: Iterable[str]
    ) -> dict[Stretch, dict[str, int]]:
        """Customers by stretch, each with its number of invoices."""
        self._name(customers)
        query = f"""SELECT id, count(invoice_id) FROM {NAMED} LEFT JOIN {SCHEMA}.invoices ON customer_id = id
            GROUP BY id ORDER BY id"""
        found: dict[Stretch, dict[str, int]] = {stretch: {} for stretch in stretches}
        firsts = [stretch.first for stretch in stretches]
        for customer, count in sql.rows(self.engine.connection, query):
            found[stretches[bisect_right(firsts, str(customer)) - 1]][str(customer)] = int(str(count))
        return found

    def batches(self, touched: dict[Stretch, dict[str, int]]) -> Iterator[dict[Stretch, dict[str, int]]]:
        """The touched stretches, as many at once as have about as many invoices to derive as one stretch has."""
        some: dict[Stretch, dict[str, int]] = {}
        for stretch, customers in touched.items():
            if not customers:
                continue
            some[stretch] = customers
            if sum(sum(counts.values()) for counts in some.values()) >= INVOICES:
                yield some
                some = {}
        if some:
            yield some

    def anew(self, some: dict[Stretch, dict[str, int]], old: Path) -> None:
        """Puts what is derived for the named customers of some stretches in the place of what was there."""
        self._name([customer for customers in some.values() for customer in customers])
        new = {table: self.target / DERIVED / f"{table}.new" for table in ORDER}
        self._derive(f"customer_id IN (SELECT id FROM {NAMED})", new)
        queries = {}
        for stretch in some:
            for table, order in ORDER.items():
                made = f"SELECT * FROM {_read(new[table])} WHERE {stretch.condition}"
                query = f"{_without_named(old / stretch.file(table))} UNION ALL {made} ORDER BY {order}"
                queries[self.target / stretch.file(table)] = query
        self._copy_all(queries)
        for file in new.values():
            file.unlink()

    def credits(self, before: Before | None) -> None:
        """Movements of credits, in one file: every question reads them all. Where there are some from before, those of
        touched customers are put in the place of the old ones."""
        file, query = Path(DERIVED) / CREDITS, self.queries.credits
        if before:
            self._name(before.touched)
            self._show(("payments", "credit_notes"), f"customer_id IN (SELECT id FROM {NAMED})")
            query = f"{_without_named(before.folder / file)} UNION ALL ({query})"
        self._copy(query, self.target / file)

    def _derive(self, condition: str, files: dict[str, Path]) -> None:
        """Entries and balances of the invoices of some customers."""
        self._show(OF_INVOICES, condition)
        self._copy(f"{self.queries.entries} ORDER BY {ORDER['entries']}", files["entries"])
        self.engine.show(files["entries"])
        self._copy(f"{self.queries.balances} ORDER BY {ORDER['balances']}", files["balances"])

    def _show(self, tables: Iterable[str], condition: str) -> None:
        """Has the books show only some rows of tables."""
        for table in tables:
            some = f"SELECT * FROM {_read(self.target / f'{table}.parquet')} WHERE {condition}"
            self.engine.connection.execute(f"CREATE OR REPLACE VIEW {SCHEMA}.{table} AS {some}")

    def _name(self, customers: Iterable[str]) -> None:
        named = f"CREATE OR REPLACE TABLE {NAMED} AS SELECT unnest($ids::VARCHAR[]) AS id"
        self.engine.connection.execute(named, {"ids": sorted(customers)})

    def _copy(self, query: str, file: Path) -> None:
        _copy(self.engine.connection, query, file)

    def _copy_all(self, queries: dict[Path, str]) -> None:
        """Many small files, of which one alone would leave processors idle."""
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            copied = [threads.submit(self._copy_beside, query, file) for file, query in queries.items()]
        for one in copied:
            one.result()

    def _copy_beside(self, query: str, file: Path) -> None:
        with self.engine.connection.cursor() as own:
            _copy(own, query, file)


def _copy(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    connection.execute(f"COPY ({query}) TO {sql.text(str(file))} ({PARQUET})")


def _read(file: Path) -> str:
    return f"read_parquet({sql.text(str(file))})"


def _without_named(file: Path) -> str:
    return f"SELECT * FROM {_read(file)} WHERE customer_id NOT IN (SELECT id FROM {NAMED})"
