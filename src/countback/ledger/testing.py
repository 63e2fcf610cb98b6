"""For tests: an empty ledger between tests with transactions of their own, and books to import."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management.commands import flush
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations

from countback.books import sql
from countback.books.tables import TABLES
from countback.ledger.actions import import_books
from countback.ledger.models import Import
from countback.ledger.schema import table_of
from tests.generated_books import Tables, write

OF_DJANGO = {"django_content_type", "auth_permission"}
"""What Django keeps about models: the same after a test as before it."""

LITTLE = 1 << 20
"""Bytes of a table of which rows are deleted sooner than the table is truncated."""


@pytest.fixture(scope="session", autouse=True)
def ledger_is_emptied(append_only_tables_are_emptied: None) -> Iterator[None]:
    """Django empties the tables that it knows; those of the ledger it does not. Truncating gives each table and index a
    file anew; most tests fill few tables with few rows, and these are deleted, once nobody else writes there."""
    del append_only_tables_are_emptied
    truncating = DatabaseOperations.sql_flush
    own = [*map(table_of, TABLES), "ledger_ended", "ledger_entry", "ledger_unchecked"]

    def emptying(self: DatabaseOperations, style: Any, tables: list[str], **named: Any) -> list[str]:
        known = [table for table in tables if table not in OF_DJANGO]
        held = dict(
            asked(
                "SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND relname = ANY(%s)",
                [*known, *own],
            )
        )
        if named.get("reset_sequences") or max(held.values()) > LITTLE:
            return [*truncating(self, style, known, **named), f"TRUNCATE {', '.join(own)}"]
        some = [sql.name(table) for table, size in sorted(held.items()) if size]
        if not some:
            return []
        alone = [
            "SET LOCAL session_replication_role = replica",
            f"LOCK TABLE {', '.join(some)} IN ACCESS EXCLUSIVE MODE",
        ]
        return [*alone, *(f"DELETE FROM {table}" for table in some)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", emptying)
        patch.setattr(
            flush, "emit_post_migrate_signal", lambda *_: None
        )  # it would write what was not deleted
        yield


FIRST = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""When the tests begin to import; each next import is a day later."""

INVOICE = {
    "invoice_id": "I1", "customer_id": "C1", "issued_on": "2025-03-03", "due_on": "2025-04-02", "amount": "100.00",
    "currency": "EUR",
}  # fmt: skip

BOOKS: Tables = {
    "customers": [
        {"customer_id": "C1", "name": "Alder", "email": "a@alder.example", "segment": "big", "note": "calls Fridays"},
        {"customer_id": "C2", "name": "Birch", "email": "", "segment": "small", "note": ""},
    ],
    "invoices": [INVOICE, INVOICE | {"invoice_id": "I2", "customer_id": "C2", "amount": "250.00"}],
    "payments": [
        {"payment_id": "P1", "customer_id": "C1", "received_on": "2025-04-10", "amount": "60.00", "currency": "EUR"},
    ],
    "allocations": [{"payment_id": "P1", "invoice_id": "I1", "amount": "60.00"}],
}  # fmt: skip
"""Small sound books: one invoice part paid, one open."""


def changed(tables: Tables, table: str, row: int, **values: str) -> Tables:
    """The books with other values in a row."""
    rows = list(tables[table])
    rows[row] = rows[row] | values
    return tables | {table: rows}


def with_rows(tables: Tables, table: str, *rows: dict[str, str]) -> Tables:
    """The books with further rows."""
    return tables | {table: [*tables.get(table, []), *rows]}


@dataclass
class Importing:
    """Imports books given as tables, each a day after the one before."""

    folder: Path
    count: int = 0

    def at(self) -> datetime:
        """The next moment."""
        self.count += 1
        return FIRST + timedelta(self.count - 1)

    def write(self, tables: Tables) -> Path:
        """The tables as a folder of files."""
        folder = self.folder / f"books-{len(list(self.folder.iterdir()))}"
        return write(tables, folder)

    def __call__(self, tables: Tables, *, ends_vanished: bool = False, **named: Any) -> Import:
        source = self.write(tables)
        given = {"name": source.name, "profile": None, "by": None, "at": self.at()} | named
        return import_books(source, ends_vanished=ends_vanished, **given)


@pytest.fixture
def importing(tmp_path: Path) -> Importing:
    """To import small books."""
    return Importing(tmp_path)


_made: dict[str, tuple[dict[str, bytes], bytes]] = {}
"""Name of what was made once -> the rows of each table, and the files, as an archive."""


def once(name: str, folder: Path, make: Callable[[], None]) -> None:
    """What `make` brings into an empty ledger and into files under the folder: made when first asked for in a process,
    and put back row by row and byte by byte from then on, as it was."""
    holding = [table for table in _tables() if asked(f"SELECT 1 FROM {table} LIMIT 1")]
    if holding:
        raise AssertionError(f"{name} would be made beside what is in {', '.join(holding)}")
    if name in _made:
        _put_back(*_made[name], folder)
        return
    make()
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        archive.add(folder, ".")
    with connection.cursor() as cursor:
        rows = {table: _copied(cursor, table) for table in _tables()}
    _made[name] = {table: held for table, held in rows.items() if held}, packed.getvalue()


def _tables() -> list[str]:
    """Tables of the ledger and of the audit."""
    found = asked(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname ~ '^(ledger|audit)_' ORDER BY relname"
    )
    return [table for (table,) in found]


def _copied(cursor: Any, table: str) -> bytes:
    with cursor.copy(f"COPY {table} TO STDOUT") as rows:
        return b"".join(rows)


def _put_back(rows: dict[str, bytes], packed: bytes, folder: Path) -> None:
    """As a restored dump: the rows keep the transactions that wrote them, which checks hold only new rows to."""
    checks = asked(
        """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE conname LIKE %s AND conrelid::regclass::text = ANY(%s)""",
        "%written_by_whom",
        list(rows),
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table, check, _ in checks:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {check}")
        for table, held in rows.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(held)
        for table, check, definition in checks:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {check} {definition}")
        cursor.execute("SET LOCAL session_replication_role = origin")
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extraction_filter = getattr(tarfile, "tar_filter", None)  # Python 3.11.2 knows none
        archive.extractall(folder)


def asked(query: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def journal(day: str) -> dict[str, Decimal]:
    """What is open of each item, or unapplied, as of a day, as the journal has it."""
    return dict(
        asked(
            """SELECT item_kind || ' ' || item_id, sum(amount) FROM ledger_entry
            WHERE kind <> 'recovery' AND effective_on <= %s GROUP BY 1 HAVING sum(amount) <> 0""",
            day,
        )
    )
