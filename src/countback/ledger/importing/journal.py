"""The journal of an import: what the engine derives from the books after it, less what it derived before.

A movement that is no longer there is taken back by one of the negated amount; nothing is ever changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from countback.analytics.engine import compiled
from countback.analytics.tables import entries, items, settlements
from countback.analytics.tables.books import SHAPING, BookTables
from countback.analytics.written import written_text
from countback.books import sql
from countback.books.tables import TABLES
from countback.kpis.facts import Table
from countback.ledger.importing.working import JOURNALED, Working
from countback.ledger.importing.written import copy_in, known_from

_COLUMNS = (
    "entity_id", "customer_id", "item_kind", "item_id", "kind", "effective_on", "amount", "currency", "source_id",
)  # fmt: skip

INVOICES_AT_ONCE = 200_000
"""Invoices whose entries are derived at once, about: so much fits in memory."""

STRETCH = "stretch"
"""Where the rows of a stretch of customers are shown as books of their own."""

OF_INVOICES = ("invoices", "allocations", "write_offs")
"""Tables of which a stretch shows some rows: their `customer_id` is that of the invoice."""

Stretch = tuple[str, str] | None
"""First and last customer; None: all."""


def write_journal(working: Working, import_id: int, at: datetime) -> None:
    """Adds the entries of an import."""
    known = known_from(working, at)
    columns = [*_COLUMNS, "corrects", "known_from", "import_id"]
    listed = ", ".join(_COLUMNS)
    if working.fresh:
        for place, moves in _derived(working, "state_after"):
            query = (
                f"SELECT {listed}, false, {known}, {import_id} FROM ({moves}) ORDER BY customer_id, item_id"
            )
            copy_in(working, "ledger_entry", columns, query, state=place)
        return
    for state in ("state_before", "state_after"):
        into = f"CREATE TABLE memory.near.entries_of_{state} AS"
        for place, moves in _derived(working, state):
            _run_in(working, place, f"{into} SELECT {listed} FROM ({moves})")
            into = f"INSERT INTO memory.near.entries_of_{state}"
    before, after = (f"SELECT * FROM near.entries_of_{state}" for state in ("state_before", "state_after"))
    moves = f"""SELECT *, false AS corrects FROM ({after} EXCEPT ALL {before}) UNION ALL
        SELECT * REPLACE (CAST(-amount AS DECIMAL(18, 4)) AS amount), true FROM ({before} EXCEPT ALL {after})"""
    query = f"SELECT {listed}, corrects, {known}, {import_id} FROM ({moves}) ORDER BY customer_id, item_id"
    copy_in(working, "ledger_entry", columns, query)


def _run_in(working: Working, place: str, statement: str) -> None:
    """Runs a statement in which `books` is that of a state, or of a stretch of one."""
    working.db.execute(f"USE {place}")
    try:
        working.db.execute(statement)
    finally:
        working.db.execute("USE memory")


def _derived(working: Working, state: str) -> Iterator[tuple[str, str]]:
    """Queries that together give all entries of a state, one a stretch of customers, each with the database in which it
    is run before the next is asked for."""
    parts = [f"(SELECT count(*) FROM {state}.books.{name})" for name in JOURNALED]
    parts += [f"(SELECT count(recorded_at) FROM {state}.books.{name})" for name in JOURNALED]
    (found,) = sql.rows(working.db, f"SELECT {', '.join(parts)}")
    counts = [int(str(count)) for count in found]
    rows = dict(zip(JOURNALED, counts, strict=False))
    present = frozenset(name for name, count in rows.items() if count)
    queries = _queries(present, any(counts[len(rows) :]))
    for stretch in _stretches(working, state, rows["invoices"]):
        if stretch is not None:
            _show(working, state, stretch)
        yield STRETCH if stretch else state, _of_stretch(working, queries, stretch)


def _queries(present: frozenset[str], has_recorded_at: bool) -> tuple[str, str]:
    """SQL of the entries of invoices, and of what settles them. It takes long to compile, and hangs on little:
    `present`: tables with any row."""
    tables = BookTables({name: int(name in present) for name in TABLES}, {}, has_recorded_at)
    key = ("journal", tuple(name for name in SHAPING if name in present), has_recorded_at)

    def of_settlements() -> Table:
        return settlements.build(tables)

    def of_entries() -> Table:
        return entries.build(tables, items.build(tables), of_settlements())

    def text(name: str, build: Callable[[], Table]) -> str:
        return written_text((*key, name), lambda: compiled(build()))

    return text("entries", of_entries), text("settlements", of_settlements)


def _show(working: Working, state: str, stretch: tuple[str, str]) -> None:
    """Has the database `STRETCH` show of a state the invoices of a stretch of customers, with what settles them; of
    the other tables all, as it may be anybody's payment that settles them."""
    working.db.execute(f"ATTACH IF NOT EXISTS ':memory:' AS {STRETCH}")
    working.db.execute(f"CREATE SCHEMA IF NOT EXISTS {STRETCH}.books")
    first, last = map(sql.text, stretch)
    for name in JOURNALED:
        within = f" WHERE customer_id BETWEEN {first} AND {last}" if name in OF_INVOICES else ""
        query = f"SELECT * FROM {state}.books.{name}{within}"
        working.db.execute(f"CREATE OR REPLACE VIEW {STRETCH}.books.{name} AS {query}")


