"""The profiles of programs' exports, on files as those programs write them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from countback.books import profile
from countback.books.load import check, load
from countback.books.reading import Layout

if TYPE_CHECKING:
    from pathlib import Path

    from countback.books.loaded import LoadedBooks

Row = tuple[object, ...]


def rows(books: LoadedBooks, query: str) -> list[Row]:
    return books.connection.execute(query).fetchall()


def balances(books: LoadedBooks) -> dict[str, Decimal]:
    """Invoice -> what is open of it after everything, by SQL of the test's own."""
    found = rows(
        books,
        """SELECT invoice_id, amount - coalesce((SELECT sum(a.amount) FROM books.allocations a
           WHERE a.invoice_id = i.invoice_id), 0) FROM books.invoices i""",
    )
    return {str(invoice): Decimal(str(left)) for invoice, left in found}


def exported(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(dedent(text).lstrip("\n"), "utf-8")
    return path


XERO_HEADER = (
    "ContactName,EmailAddress,POAddressLine1,POAddressLine2,POAddressLine3,POAddressLine4,POCity,PORegion,POPostalCode,"
    "POCountry,SAAddressLine1,SAAddressLine2,SAAddressLine3,SAAddressLine4,SACity,SARegion,SAPostalCode,SACountry,"
    "InvoiceNumber,Reference,InvoiceDate,DueDate,PlannedDate,Total,TaxTotal,InvoiceAmountPaid,InvoiceAmountDue,"
    "InventoryItemCode,Description,Quantity,UnitAmount,Discount,LineAmount,AccountCode,TaxType,TaxAmount,TrackingName1,"
    "TrackingOption1,TrackingName2,TrackingOption2,Currency,Type,Sent,Status"
)


def xero_line(**given: str) -> str:
    usual = {
        "ContactName": "Ridgeway University",
        "PORegion": "Otago",
        "POCountry": "New Zealand",
        "Currency": "NZD",
        "Type": "Sales invoice",
        "Status": "Awaiting Payment",
        "InvoiceDate": "03/04/2024",
        "DueDate": "13/05/2024",
    }
    values = usual | given
    return ",".join(values.get(header, "") for header in XERO_HEADER.split(","))


@pytest.mark.parametrize("name", ["xero_invoices", "xero_invoices_us"])
def test_xero_invoices(tmp_path: Path, name: str) -> None:
    due = {"DueDate": "05/13/2024"} if name.endswith("_us") else {}
    lines = [
        xero_line(
            InvoiceNumber="INV-1", Total="230.0000", InvoiceAmountDue="130.0000", LineAmount="100", **due
        ),
        xero_line(
            InvoiceNumber="INV-1", Total="230.0000", InvoiceAmountDue="130.0000", LineAmount="130", **due
        ),
        xero_line(InvoiceNumber="INV-2", Total="50.00", InvoiceAmountDue="0.00", Status="Paid", **due),
        xero_line(InvoiceNumber="INV-3", Total="70.00", InvoiceAmountDue="70.00", Status="Draft", **due),
        xero_line(InvoiceNumber="INV-4", Total="70.00", InvoiceAmountDue="70.00", Status="Voided", **due),
        xero_line(
            InvoiceNumber="CN-1", Type="Sales credit note", Total="-30", InvoiceAmountDue="-20", DueDate=""
        ),
        xero_line(
            Type="Sales overpayment",
            Total="15.00",
            InvoiceAmountDue="15.00",
            DueDate="",
            ContactName="Bayside",
        ),
        xero_line(
            InvoiceNumber="B-1", Type="Bill", Total="99.00", InvoiceAmountDue="99.00", ContactName="Supplier"
        ),
    ]
    path = exported(tmp_path, "SalesInvoices.csv", "\n".join((XERO_HEADER, *lines)))
    books = load(path, profile=name)
    assert balances(books) == {"INV-1": Decimal(130), "INV-2": Decimal(0)}
    (issued,) = rows(books, "SELECT DISTINCT issued_on FROM books.invoices")
    assert issued == (dt.date(2024, 3, 4) if name.endswith("_us") else dt.date(2024, 4, 3),)
    assert rows(books, "SELECT customer_id FROM books.customers ORDER BY 1") == [
        ("Bayside",),
        ("Ridgeway University",),
    ]
    assert rows(books, "SELECT credit_note_id, amount FROM books.credit_notes") == [("CN-1", Decimal(20))]
    assert rows(books, "SELECT customer_id, amount FROM books.payments WHERE method <> 'date unknown'") == [
        ("Bayside", Decimal(15))
    ]
    assert [warning.code for warning in books.warnings][:2] == ["cannot_know", "cannot_know"]


def test_xero_ageing(tmp_path: Path) -> None:
    path = exported(
        tmp_path,
        "Demo - Aged Receivables Detail.csv",
        """
        Aged Receivables Detail,,,,,,,,,,
        Demo Company (NZ),,,,,,,,,,
        As at 31 December 2024,,,,,,,,,,
        Ageing by due date,,,,,,,,,,
        Invoice Number,Invoice Date,Due Date,Invoice Reference,Current,< 1 Month,1 Month,2 Months,3 Months,Older,Total
        Bayside Club,,,,,,,,,,
        INV-0027,20 Dec 2024,31 Dec 2024,Ref 1,"1,234.50",0.00,0.00,0.00,0.00,0.00,"1,234.50"
        CN-0002,21 Dec 2024,,,-34.50,0.00,0.00,0.00,0.00,0.00,-34.50
        Total Bayside Club,,,,"1,200.00",0.00,0.00,0.00,0.00,0.00,"1,200.00"
        ,,,,,,,,,,
        City Agency,,,,,,,,,,
        INV-0013,01 Oct 2024,10 Oct 2024,,0.00,0.00,0.00,541.25,0.00,0.00,541.25
        Total City Agency,,,,0.00,0.00,0.00,541.25,0.00,0.00,541.25
        ,,,,,,,,,,
        Total,,,,"1,200.00",0.00,0.00,541.25,0.00,0.00,"1,741.25"
        """,
    )
    books = load(path, profile="xero_ageing")
    found = "SELECT invoice_id, customer_id, due_on, amount, reference FROM books.invoices ORDER BY 1"
    assert rows(books, found) == [
        ("INV-0013", "City Agency", dt.date(2024, 10, 10), Decimal("541.25"), None),
        ("INV-0027", "Bayside Club", dt.date(2024, 12, 31), Decimal("1234.50"), "Ref 1"),
    ]
    assert rows(books, "SELECT customer_id, amount FROM books.credit_notes") == [
        ("Bayside Club", Decimal("34.50"))
    ]


@pytest.mark.parametrize(("name", "due"), [("quickbooks_invoices", "05/13/2024"),
                                           ("quickbooks_invoices_day_first", "13/05/2024")])  # fmt: skip
@pytest.mark.parametrize("blank_first", [True, False])
def test_quickbooks_invoices(tmp_path: Path, name: str, due: str, blank_first: bool) -> None:
    text = f"""
        Craig's Design and Landscaping,,,,,,,
        Invoice List,,,,,,,
        "January 1 - December 31, 2024",,,,,,,

        ,Date,Transaction Type,Num,Name,Memo/Description,Due Date,Amount,Open Balance
        ,03/04/2024,Invoice,1037,Sonnenschein Family Store,,{due},"1,362.07","1,362.07"
        ,03/04/2024,Invoice,1036,Freeman Sporting:0969 Ocean View,,{due},477.50,77.50
        ,03/04/2024,Invoice,1035,Mark Cho,"Lamp, two",{due},314.28,0.00
        TOTAL,,,,,,,"$2,153.85","$1,439.57"


        "Friday, January 17, 2025 04:31 PM GMT-8"
        """
    if not blank_first:
        text = text.replace("        ,0", "        0").replace("        ,Date", "        Date")
        text = text.replace("TOTAL,", "TOTAL")
    books = load(exported(tmp_path, "invoices.csv", text), profile=name)
    assert balances(books) == {"1037": Decimal("1362.07"), "1036": Decimal("77.50"), "1035": Decimal(0)}
    assert rows(books, "SELECT sum(amount) FROM books.invoices") == [(Decimal("2153.85"),)]
    assert rows(books, "SELECT DISTINCT due_on FROM books.invoices") == [(dt.date(2024, 5, 13),)]


def test_quickbooks_ageing(tmp_path: Path) -> None:
    path = exported(
        tmp_path,
        "ageing.csv",
        """
        Craig's Design and Landscaping,,,,,,,
        A/R Ageing Detail,,,,,,,
        "As of December 31, 2024",,,,,,,

        ,Date,Transaction type,No.,Customer full name,Due date,Amount,Open balance
        91 or more days past due,,,,,,,
        ,06/30/2024,Invoice,1027,Bill's Windsurf Shop,07/30/2024,85.00,85.00
        ,07/01/2024,Journal Entry,,Amy's Bird Sanctuary,,12.00,12.00
        Total for 91 or more days past due,,,,,,$97.00,$97.00
        Current,,,,,,,
        ,12/15/2024,Invoice,1041,Amy's Bird Sanctuary,01/14/2025,"1,239.00","1,039.00"
        ,12/20/2024,Credit Memo,1042,Amy's Bird Sanctuary,12/20/2024,-100.00,-40.00
        ,12/21/2024,Payment,2064,Bill's Windsurf Shop,12/21/2024,-25.00,-25.00
        Total for Current,,,,,,"$1,114.00",$974.00
        TOTAL,,,,,,"$1,211.00","$1,071.00"

        "Friday, January 17, 2025 04:31 PM GMT-8"
        """,
    )
    books = load(path, profile="quickbooks_ageing")
    owed, credited, paid = (rows(books, f"SELECT sum(amount) FROM books.{table}")[0][0]
                            for table in ("invoices", "credit_notes", "payments"))  # fmt: skip
    assert (owed, credited, paid) == (Decimal("1136.00"), Decimal("40.00"), Decimal("25.00"))
    assert owed - credited - paid == Decimal("1071.00"), "the report's own total"
    assert rows(
        books, "SELECT invoice_id, due_on FROM books.invoices WHERE transaction_type = 'Journal Entry'"
    ) == [("Journal Entry Amy's Bird Sanctuary 07/01/2024 12.00", dt.date(2024, 7, 1))]
    day_first = profile.open_profile("quickbooks_ageing_day_first").rules[0].layout
    assert day_first.date_format == "%d/%m/%Y"


def test_an_amount_that_decides_on_a_row_and_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = exported(
        tmp_path,
        "ageing.csv",
        """
        ,Date,Transaction Type,Num,Customer,Due Date,Amount,Open Balance
        ,06/30/2024,Invoice,1027,Bill's Windsurf Shop,07/30/2024,85.00,85.00
        ,06/30/2024,Invoice,1028,Bill's Windsurf Shop,07/30/2024,85.00,85;00
        """,
    )
    told = [problem for problem in check(path, profile="quickbooks_ageing") if problem.severity == "refused"]
    assert [(problem.code, problem.line, problem.column) for problem in told] == [
        ("bad_amount", 3, "Open Balance")
    ]


def test_a_settled_part_below_nothing_is_refused(tmp_path: Path) -> None:
    """An open balance above the amount makes no payment of less than nothing."""
    text = "Date,Num,Name,Due Date,Amount,Open Balance\n03/04/2024,1,Ann,05/13/2024,10.00,12.00\n"
    told = check(exported(tmp_path, "invoices.csv", text), profile="quickbooks_invoices")
    assert "bad_difference" in [problem.code for problem in told]


OPEN_ITEMS = {
    "open_items": """
        Customer No.,Customer Name,Invoice Number,Invoice Date,Due Date,Amount,Currency,Clearing Date
        0007,Bäcker,R1,2024-01-31,2024-03-01,1234.50,EUR,2024-03-05
        0008,Müller,R2,2024-02-01,2024-03-02,7,EUR,
        """,
    "open_items_de": """
        Kundennummer;Kundenname;Belegnummer;Belegdatum;Fällig am;Betrag;Währung;Ausgleichsdatum
        0007;Bäcker;R1;31.01.2024;01.03.2024;1.234,50;EUR;05.03.2024
        0008;Müller;R2;01.02.2024;02.03.2024;7;EUR;
        """,
    "open_items_fr": """
        N° client;Raison sociale;N° facture;Date de facture;Échéance;Montant TTC;Devise;Réglé le
        0007;Bäcker;R1;31/01/2024;01/03/2024;1 234,50;EUR;05/03/2024
        0008;Müller;R2;01/02/2024;02/03/2024;7;EUR;
        """,
}


@pytest.mark.parametrize("name", OPEN_ITEMS)
def test_open_items(tmp_path: Path, name: str) -> None:
    """# check 48: leading zeros survive; each cleared row makes its payment and its allocation"""
    books = load(exported(tmp_path, "posten.csv", OPEN_ITEMS[name]), profile=name)
    assert rows(books, "SELECT customer_id, name FROM books.customers ORDER BY 1") == [
        ("0007", "Bäcker"),
        ("0008", "Müller"),
    ]
    assert balances(books) == {"R1": Decimal(0), "R2": Decimal(7)}
    assert rows(
        books, "SELECT payment_id, customer_id, received_on, amount, currency FROM books.payments"
    ) == [("PAY-R1", "0007", dt.date(2024, 3, 5), Decimal("1234.50"), "EUR")]
    assert rows(books, "SELECT payment_id, invoice_id, applied_on FROM books.allocations") == [
        ("PAY-R1", "R1", dt.date(2024, 3, 5))
    ]


def test_open_items_without_names_currency_or_clearing(tmp_path: Path) -> None:
    text = "Client,Invoice,Date,Due,Total\nC1,R1,2024-01-31,2024-03-01,5\n"
    books = load(exported(tmp_path, "items.csv", text), profile="open_items")
    assert balances(books) == {"R1": Decimal(5)}
    assert rows(books, "SELECT name, currency FROM books.customers") == [("C1", None)]
    assert books.currencies == ("XXX",)
    assert books.rows["payments"] == 0


def test_a_mended_layout_is_all_that_a_variant_changes() -> None:
    base, german = (profile.open_profile(name).rules[0] for name in ("open_items", "open_items_de"))
    assert german.tables == base.tables
    assert base.layout.delimiter == Layout().delimiter
    assert (german.layout.delimiter, german.layout.decimal, german.layout.thousands) == (";", ",", ".")
