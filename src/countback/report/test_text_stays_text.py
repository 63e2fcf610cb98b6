"""What customers are called stays text, in each form of the report."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date

import pytest
from openpyxl import load_workbook

from countback import Books
from countback.report.conftest import Element
from countback.report.content import Content, gather
from countback.report.html import render as render_page
from countback.report.pdf import render as render_document
from countback.report.xlsx import render as render_workbook

NAMES = (
    "=cmd|' /C calc'!A1",
    "+1",
    "-1",
    "-1+1",
    "@x",
    "\ttab",
    "\rreturn",
    "</script><script>alert(1)</script>",
    "<b>bold</b>",
    "<!-- comment",
    "{{ 7 * 7 }}",
    "#panic() $x$ *star*",
    "a & b",
)


@pytest.fixture
def named(small: Callable[..., Books]) -> Content:
    """A report in which customers and segments have such names; each owes something that is overdue."""

    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    customers = "customer_id,name,segment,currency\n"
    invoices = "invoice_id,customer_id,issued_on,due_on,amount,currency\n"
    for place, name in enumerate(NAMES):
        segment = NAMES[7 + place % 3]  # few, so that each has its step in the chart
        customers += f"C{place},{quoted(name)},{quoted(segment)},EUR\n"
        invoices += f"I{place},C{place},2026-01-10,2026-02-09,{100 + place}.00,EUR\n"
        invoices += f"J{place},C{place},2026-02-{place + 1:02},2026-03-09,{10 + place * place}.00,EUR\n"
    books = small(customers=customers, invoices=invoices, payments=None, allocations=None)
    return gather(books, as_of=date(2026, 2, 28))


def words(text: str) -> str:
    """With single spaces, as a page shows it."""
    return " ".join(text.split())


def test_on_the_page(named: Content, parse: Callable[[bytes], Element]) -> None:
    html = render_page(named)
    page = parse(html)
    (card,) = page.all("section", id="customers")
    assert {row[0] for row in card.rows()} == {words(name) for name in NAMES}
    assert len(page.all("script")) == 3
    (specs,) = page.all("script", id="specs")
    assert not {"<", ">", "&"} & set(specs.text)
    steps = [value["step"] for value in json.loads(specs.text)["why"]["data"]["values"]]
    assert any("</script><script>alert(1)</script>" in step for step in steps)


# check 56: what begins as a formula stays text, and numbers stay numbers
def test_in_the_workbook(named: Content) -> None:
    book = load_workbook(io.BytesIO(render_workbook(named)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    found = {cell.value for cell in book["Overdue customers"]["B"] if cell.data_type == "s"}
    assert {words(name) for name in NAMES} <= {words(str(value)) for value in found}
    amounts = [row[2].value for row in book["Overdue customers"].iter_rows(min_row=4)]
    assert amounts
    assert all(isinstance(amount, int | float) for amount in amounts)
    assert not [cell.coordinate for cell in cells if cell.hyperlink]


# check 56
def test_negative_numbers_of_the_workbook_stay_numbers(small: Callable[..., Books]) -> None:
    payments = "payment_id,customer_id,received_on,amount,currency\nP1,C1,2026-03-05,900.00,EUR\n"
    books = small(payments=payments, allocations=None)
    book = load_workbook(io.BytesIO(render_workbook(gather(books, as_of=date(2026, 3, 31)))))
    aging = {row[0].value: row[1] for row in book["Ageing"].iter_rows(min_row=4)}
    assert (aging["unapplied"].value, aging["unapplied"].data_type) == (-900, "n")
    assert aging["net receivables"].value == -250


def test_in_the_document(named: Content, read_pdf: Callable[[bytes], str]) -> None:
    text = read_pdf(render_document(named)).replace(" ", "")
    for name in NAMES:
        assert name.replace(" ", "").strip() in text, name