def _stretches(working: Working, state: str, invoices: int) -> list[Stretch]:
    """First and last customer of each stretch; one of None where all customers make one."""
    count = invoices // INVOICES_AT_ONCE + 1
    if count == 1:
        return [None]
    named = " UNION ".join(
        f"SELECT customer_id AS id FROM {state}.books.{name}"
        for name in ("invoices", "payments", "credit_notes")
    )
    parts = f"SELECT id, ntile({count}) OVER (ORDER BY id) AS part FROM ({named})"
    found = sql.rows(working.db, f"SELECT min(id), max(id) FROM ({parts}) GROUP BY part ORDER BY part")
    return [(str(first), str(last)) for first, last in found]


def _of_stretch(working: Working, queries: tuple[str, str], stretch: Stretch) -> str:
    """The entries of the invoices that are shown, and of what settles them, and what came in of its customers."""
    moves, settled = queries
    affected = {
        name: "" if working.fresh else f" AND {key} IN (FROM memory.affected_{name})"
        for name, key in (
            ("invoices", "invoice_id"),
            ("payments", "payment_id"),
            ("credit_notes", "credit_note_id"),
        )
    }
    of_items = f"""SELECT entity_id, customer_id, CASE WHEN number IS NULL THEN 'invoice' ELSE 'instalment' END AS
        item_kind, item_id, kind, effective_on, amount, currency, source_id, recorded_at
        FROM ({moves}) WHERE true{affected["invoices"]}"""
    parts = [of_items, *_of_sources(affected, f"({settled})", stretch)]
    return " UNION ALL ".join(parts)


def _of_sources(affected: dict[str, str], settled: str, stretch: Stretch) -> list[str]:
    """Entries of payments and credit notes: what came in, was applied to an invoice or set free of it, went back.
    The same movements as `analytics.tables.credits` has, each with its document. `settled`: only what settles invoices
    of the stretch, whoever paid."""
    parts = []
    theirs = f" AND customer_id BETWEEN {sql.text(stretch[0])} AND {sql.text(stretch[1])}" if stretch else ""
    for name, kind, key, day, word in (
        ("payments", "payment", "payment_id", "received_on", "received"),
        ("credit_notes", "credit_note", "credit_note_id", "issued_on", "issued"),
    ):
        own = f"(SELECT * FROM books.{name} WHERE true{affected[name]})"
        item = f"own.entity_id, own.customer_id, '{kind}', own.{key}"
        parts.append(
            f"""SELECT {item}, '{word}', own.{day}, own.amount, own.currency, own.{key}, own.recorded_at
            FROM (FROM {own} WHERE true{theirs}) AS own"""
        )
        parts.append(
            f"""SELECT {item}, CASE WHEN used.reverses THEN 'released' ELSE 'applied' END, used.effective_on,
            CAST(-used.source_amount AS DECIMAL(18, 4)), own.currency, used.invoice_id,
            greatest(own.recorded_at, used.recorded_at)
            FROM {own} AS own JOIN {settled} AS used ON used.{key} = own.{key}"""
        )
    own = f"(SELECT * FROM books.payments WHERE true{affected['payments']}{theirs})"
    parts.append(
        f"""SELECT own.entity_id, own.customer_id, 'payment', own.payment_id, 'reversed',
        greatest(own.reversed_on, own.received_on), CAST(-own.amount AS DECIMAL(18, 4)), own.currency, own.payment_id,
        own.recorded_at FROM {own} AS own WHERE own.reversed_on IS NOT NULL"""
    )
    return parts
