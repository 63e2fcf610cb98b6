"""For tests: an empty ledger between tests with transactions of their own, and books to import."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations

from countback.books.tables import TABLES
from countback.ledger.actions import import_books
from countback.ledger.models import Import
from countback.ledger.schema import table_of
from tests.generated_books import Tables, write


@pytest.fixture(scope="session", autouse=True)
def ledger_is_emptied(append_only_tables_are_emptied: None) -> Iterator[None]:
    """Django empties the tables that it knows; those of the ledger it does not."""
    del append_only_tables_are_emptied
    original = DatabaseOperations.sql_flush
    kept = ", ".join([*map(table_of, TABLES), "ledger_ended", "ledger_entry", "ledger_unchecked"])

    def emptying(self: DatabaseOperations, *given: Any, **named: Any) -> list[str]:
        statements = original(self, *given, **named)
        return [*statements, f"TRUNCATE {kept}"] if statements else []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", emptying)
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
