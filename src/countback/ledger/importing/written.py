"""Writing to the ledger: what DuckDB gives goes through a pipe into COPY."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

from countback.books import sql
from countback.books.tables import TABLES
from countback.ledger import schema
from countback.ledger.importing.working import Working, listed
from countback.ledger.schema import columns_of, table_of

PIECE = 1 << 20
"""Bytes that are in Python at a time."""

ANALYZED_FROM = 20_000
"""Rows from which on the database is told at once what a table holds now."""

SORTING = "128MB"
"""Memory of PostgreSQL for building an index."""


def copy_in(
    working: Working,
    table: str,
    columns: Sequence[str],
    query: str,
    *,
    state: str = "memory",
    quoted: bool = False,
) -> int:
    """Adds the rows of a query of DuckDB to a table of PostgreSQL, while it still runs; how many they were. `state`:
    the database in which the query runs. `quoted`: every value in quotes, which a single column needs: a line of two
    certain characters would end the rows."""
    quotes = ", FORCE_QUOTE *" if quoted else ""
    names = ", ".join(map(sql.name, columns))
    start, end = os.pipe()
    target = f"TO '/dev/fd/{end}' (FORMAT csv, HEADER false, NULLSTR '', USE_TMP_FILE false{quotes})"
    with ThreadPoolExecutor(1) as beside:
        giving = beside.submit(_give, working, f"COPY ({query}) {target}", state, end)
        # Whatever fails here, the pipe is closed first, so that the other side ends, too.
        with (
            os.fdopen(start, "rb") as rows,
            working.cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT csv)") as out,
        ):
            while piece := rows.read(PIECE):
                out.write(piece)
            return giving.result()


def _give(working: Working, statement: str, state: str, end: int) -> int:
    """Runs a statement that writes into a pipe, and closes it."""
    try:
        with working.db.cursor() as db:
            db.execute(f"USE {state}")
            return sql.number(db, statement)
    finally:
        os.close(end)


def write_ends(working: Working, import_id: int, at: datetime) -> None:
    """Ends versions."""
    columns = ["table_name", "version", "known_until", "import_id"]
    rest = f"{_moment(at)}, {import_id}"
    copy_in(working, "ledger_ended", columns, f"SELECT table_name, version, {rest} FROM ends")


def write_versions(working: Working, import_id: int, at: datetime) -> None:
    """Adds new versions, those of one customer beside each other."""
    for place, (name, rows) in enumerate(working.numbers("brings").items()):
        working.say(f"writing {name.replace('_', ' ')}", 0.5 + 0.25 * place / len(TABLES))
        if not rows:
            continue
        columns = [*columns_of(name), "row_key", "known_from", "import_id"]
        order = " ORDER BY customer_id" if "customer_id" in columns else ""
        query = f"SELECT {listed(name)}, row_key, {known_from(working, at)}, {import_id} FROM brings.{name}{order}"
        copy_in(working, table_of(name), columns, query)


@contextmanager
def indexed_afterwards(working: Working) -> Iterator[None]:
    """Into an empty ledger rows come without indexes, which are built over all of them at once: four times as fast.
    Nobody reads those tables meanwhile; nothing is in them."""
    if working.fresh:
        for index in schema.indexes():
            working.cursor.execute(f"DROP INDEX {index}")
    yield
    if working.fresh:
        working.cursor.execute(f"SET LOCAL maintenance_work_mem = '{SORTING}'")
        for statement in schema.indexes().values():
            working.cursor.execute(statement)


def analyze(working: Working) -> None:
    """Tells the database what its tables hold now, where that is much more than before: its plans hang on it."""
    for name, rows in working.numbers("brings").items():
        if working.fresh or rows >= ANALYZED_FROM:
            working.cursor.execute(f"ANALYZE {table_of(name)}")


def known_from(working: Working, at: datetime) -> str:
    """From when on a row is known: from the import on; into an empty ledger, since the books themselves knew it."""
    if not working.fresh:
        return _moment(at)
    latest = f"TIMESTAMP {_moment(at, zone='')}"
    return (
        f"CASE WHEN recorded_at IS NOT NULL THEN CAST(least(recorded_at, {latest}) AS VARCHAR) || '+00' END"
    )


def _moment(at: datetime, zone: str = "+00") -> str:
    text = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return sql.text(text + zone)
