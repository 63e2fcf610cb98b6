"""Reading from PostgreSQL what a mirror does not have yet, as Parquet parts.

What is new is what the transactions brought that had committed by this snapshot and not by the last one. Numbers handed
out, of rows or of transactions, are in the order in which work began; a transaction that began first may commit last,
and a reader that remembered the highest number would never see its rows. A snapshot names each transaction that was
still under way, so that its rows come with the refresh after its commit, once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
from django.db import connection as django_connection

from countback.books import sql
from countback.books.loaded import loaded_columns
from countback.books.tables import TABLES
from countback.ledger import schema
from countback.ledger.mirror.state import State

PARQUET = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880"
LONGEST_ROW = 64 << 20
"""Bytes of one row on its way."""

ENDED = {"table_name": "VARCHAR", "version": "BIGINT", "known_until": "TIMESTAMP"}
"""Columns of ends in the mirror, with their DuckDB types. Moments are in UTC, without a zone."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: the snapshot and its moment, which ledger it is of, and the new parts. `whole`: from the first
    row on. `erased`: every customer that was erased, where any was since."""

    snapshot: str
    known_through: datetime
    ledger: str
    files: tuple[str, ...]
    whole: bool
    erased: tuple[str, ...] = ()


def version_columns(table: str) -> dict[str, str]:
    """Columns of a table's versions in the mirror, with their DuckDB types."""
    further = {"extra": "VARCHAR"} if TABLES[table].open_ended else {}
    own = {"row_key": "VARCHAR", "known_from": "TIMESTAMP", "import_id": "BIGINT"}
    return {"version": "BIGINT"} | loaded_columns(table, {}) | further | own


def read_new(folder: Path, part: int, before: State | None, duck: duckdb.DuckDBPyConnection) -> Read:
    """Writes the parts numbered `part`: all that is new since `before`, or everything where that is None or of another
    ledger. All tables are read as of one snapshot."""
    with ledger_as_of_now() as cursor:
        snapshot, moment, ledger = _snapshot(cursor)
        since = before.snapshot if before and _goes_on(cursor, before, ledger) else None
        files = []
        for kind, columns in kinds().items():
            table = "ledger_ended" if kind == "ended" else schema.table_of(kind.partition("/")[2])
            target = folder / kind / f"part-{part:06}.parquet"
            if _copied(cursor, _query(table, columns, since), columns, target, duck):
                files.append(str(target.relative_to(folder)))
        erased = _erased_customers(cursor, new_since(since) if since else None)
    return Read(snapshot, moment, ledger, tuple(files), since is None, erased)


def kinds() -> dict[str, dict[str, str]]:
    """What the mirror keeps parts of, by their folder: the columns with their DuckDB types."""
    return {f"versions/{table}": version_columns(table) for table in TABLES} | {"ended": ENDED}


@contextmanager
def ledger_as_of_now() -> Iterator[Any]:
    """A cursor of a connection of its own, on which the ledger stands still: one snapshot for all that is asked."""
    own = django_connection.copy()
    try:
        with own.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL datestyle = 'ISO'")
            yield cursor
    finally:
        own.close()


def _snapshot(cursor: Any) -> tuple[str, datetime, str]:
    cursor.execute(
        """SELECT pg_current_snapshot()::text, statement_timestamp(),
        (SELECT system_identifier FROM pg_control_system()) || '/' || oid FROM pg_database
        WHERE datname = current_database()"""
    )
    snapshot, moment, ledger = cursor.fetchone()
    return snapshot, moment, ledger


def _goes_on(cursor: Any, before: State, ledger: str) -> bool:
    """Whether the database is the one that was read before, and was not set back since."""
    if before.ledger != ledger:
        return False
    query = "SELECT pg_snapshot_xmax(pg_current_snapshot()) >= pg_snapshot_xmax(%s::pg_snapshot)"
    cursor.execute(query, [before.snapshot])
    return bool(cursor.fetchone()[0])


def _query(table: str, columns: Mapping[str, str], since: str | None) -> str:
    """SQL of the rows that are new. Moments with a zone leave it for UTC; DuckDB would need an extension to read it."""
    zoned = ("known_from", "known_until")
    listed = ", ".join(
        f"{sql.name(column)} AT TIME ZONE 'UTC'" if column in zoned else sql.name(column)
        for column in columns
    )
    return f"SELECT {listed} FROM {table}" + (f" WHERE {new_since(since)}" if since else "")


def new_since(snapshot: str) -> str:
    """SQL that is true of the rows that a reader with that snapshot has not seen. Rows that seem to be written later
    than all transactions there are came with a dump, under another server's numbers; the first reader has seen them."""
    first = sql.text(snapshot.partition(":")[0])
    return (
        f"written_in >= {first}::xid8 AND written_in < pg_snapshot_xmax(pg_current_snapshot()) "
        f"AND NOT pg_visible_in_snapshot(written_in, {sql.text(snapshot)})"
    )


def _erased_customers(cursor: Any, new: str | None) -> tuple[str, ...]:
    """Every customer that was erased, where any was since; none else. `new`: SQL that is true of rows not seen yet;
    None: none was seen."""
    condition = f" AND {new}" if new else ""
    cursor.execute(f"SELECT 1 FROM ledger_erasure WHERE person_id IS NULL{condition} LIMIT 1")
    if cursor.fetchone() is None:
        return ()
    cursor.execute("SELECT DISTINCT customer_id FROM ledger_erasure WHERE person_id IS NULL ORDER BY 1")
    return tuple(row[0] for row in cursor.fetchall())


def _copied(
    cursor: Any, query: str, columns: Mapping[str, str], target: Path, duck: duckdb.DuckDBPyConnection
) -> bool:
    """Copies the rows of a query into a part; whether there was any."""
    target.parent.mkdir(parents=True, exist_ok=True)
    incoming = target.with_suffix(".csv")
    with incoming.open("wb") as stream, cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT csv)") as copy:
        for block in copy:
            stream.write(block)
    there = incoming.stat().st_size > 0
    if there:
        duck.execute(f"COPY ({_rows_of(incoming, columns)}) TO {sql.text(str(target))} ({PARQUET})")
    incoming.unlink()
    return there


def _rows_of(file: Path, columns: Mapping[str, str]) -> str:
    """The rows that COPY wrote: an empty cell is NULL, a quoted empty one is a text without letters."""
    types = ", ".join(f"{sql.text(name)}: {sql.text(kind)}" for name, kind in columns.items())
    return f"""SELECT * FROM read_csv({sql.text(str(file))}, auto_detect = false, header = false, delim = ',',
        quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, max_line_size = {LONGEST_ROW},
        columns = {{{types}}})"""
