"""Large books for benchmarks: written by DuckDB in seconds, straight as Parquet in the native shape.

Ten million invoices of 200,000 customers over 36 months have some 16 million allocations: 26 million
entries. Due dates,
habits and part payments are spread by hash, so that the same size gives the same books on every machine.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

from countback.books.convert import Derive, write_converted
from countback.books.loaded import SCHEMA, LoadedBooks, loaded_columns
from countback.books.tables import TABLES as ALL_TABLES

DAYS = 1096
FIRST = "DATE '2023-01-01'"

INVOICES = f"""
SELECT 'INV' || lpad(i::VARCHAR, 9, '0') AS invoice_id,
       'C' || lpad((hash(i, 1) % $customers)::VARCHAR, 6, '0') AS customer_id,
       ({FIRST} + (hash(i, 2) % {DAYS})::INTEGER)::DATE AS issued_on,
       ({FIRST} + (hash(i, 2) % {DAYS})::INTEGER + [14, 30, 30, 45, 60][(1 + hash(i, 3) % 5)::BIGINT])::DATE AS due_on,
       ((100 + hash(i, 4) % 500000) / 100)::DECIMAL(18,2) AS amount,
       'EUR' AS currency
FROM range($invoices) AS numbers(i)
"""

PARTS = """
SELECT invoice_id, customer_id, due_on, issued_on, amount, part,
       CASE WHEN hash(invoice_id, 5) % 10 < 4 THEN 1 ELSE 2 END AS parts,
       greatest(issued_on, due_on - 10 + (hash(invoice_id, 6, part) % 60)::INTEGER
         + CASE WHEN hash(invoice_id, 7) % 20 = 0 THEN 120 ELSE 0 END) AS paid_on
FROM invoices, range(1, 3) AS numbers(part)
WHERE part <= CASE WHEN hash(invoice_id, 5) % 10 < 4 THEN 1 ELSE 2 END AND hash(invoice_id, 8) % 50 > 0
"""

PAYMENTS = """
SELECT 'P' || part || invoice_id AS payment_id, customer_id, paid_on AS received_on, 'EUR' AS currency, invoice_id,
       CASE WHEN parts = 1 THEN amount
            WHEN part = 1 THEN floor(amount * 60) / 100 ELSE amount - floor(amount * 60) / 100
       END::DECIMAL(18,2) AS amount
FROM parts WHERE paid_on < DATE '2026-01-01'
"""

CUSTOMERS = """
SELECT 'C' || lpad(i::VARCHAR, 6, '0') AS customer_id, 'Customer ' || i AS name,
       ['large', 'middle', 'small', 'public'][(1 + hash(i, 9) % 4)::BIGINT] AS segment,
       ['North', 'South', 'East', 'West', 'Abroad'][(1 + hash(i, 10) % 5)::BIGINT] AS region,
       'collector ' || (hash(i, 11) % 12)::VARCHAR AS collector
FROM range($customers) AS numbers(i)
"""


def made(folder: Path, invoices: int, customers: int) -> duckdb.DuckDBPyConnection:
    """A connection with the tables, spilling beside `folder` beyond four gigabytes."""
    folder.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect()
    con.execute("SET memory_limit = '4GB'")
    con.execute("SET preserve_insertion_order = false")
    con.execute(f"SET temp_directory = '{folder.parent}/.spill'")
    size = {"invoices": invoices, "customers": customers}
    con.execute(f"CREATE TABLE invoices AS {INVOICES} ORDER BY customer_id, invoice_id", size)
    con.execute(f"CREATE VIEW parts AS {PARTS}")
    con.execute(f"CREATE TABLE paid AS {PAYMENTS} ORDER BY customer_id, invoice_id")
    con.execute(f"CREATE TABLE customers AS {CUSTOMERS}", {"customers": customers})
    con.execute(
        "CREATE VIEW payments AS SELECT payment_id, customer_id, received_on, amount, currency FROM paid"
    )
    con.execute(
        "CREATE VIEW allocations AS SELECT payment_id, invoice_id, amount, received_on AS applied_on FROM paid"
    )
    return con


TABLES = ("customers", "invoices", "payments", "allocations")


def write(folder: Path, invoices: int, customers: int, kind: str = "parquet") -> None:
    """Write books of that many invoices as native files (`parquet` or `csv`) into `folder`."""
    con = made(folder, invoices, customers)
    form = "FORMAT parquet, COMPRESSION zstd" if kind == "parquet" else "FORMAT csv, HEADER"
    for name in TABLES:
        con.execute(f"COPY (FROM {name}) TO '{folder / name}.{kind}' ({form})")


FILLED = {
    "customers": {"root_id": "customer_id"},
    "invoices": {"kind": "'invoice'"},
    "allocations": {
        "allocation_id": "payment_id || '>' || invoice_id",
        "customer_id": "customer_id",
        "currency": "'EUR'",
        "applied_on": "received_on",
        "source_amount": "amount",
    },
}
"""What loading would fill in: these books are sound by construction, and are not checked again."""


def change(source: Path, to: Path, rows: int, *, alone: bool = False) -> None:
    """The same books, in which so many invoices, of customers all over the books, are due a week later; `alone`: of
    the invoices only these, and no payments."""
    to.mkdir()
    theirs = "rowid % (SELECT greatest(count(*) // $rows, 1) FROM told) = 0"
    later = f"* REPLACE (due_on + CAST({theirs} AS INTEGER) * 7 AS due_on)"
    for name in ("customers", "invoices") if alone else TABLES:
        asked = f"{later} FROM told WHERE NOT $alone OR {theirs}" if name == "invoices" else "* FROM told"
        with duckdb.connect() as db:
            db.execute(f"CREATE TABLE told AS FROM '{source / name}.parquet'")
            given = {"rows": rows, "alone": alone} if name == "invoices" else {}
            db.execute(f"COPY (SELECT {asked}) TO '{to / name}.parquet'", given)


def write_sound(folder: Path, invoices: int, customers: int, derive: Derive | None) -> None:
    """Write the same books as `countback convert` would, in minutes where there are millions."""
    con = made(folder, invoices, customers)
    con.execute(f"CREATE SCHEMA {SCHEMA}")
    rows = dict.fromkeys(ALL_TABLES, 0)
    for name in ALL_TABLES:
        con.execute(f"CREATE VIEW {SCHEMA}.{name} AS {_loaded(con, name)}")
        rows[name] = con.execute(f"SELECT count(*) FROM {SCHEMA}.{name}").fetchall()[0][0]
    write_converted(LoadedBooks(con, folder.name, {}, ("EUR",), rows=rows), folder, derive)


def _loaded(con: duckdb.DuckDBPyConnection, name: str) -> str:
    columns = loaded_columns(name, {})
    held = [] if name not in TABLES else [row[0] for row in con.execute(f"DESCRIBE {name}").fetchall()]
    filled = FILLED.get(name, {})
    source = "paid" if name == "allocations" else name
    values = {column: filled.get(column, f'"{column}"' if column in held else "NULL") for column in columns}
    listed = ", ".join(f'({value})::{columns[column]} AS "{column}"' for column, value in values.items())
    return f"SELECT {listed} FROM main.{source}" if held else f"SELECT {listed} WHERE false"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--invoices", type=int, default=1_000_000)
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--kind", choices=("parquet", "csv"), default="parquet")
    asked = parser.parse_args()
    write(asked.folder, asked.invoices, asked.customers, asked.kind)
