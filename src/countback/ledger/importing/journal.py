"""The journal of an import: what the engine derives from the books after it, less what it derived before.

A movement that is no longer there is taken back by one of the negated amount; nothing is ever changed.
"""

from __future__ import annotations

from datetime import datetime

from countback.analytics.engine import Engine
from countback.analytics.tables import entries, items, settlements
from countback.analytics.tables.books import BookTables
from countback.books import sql
from countback.books.loaded import LoadedBooks
from countback.books.tables import TABLES
from countback.ledger.importing.working import JOURNALED, Working
from countback.ledger.importing.written import copy_in, known_from

_COLUMNS = (
    "entity_id", "customer_id", "item_kind", "item_id", "kind", "effective_on", "amount", "currency", "source_id",
)  # fmt: skip

INVOICES_AT_ONCE = 200_000
"""Invoices whose entries are derived at once, about: so much fits in memory."""

Stretch = tuple[str, str] | None
"""First and last customer; None: all."""


def write_journal(working: Working, import_id: int, at: datetime) -> None:
    """Adds the entries of an import."""
    known = known_from(working, at)
    columns = [*_COLUMNS, "corrects", "known_from", "import_id"]
    listed = ", ".join(_COLUMNS)
    if working.fresh:
        for moves in _derived(working, "state_after"):
            query = (
                f"SELECT {listed}, false, {known}, {import_id} FROM ({moves}) ORDER BY customer_id, item_id"
            )
            copy_in(working, "ledger_entry", columns, query, state="state_after")
        return
    for state in ("state_before", "state_after"):
        kept = f"memory.near.entries_of_{state}"
        for place, moves in enumerate(_derived(working, state)):
            into = f"INSERT INTO {kept}" if place else f"CREATE TABLE {kept} AS"
            _in_state(working, state, f"{into} SELECT {listed} FROM ({moves})")
    before, after = (f"SELECT * FROM near.entries_of_{state}" for state in ("state_before", "state_after"))
    moves = f"""SELECT *, false AS corrects FROM ({after} EXCEPT ALL {before}) UNION ALL
        SELECT * REPLACE (CAST(-amount AS DECIMAL(18, 4)) AS amount), true FROM ({before} EXCEPT ALL {after})"""
    query = f"SELECT {listed}, corrects, {known}, {import_id} FROM ({moves}) ORDER BY customer_id, item_id"
    copy_in(working, "ledger_entry", columns, query)


def _in_state(working: Working, state: str, statement: str) -> None:
    """Runs a statement in which `books` is the state."""
    working.db.execute(f"USE {state}")
    try:
        working.db.execute(statement)
    finally:
        working.db.execute("USE memory")


def _derived(working: Working, state: str) -> list[str]:
    """Queries that together give all entries of a state, to be run in it: one a stretch of customers."""
    counts = {name: working.number(f"SELECT count(*) FROM {state}.books.{name}") for name in JOURNALED}
    recorded = working.number(
        "SELECT " + " + ".join(f"(SELECT count(recorded_at) FROM {state}.books.{name})" for name in JOURNALED)
    )
    rows = dict.fromkeys(TABLES, 0) | counts
    books = LoadedBooks(working.db, "", {}, (), rows=rows, has_recorded_at=recorded > 0)
    engine = Engine(books)
    return [
        _of_stretch(working, engine, stretch) for stretch in _stretches(working, state, counts["invoices"])
    ]


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


def _of_stretch(working: Working, engine: Engine, stretch: Stretch) -> str:
    """The entries of invoices of a stretch, and of what settles them, and what came in of its customers."""
    tables = BookTables.of(engine.books, stretch)
    settled = settlements.build(tables)
    moves = engine.compile(entries.build(tables, items.build(tables), settled))
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
    parts = [of_items, *_of_sources(affected, f"({engine.compile(settled)})", stretch)]
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
