"""Workbooks: typed cells, sheets as tables, and what a workbook can hide."""

from __future__ import annotations

import datetime as dt
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from countback.books.load import check, load
from countback.books.reading import Field, Layout, Reading
from countback.books.tables import TABLES

CUSTOMERS = [["customer_id", "name"], ["007", "Abel"], [8, "Berta"]]
INVOICES = [
    ["invoice_id", "customer_id", "issued_on", "due_on", "amount", "note"],
    ["I1", "007", dt.date(2024, 1, 31), dt.datetime(2024, 3, 1), 0.1 + 0.2, "x"],
    [None] * 6,
    [4711, 8, "2024-01-31", "2024-03-01", "1234.50", 12.0],
]


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def rows(source: Path) -> list[tuple]:
    books = load(source)
    query = "SELECT invoice_id, customer_id, issued_on, due_on, amount, note FROM books.invoices ORDER BY 1"
    return books.connection.execute(query).fetchall()


EXPECTED = [
    ("4711", "8", dt.date(2024, 1, 31), dt.date(2024, 3, 1), Decimal("1234.5"), "12"),
    ("I1", "007", dt.date(2024, 1, 31), dt.date(2024, 3, 1), Decimal("0.3"), "x"),
]


def test_typed_cells_and_sheets(tmp_path):
    (tmp_path / "one").mkdir()
    workbook(tmp_path / "one" / "my books.xlsx", Customers=CUSTOMERS, invoices=INVOICES)
    assert rows(tmp_path / "one") == EXPECTED
    (tmp_path / "two").mkdir()
    workbook(tmp_path / "two" / "customers.xlsx", Sheet=CUSTOMERS)
    workbook(tmp_path / "two" / "invoices.xlsx", Sheet=INVOICES)
    assert rows(tmp_path / "two") == EXPECTED


def test_problems_name_the_row_of_the_sheet(tmp_path):
    invoices = [*INVOICES, ["I2", "7", dt.date(2024, 1, 31), dt.date(2024, 1, 30), -5, None]]
    workbook(tmp_path / "books.xlsx", customers=CUSTOMERS, invoices=invoices)
    told = {(one.file, one.code, one.line, one.column) for one in check(tmp_path)}
    assert told == {
        ("books.xlsx, sheet invoices", "unknown_customer", 5, "customer_id"),
        ("books.xlsx, sheet invoices", "negative_amount", 5, "amount"),
        ("books.xlsx, sheet invoices", "due_before_issue", 5, "due_on"),
    }


def test_typed_cells_do_not_depend_on_the_notation_of_texts(tmp_path):
    sheet = [["nr", "day", "amount"], ["a", dt.date(2024, 1, 31), 1.5], ["b", "31.01.2024", "1.500,50"]]
    source = workbook(tmp_path / "flat.xlsx", Any=sheet)
    layout = Layout(date_format="%d.%m.%Y", decimal=",", thousands=".")
    fields = {"invoice_id": Field("nr"), "customer_id": Field("nr"), "issued_on": Field("day"), "due_on": Field("day"),
              "amount": Field("amount")}  # fmt: skip
    readings = [
        Reading("flat.xlsx", "customers", {"customer_id": Field("nr"), "name": Field("nr")}, layout),
        Reading("flat.xlsx", "invoices", fields, layout),
    ]
    books = load(source, readings=readings)
    found = books.connection.execute(
        "SELECT issued_on, amount FROM books.invoices ORDER BY invoice_id"
    ).fetchall()
    assert found == [(dt.date(2024, 1, 31), Decimal("1.5")), (dt.date(2024, 1, 31), Decimal("1500.5"))]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("=1/0", "formula_without_value"),
        ("#N/A", "cell_error"),
        (dt.time(10, 0), "bad_amount"),
        (True, "bad_amount"),
        (1e20, "amount_too_large"),
        (1e-7, "too_many_decimals"),
        ("12,50", "bad_amount"),
        (float(2**60), "amount_too_large"),
    ],
)
def test_cells_that_are_no_amount(tmp_path, cell, code):
    invoices = [INVOICES[0], ["I1", "007", dt.date(2024, 1, 31), dt.date(2024, 3, 1), cell, None]]
    workbook(tmp_path / "books.xlsx", customers=CUSTOMERS[:2], invoices=invoices)
    assert {one.code for one in check(tmp_path) if one.severity == "refused"} == {code}


def test_unknown_sheets_and_stray_cells_are_told(tmp_path):
    invoices = [*INVOICES[:2], ["I2", "007", "2024-01-31", "2024-03-01", 5, None, "stray"]]
    workbook(tmp_path / "books.xlsx", customers=CUSTOMERS, invoices=invoices, paiments=[["payment_id"]])
    told = {(one.code, one.line) for one in check(tmp_path) if one.severity == "refused"}
    assert told == {("unknown_table", None), ("ragged_row", 3)}


def test_broken_workbooks(tmp_path):
    source = workbook(tmp_path / "invoices.xlsx", Sheet=INVOICES)
    (tmp_path / "customers.csv").write_text("customer_id,name\n007,Abel\n8,Berta\n", encoding="utf-8")
    raw = source.read_bytes()
    old_form = b"\xd0\xcf\x11\xe0" + b"\0" * 600
    for broken in (raw[: len(raw) // 2], b"PK nothing", old_form, b"<html><table></table></html>"):
        source.write_bytes(broken)
        assert {one.code for one in check(tmp_path)} == {"broken_xlsx"}
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (32 << 20))
    bomb.rename(source)
    assert {one.code for one in check(tmp_path)} == {"zip_bomb"}


def test_empty_sheets(tmp_path):
    workbook(tmp_path / "books.xlsx", customers=CUSTOMERS, invoices=[])
    assert {one.code for one in check(tmp_path)} == {"empty_file"}
    workbook(tmp_path / "books.xlsx", customers=CUSTOMERS, invoices=INVOICES[:1])
    assert {one.code for one in check(tmp_path) if one.severity == "refused"} == {"no_rows"}  # check 48


def test_every_table_fits_one_workbook(tmp_path):
    sheets = {name: [list(table.names)] for name, table in TABLES.items()}
    workbook(tmp_path / "books.xlsx", **(sheets | {"customers": CUSTOMERS, "invoices": INVOICES}))
    assert load(tmp_path).rows["invoices"] == 2
