"""Checking and loading books from CSV against the database's bare reading of the same files.

    python bench/load_csv.py [INVOICES]

Medians of seven, turn about in one process, on the same files: `create table as select * from read_csv(file)` for each
file, and `load()`, which also checks every value, reference and sum, and fills in what the format leaves open.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from countback.books.load import load, own_connection

_PAIRS = 7
_FILES = {
    "customers": """SELECT 'C' || lpad(i::VARCHAR, 7, '0') AS customer_id, 'Customer ' || i AS name,
        ['North', 'South', 'East', 'West'][1 + i % 4] AS region, 'EUR' AS currency, 'net 30' AS terms
        FROM range({customers}) AS t(i)""",
    "invoices": """SELECT 'INV' || lpad(i::VARCHAR, 8, '0') AS invoice_id,
        'C' || lpad((hash(i) % {customers})::VARCHAR, 7, '0') AS customer_id,
        DATE '2022-01-01' + (i * 1095 // {invoices})::INTEGER AS issued_on,
        DATE '2022-01-31' + (i * 1095 // {invoices})::INTEGER AS due_on,
        (100 + (hash(i * 7) % 1000000) / 100)::DECIMAL(18, 2) AS amount, 'EUR' AS currency, 'P' || i % 1000 AS po_number
        FROM range({invoices}) AS t(i)""",
    "payments": """SELECT 'PAY' || lpad(i::VARCHAR, 8, '0') AS payment_id, customer_id,
        issued_on + (10 + hash(i) % 60)::INTEGER AS received_on,
        (amount::DECIMAL(18, 2) * (CASE WHEN i < {invoices} THEN 0.6 ELSE 0.3 END))::DECIMAL(18, 2) AS amount,
        'EUR' AS currency, 'transfer' AS method, 'ref ' || i AS reference
        FROM read_csv('{folder}/invoices.csv') JOIN range({invoices} * 6 // 5) AS t(i)
        ON invoice_id = 'INV' || lpad((i % {invoices})::VARCHAR, 8, '0') ORDER BY payment_id""",
    "allocations": """SELECT payment_id, NULL AS credit_note_id,
        'INV' || lpad((substr(payment_id, 4)::BIGINT % {invoices})::VARCHAR, 8, '0') AS invoice_id,
        CASE WHEN hash(payment_id) % 4 > 0 THEN paid WHEN half = 1 THEN (paid * 0.5)::DECIMAL(18, 2)
             ELSE paid - (paid * 0.5)::DECIMAL(18, 2) END AS amount, received_on AS applied_on
        FROM (SELECT *, amount::DECIMAL(18, 2) AS paid FROM read_csv('{folder}/payments.csv')), range(2) AS t(half)
        WHERE half = 0 OR hash(payment_id) % 4 = 0 ORDER BY payment_id""",
}


def write_books(folder: Path, invoices: int) -> None:
    """Sound books with that many invoices, a fiftieth as many customers, and what was paid on them."""
    connection = duckdb.connect()
    for name, query in _FILES.items():
        filled = query.format(invoices=invoices, customers=max(invoices // 50, 1), folder=folder)
        connection.execute(f"COPY ({filled}) TO '{folder}/{name}.csv'")
    connection.close()


def bare(folder: Path) -> None:
    """What the database needs at least to read the files."""
    connection = own_connection()
    for path in sorted(folder.glob("*.csv")):
        connection.execute(f"CREATE TABLE {path.stem} AS SELECT * FROM read_csv('{path}')")
    connection.close()


def checked(folder: Path) -> None:
    """Loading with every check."""
    load(folder).connection.close()


def seconds(work: Callable[[Path], None], folder: Path) -> float:
    """How long it takes once."""
    start = time.perf_counter()
    work(folder)
    return time.perf_counter() - start


def main() -> None:
    invoices = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_books(folder, invoices)
        times = [(seconds(bare, folder), seconds(checked, folder)) for _ in range(_PAIRS)]
    read, load_time = (statistics.median(column) for column in zip(*times, strict=True))
    print(
        f"{invoices:,} invoices: read_csv {read:.2f} s, check and load {load_time:.2f} s, ratio {load_time / read:.2f}"
    )


if __name__ == "__main__":
    main()
