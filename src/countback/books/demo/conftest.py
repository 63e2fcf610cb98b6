"""Demo books of 200 customers, written once for all tests here and read with types by DuckDB, without our loader."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from countback.books.demo import write_demo_books
from countback.books.tables import SQL_TYPES, TABLES

if TYPE_CHECKING:
    from pathlib import Path

EXTRA = {"customers": {"industry": "VARCHAR"}, "invoices": {"product_line": "VARCHAR"}}


def connected(folder: Path) -> duckdb.DuckDBPyConnection:
    """The CSV books of a folder in DuckDB; every value must parse as the type that the format gives it.

    Beside the tables: `rates` (to EUR by day, EUR included) and `moves`, every signed reduction of an invoice.
    """
    connection = duckdb.connect()
    for name, table in TABLES.items():
        types = {column.name: SQL_TYPES[column.kind] for column in table.columns} | EXTRA.get(name, {})
        columns = ", ".join(f"'{column}': '{kind}'" for column, kind in types.items())
        path = folder / f"{name}.csv"
        connection.execute(
            f"CREATE TABLE {name} AS "
            f"FROM read_csv('{path}', header = true, columns = {{{columns}}}, auto_detect = false)"
        )
    for path in sorted((folder / "truth").glob("*.csv")):
        connection.execute(f"CREATE TABLE truth_{path.stem} AS FROM read_csv('{path}', all_varchar = true)")
    connection.execute(_RATES)
    connection.execute(_MOVES)
    return connection


_RATES = """CREATE TABLE rates AS SELECT "on" AS day, currency, rate FROM fx_rates
UNION ALL SELECT DISTINCT "on", 'EUR', 1 FROM fx_rates"""

_MOVES = """CREATE TABLE moves AS
SELECT a.invoice_id, a.instalment, a.applied_on AS day, a.amount,
  CASE WHEN EXISTS (FROM write_offs w WHERE w.invoice_id = a.invoice_id AND w.written_off_on <= a.applied_on)
  THEN 'recovery' ELSE 'cash' END AS kind
FROM allocations a WHERE a.payment_id IS NOT NULL
UNION ALL
SELECT a.invoice_id, a.instalment, p.reversed_on, -a.amount, 'cash' FROM allocations a
JOIN payments p USING (payment_id) WHERE p.reversed_on IS NOT NULL
UNION ALL
SELECT invoice_id, instalment, applied_on, amount, 'credit' FROM allocations WHERE credit_note_id IS NOT NULL
UNION ALL
SELECT invoice_id, NULL, issued_on, amount, 'credit' FROM credit_notes WHERE invoice_id IS NOT NULL
UNION ALL
SELECT invoice_id, NULL, written_off_on, amount, 'write_off' FROM write_offs"""


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo books as the command makes them by default."""
    folder = tmp_path_factory.mktemp("demo") / "books"
    write_demo_books(folder)
    return folder


@pytest.fixture(scope="session")
def demo(demo_folder: Path) -> duckdb.DuckDBPyConnection:
    """The same, in DuckDB."""
    return connected(demo_folder)
