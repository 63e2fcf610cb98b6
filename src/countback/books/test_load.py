"""Loading as a whole: how often the database is asked, what is told while it works, what single files give."""

from __future__ import annotations

from pathlib import Path

import duckdb

from countback.books.load import check, load


class Counting:
    """A connection that counts statements."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.asked = 0

    def execute(self, *arguments: object) -> duckdb.DuckDBPyConnection:
        self.asked += 1
        return self.connection.execute(*arguments)

    def __getattr__(self, name: str) -> object:
        return getattr(self.connection, name)


def many(folder: Path, invoices: int) -> Path:
    """Books with that many invoices, each paid."""
    folder.mkdir()
    for name, query in {
        "customers": "SELECT 'C' || i AS customer_id, 'Name ' || i AS name FROM range(100) AS t(i)",
        "invoices": f"""SELECT 'I' || i AS invoice_id, 'C' || i % 100 AS customer_id, DATE '2024-01-01' AS issued_on,
            DATE '2024-01-31' AS due_on, 1.25 AS amount FROM range({invoices}) AS t(i)""",
        "payments": f"""SELECT 'P' || i AS payment_id, 'C' || i % 100 AS customer_id, DATE '2024-02-01' AS received_on,
            1.25 AS amount FROM range({invoices}) AS t(i)""",
        "allocations": f"""SELECT 'P' || i AS payment_id, 'I' || i AS invoice_id, 1.25 AS amount
            FROM range({invoices}) AS t(i)""",
    }.items():
        duckdb.sql(f"COPY ({query}) TO '{folder}/{name}.csv'")
    return folder


def test_statements_do_not_grow_with_rows(tmp_path):  # check 51
    asked = []
    for rows in (200, 100_000):
        connection = Counting()
        books = load(many(tmp_path / str(rows), rows), connection=connection)
        assert books.rows["invoices"] == rows
        left = "SELECT sum(i.amount - a.amount) FROM books.invoices i JOIN books.allocations a USING (invoice_id)"
        assert connection.execute(left).fetchall() == [(0,)]  # check 8: paid in full is closed, to the cent
        asked.append(connection.asked)
    assert asked[0] == asked[1] < 250


def test_the_same_source_twice_gives_the_same_rows(folder):  # check 49: trying again changes nothing
    def rows() -> list[tuple]:
        books = load(folder())
        return books.connection.execute("SELECT * FROM books.allocations ORDER BY allocation_id").fetchall()

    assert rows() == rows()


def test_progress_is_told_and_ends(folder):
    told: list[tuple[str, float]] = []
    load(folder(), progress=lambda words, part: told.append((words, part)))
    parts = [part for _, part in told]
    assert parts == sorted(parts)
    assert (parts[0], parts[-1]) == (0, 1)
    assert "invoices.csv" in {words for words, _ in told}


def test_a_single_file_needs_a_profile(tmp_path):
    (tmp_path / "invoices.csv").write_text(
        "invoice_id,customer_id,issued_on,due_on,amount\nI1,C1,2024-01-01,2024-01-31,5\n", encoding="utf-8"
    )
    assert {one.code for one in check(tmp_path / "invoices.csv")} >= {"missing_table"}


def test_far_columns_and_long_values_are_kept(folder):
    wide = ",".join(f"extra {n}" for n in range(300))
    text = f"customer_id,name,currency,terms,{wide}\n" + "".join(
        f"{key},{'n' * 5000},EUR,net 30," + ",".join(str(n) for n in range(300)) + "\n"
        for key in ("007", "C2", "C3")
    )
    books = load(folder({"customers": text}))
    found = books.connection.execute('SELECT "extra 299", length(name) FROM books.customers').fetchall()
    assert found == [("299", 5000)] * 3


def test_names_that_are_no_identifiers_elsewhere(folder):
    text = 'customer_id,name,currency,terms,"a ""b""; DROP TABLE x",order,_row,t1\n' + "".join(
        f"{key},N,EUR,net 30,v,w,x,y\n" for key in ("007", "C2", "C3")
    )
    books = load(folder({"customers": text}))
    assert books.extra["customers"] == ('a "b"; DROP TABLE x', "order", "t1")
    assert [warning.column for warning in books.warnings] == ["_row"]
    found = books.connection.execute(
        'SELECT "a ""b""; DROP TABLE x", "order", t1 FROM books.customers'
    ).fetchall()
    assert found == [("v", "w", "y")] * 3


def test_books_without_payments_name_each_currency_once_and_have_no_row_of_the_rest(folder):
    books = load(folder(only=("customers", "invoices", "instalments")))
    assert books.currencies == ("EUR", "USD")
    assert {table: count for table, count in books.rows.items() if count} == {
        "customers": 3, "invoices": 4, "instalments": 2,
    }  # fmt: skip
    assert not books.has_recorded_at
