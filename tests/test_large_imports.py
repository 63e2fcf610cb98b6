"""Importing much: no statement more for more rows, in bounded memory; and blanks take nothing away."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from countback.books.load import load
from countback.books.reading import Field, Reading

LOADING = """
import sys
from pathlib import Path
from countback.books.load import load
books = load(sys.argv[1])
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(books.rows["invoices"], books.rows["allocations"], int(status["VmHWM"].split()[0]) // 1024)
"""
"""The peak is read from /proc: what `resource` tells of a new process begins with the peak of the one that made it."""

MEGABYTES = 400


def write_books(folder: Path, invoices: int) -> Path:
    """Sound books: every invoice paid by a payment of its own."""
    folder.mkdir()
    con = duckdb.connect()
    queries = {
        "customers": "SELECT 'C' || i AS customer_id, 'Customer ' || i AS name, 'EUR' AS currency FROM range(100) t(i)",
        "invoices": f"""SELECT 'I' || i AS invoice_id, 'C' || i % 100 AS customer_id, DATE '2024-01-01' AS issued_on,
            DATE '2024-01-31' AS due_on, '10.50' AS amount FROM range({invoices}) t(i)""",
        "payments": f"""SELECT 'P' || i AS payment_id, 'C' || i % 100 AS customer_id, DATE '2024-02-01' AS received_on,
            '10.50' AS amount FROM range({invoices}) t(i)""",
        "allocations": f"""SELECT 'P' || i AS payment_id, 'I' || i AS invoice_id, '10.50' AS amount
            FROM range({invoices}) t(i)""",
    }
    for name, query in queries.items():
        con.execute(f"COPY ({query}) TO '{folder / name}.csv'")
    return folder


class Counting:
    """A connection that counts what it is asked to run."""

    def __init__(self) -> None:
        self.asked = 0
        self._real = duckdb.connect()

    def execute(self, *given: object) -> object:
        self.asked += 1
        return self._real.execute(*given)

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


def test_no_row_is_asked_for_by_itself(tmp_path: Path) -> None:
    """# check 51: no per-row select; the number of statements does not grow with the rows."""
    asked = []
    for invoices in (100, 3_000):
        connection = Counting()
        load(write_books(tmp_path / str(invoices), invoices), connection=connection)  # type: ignore[arg-type]
        asked.append(connection.asked)
    assert asked[0] == asked[1]
    assert 0 < asked[0] < 1_000


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from Linux")
def test_a_hundred_thousand_rows_in_bounded_memory(tmp_path: Path) -> None:
    """# check 51: 300,000 rows of three tables are read and checked, in a process whose memory is measured."""
    folder = write_books(tmp_path / "books", 100_000)
    done = subprocess.run(
        [sys.executable, "-c", LOADING, folder], capture_output=True, text=True, check=True, timeout=300
    )
    invoices, allocations, megabytes = map(int, done.stdout.split())
    assert (invoices, allocations) == (100_000, 100_000)
    assert megabytes < MEGABYTES


@pytest.mark.parametrize("order", [("1", "2"), ("2", "1")])
def test_a_blank_cell_takes_nothing_away(tmp_path: Path, order: tuple[str, str]) -> None:
    """# check 50: of rows that make one customer, a blank cell never overwrites what another row has filled."""
    rows = {
        "1": "I1,C1,Acme,South,2024-01-01,2024-01-31,10.00",
        "2": "I2,C1,Acme,,2024-01-02,2024-02-01,20.00",
    }
    lines = ["number,customer,name,region,issued,due,amount", *(rows[number] for number in order)]
    (tmp_path / "list.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    customer = {"customer_id": Field("customer"), "name": Field("name"), "region": Field("region")}
    invoice = {
        "invoice_id": Field("number"), "customer_id": Field("customer"), "issued_on": Field("issued"),
        "due_on": Field("due"), "amount": Field("amount"),
    }  # fmt: skip
    readings = [
        Reading("list.csv", "customers", customer, one_per_key=True),
        Reading("list.csv", "invoices", invoice),
    ]
    books = load(tmp_path, readings=readings)
    assert books.connection.execute("SELECT customer_id, region FROM books.customers").fetchall() == [
        ("C1", "South")
    ]
