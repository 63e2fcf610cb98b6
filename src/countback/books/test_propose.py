"""A proposal tells what it can, asks where a date or number can be read two ways, and never guesses."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from countback.books.profile import UnableToReadProfile, parse
from countback.books.propose import Proposal, UnableToProposeProfile, propose
from countback.core.problem import Misuse

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "Invoice No,Customer No,Invoice Date,Due Date,Amount"


def listed(
    folder: Path, *rows: str, header: str = HEADER, name: str = "open.csv", encoding: str = "utf-8"
) -> Path:
    path = folder / name
    path.write_bytes("\n".join((header, *rows, "")).encode(encoding))
    return path


def ids(proposal: Proposal) -> list[str]:
    return [question.id for question in proposal.questions]


def test_a_clear_file_needs_no_answer(tmp_path: Path) -> None:
    proposal = propose(
        listed(tmp_path, "0017,C1,2024-01-31,2024-03-01,12.50", "0018,C1,2024-02-01,2024-03-02,7")
    )
    assert proposal.questions == ()
    assert proposal.preview["invoices"] == [
        {
            "invoice_id": number,
            "customer_id": "C1",
            "issued_on": issued,
            "due_on": due,
            "amount": Decimal(amount),
        }
        for number, issued, due, amount in (
            ("0017", dt.date(2024, 1, 31), dt.date(2024, 3, 1), "12.50"),  # check 48: leading zeros
            ("0018", dt.date(2024, 2, 1), dt.date(2024, 3, 2), "7"),
        )
    ]
    assert proposal.preview["customers"] == [{"customer_id": "C1", "name": "C1"}]


def test_a_date_that_reads_two_ways_is_asked_about_and_nothing_can_be_read_before(tmp_path: Path) -> None:
    """# check 47"""
    path = listed(tmp_path, "1,C1,03/04/2024,13/05/2024,12.50", "2,C1,04/04/2024,14/05/2024,7.25")
    proposal = propose(path)
    (question,) = proposal.questions
    assert question.id == "date:open.csv:Invoice Date"
    assert [(choice.value, choice.meaning) for choice in question.choices] == [
        ("%d/%m/%Y", "03/04/2024 is 3 April 2024"),
        ("%m/%d/%Y", "03/04/2024 is 4 March 2024"),
    ]
    assert proposal.preview == {}
    with pytest.raises(UnableToProposeProfile, match="1 questions are open"):
        proposal.profile()
    with pytest.raises(UnableToReadProfile):
        parse(proposal.toml, name="kept without an answer")
    for answer, day in (("%d/%m/%Y", dt.date(2024, 4, 3)), ("%m/%d/%Y", dt.date(2024, 3, 4))):
        answered = propose(path, {question.id: answer})
        assert answered.questions == ()
        assert answered.preview["invoices"][0]["issued_on"] == day
        assert answered.preview["invoices"][0]["due_on"] == dt.date(2024, 5, 13)


def test_one_late_value_settles_the_whole_column(tmp_path: Path) -> None:
    """# check 47: the thirteenth of a month may stand far below any sample."""
    rows = [f"{n},C1,03/04/2024,03/05/2024,12.50" for n in range(3000)]
    assert ids(propose(listed(tmp_path, *rows))) == ["date:open.csv:Invoice Date", "date:open.csv:Due Date"]
    rows[-1] = "3000,C1,04/13/2024,05/13/2024,12.50"
    assert ids(propose(listed(tmp_path, *rows))) == []


def test_a_few_values_in_another_format_are_left_to_be_refused(tmp_path: Path) -> None:
    rows = [f"{n},C1,2024-04-03,2024-05-03,12.50" for n in range(20)]
    proposal = propose(listed(tmp_path, *rows, "21,C1,31/04/2024,2024-05-03,12.50"))
    assert ids(proposal) == []
    assert 'date_format = "%Y-%m-%d"' in proposal.toml


def test_dates_in_no_known_format_are_asked_about(tmp_path: Path) -> None:
    proposal = propose(listed(tmp_path, "1,C1,soon,2024-05-13,12.50"))
    assert ids(proposal) == ["date:open.csv:Invoice Date"]


def test_two_columns_may_have_two_formats(tmp_path: Path) -> None:
    proposal = propose(listed(tmp_path, "1,C1,2024-04-30,13/05/2024,12.50"))
    assert proposal.questions == ()
    assert 'due_on = { column = "Due Date", date_format = "%d/%m/%Y" }' in proposal.toml
    assert proposal.preview["invoices"][0]["due_on"] == dt.date(2024, 5, 13)


@pytest.mark.parametrize(("mark", "amount"), [(".", "1.234"), (",", "1234")])
def test_a_number_that_reads_two_ways_is_asked_about(tmp_path: Path, mark: str, amount: str) -> None:
    path = listed(tmp_path, "1,C1,2024-04-30,2024-05-30,1.234", "2,C1,2024-04-30,2024-05-30,5")
    (question,) = propose(path).questions
    assert question.id == "decimal:open.csv"
    assert {choice.value: choice.meaning for choice in question.choices} == {
        ".": "1.234 is 1.234",
        ",": "1.234 is 1234",
    }
    assert propose(path, {question.id: mark}).preview["invoices"][0]["amount"] == Decimal(amount)


# check 46: each of the golden amounts under the notation that its column shows
GOLDEN = {
    "points group, comma cuts": ("1.000|1.111,11|10,00|100", "1000 1111.11 10 100"),
    "comma groups, point cuts": ("1,000|1,111.11|10.00|100", "1000 1111.11 10 100"),
    "blank groups": ("1 000|1 111,11|10,00|100", "1000 1111.11 10 100"),
    "no grouping": ("1000|1111.11|10.00|100", "1000 1111.11 10 100"),
    "whole numbers": ("1000|100|7", "1000 100 7"),
}


@pytest.mark.parametrize(("written", "read"), GOLDEN.values(), ids=list(GOLDEN))
def test_golden_amounts(tmp_path: Path, written: str, read: str) -> None:
    rows = [f"{n};C1;2024-04-30;2024-05-30;{amount}" for n, amount in enumerate(written.split("|"), 1)]
    proposal = propose(listed(tmp_path, *rows, header=HEADER.replace(",", ";")))
    assert proposal.questions == ()
    amounts = [row["amount"] for row in proposal.preview["invoices"]]
    assert amounts == [Decimal(amount) for amount in read.split()]


def test_notations_that_contradict_each_other_are_asked_about(tmp_path: Path) -> None:
    rows = [f"{n};C1;2024-04-30;2024-05-30;{amount}" for n, amount in enumerate(("1.111,11", "1,111.11"))]
    proposal = propose(listed(tmp_path, *rows, header=HEADER.replace(",", ";")))
    assert ids(proposal) == ["decimal:open.csv"]
    assert "no one notation fits" in proposal.questions[0].text


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(days=[dt.date(2024, 12, 12), dt.date(2024, 1, 12)])
@example(days=[dt.date(2024, 12, 12), dt.date(2024, 1, 13)])
@given(days=st.lists(st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)), min_size=1, max_size=8))
def test_dates_are_asked_about_exactly_where_every_value_fits_both_formats(
    tmp_path: Path, days: list[dt.date]
) -> None:
    """# check 47"""
    rows = [f"{n},C1,{day:%d/%m/%Y},2031-01-31,5" for n, day in enumerate(days)]
    proposal = propose(listed(tmp_path, *rows))
    both = all(day.day <= 12 for day in days)
    assert bool(proposal.questions) == both
    if not both:
        read = [row["issued_on"] for row in proposal.preview["invoices"]]
        assert read == days[: len(read)]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(amounts=[Decimal("1234.00"), Decimal("234.00")], grouped=True, decimals=0)
@example(amounts=[Decimal("1.125"), Decimal("999.500")], grouped=False, decimals=3)
@example(amounts=[Decimal("1.125"), Decimal("1234.50")], grouped=True, decimals=3)
@example(amounts=[Decimal("1234.00"), Decimal("0.50")], grouped=True, decimals=2)
@given(
    amounts=st.lists(st.decimals(Decimal("0.01"), Decimal("9999999"), places=2), min_size=1, max_size=6),
    grouped=st.booleans(),
    decimals=st.integers(0, 3),
)
def test_numbers_are_asked_about_exactly_where_every_value_fits_both_notations(
    tmp_path: Path, amounts: list[Decimal], grouped: bool, decimals: int
) -> None:
    shown = [f"{amount:,.{decimals}f}" if grouped else f"{amount:.{decimals}f}" for amount in amounts]
    rows = [f"{n};C1;2024-04-30;2031-01-31;{text}" for n, text in enumerate(shown)]
    proposal = propose(listed(tmp_path, *rows, header=HEADER.replace(",", ";")))
    marked = any("," in text or "." in text for text in shown)
    both = marked and all(_fits_the_other_notation(text) for text in shown)
    assert ids(proposal) == (["decimal:open.csv"] if both else [])
    if not both:
        read = [row["amount"] for row in proposal.preview["invoices"]]
        assert read == [Decimal(text.replace(",", "")) for text in shown][: len(read)]


def _fits_the_other_notation(text: str) -> bool:
    """Written with points as decimal marks, can it be read with commas as such? Told apart from the code's patterns."""
    whole, comma, rest = text.partition(",")
    if comma and ("," in rest or "." in rest or len(rest) > 4):
        return False
    groups = whole.split(".")
    return len(groups) == 1 or (len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:]))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-32"])
def test_encodings_are_told_apart(tmp_path: Path, encoding: str) -> None:
    """# check 48"""
    rows = ("007;Bäcker & Söhne;R1;31.01.2024;01.03.2024;1.234,50",)
    header = "Kundennummer;Kundenname;Belegnummer;Belegdatum;Fälligkeit;Betrag"
    proposal = propose(listed(tmp_path, *rows, header=header, encoding=encoding))
    assert proposal.questions == ()
    assert proposal.preview["customers"] == [{"customer_id": "007", "name": "Bäcker & Söhne"}]
    assert proposal.preview["invoices"][0]["amount"] == Decimal("1234.50")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_and_lines_before_the_header(tmp_path: Path, delimiter: str) -> None:
    """# check 48"""
    header = "\n".join(
        ("Our company", "Open items as of 31 December 2024", "", HEADER.replace(",", delimiter))
    )
    proposal = propose(
        listed(tmp_path, delimiter.join(("1", "C1", "2024-01-31", "2024-03-01", "5")), header=header)
    )
    assert "skip_lines = 3" in proposal.toml
    assert proposal.preview["invoices"][0]["invoice_id"] == "1"


HEADERS = {
    "English": "Invoice Number,Customer ID,Customer Name,Invoice Date,Due Date,Invoice Amount,Clearing Date",
    "German": "Belegnr.,Kundennr.,Kundenname,Belegdatum,Fälligkeitsdatum,Betrag,Ausgleichsdatum",
    "French": "N° facture,Code client,Raison sociale,Date de facture,Date d'échéance,Montant TTC,Réglé le",
    "Spanish": "Número de factura,Código cliente,Razón social,Fecha de factura,Vencimiento,Importe,Fecha de pago",
    "Italian": "Numero fattura,Codice cliente,Ragione sociale,Data fattura,Scadenza,Importo,Data pagamento",
    "Dutch": "Factuurnummer,Klantnummer,Klantnaam,Factuurdatum,Vervaldatum,Bedrag,Betaald op",
    "run together": "invoiceNumber,customerID,customerName,InvoiceDate,DueDate,InvoiceAmount,SettledDate",
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=list(HEADERS))
def test_headers_in_many_languages(tmp_path: Path, header: str) -> None:
    proposal = propose(listed(tmp_path, "7,C1,Anna,2024-01-31,2024-03-01,5,2024-03-04", header=header))
    assert proposal.questions == ()
    assert proposal.preview["customers"] == [{"customer_id": "C1", "name": "Anna"}]
    (invoice,) = proposal.preview["invoices"]
    assert (invoice["invoice_id"], invoice["due_on"]) == ("7", dt.date(2024, 3, 1))
    assert proposal.preview["payments"][0]["received_on"] == dt.date(2024, 3, 4)
    assert proposal.preview["allocations"][0]["amount"] == Decimal(5)


def test_words_among_others_are_recognised(tmp_path: Path) -> None:
    header = "our_invoice_number_txt,cust_number,posting_date_est,due_in_date,total_open_amount"
    proposal = propose(listed(tmp_path, "7,C1,2024-01-31,2024-03-01,5", header=header))
    assert proposal.preview["invoices"][0]["issued_on"] == dt.date(2024, 1, 31)


def test_a_column_that_is_not_recognised_is_asked_about(tmp_path: Path) -> None:
    path = listed(tmp_path, "7,C1,2024-01-31,2024-03-01,5", header="Zeichen,Kunde,Belegdatum,Fällig,Betrag")
    assert ids(propose(path)) == ["table:open.csv"]
    answers = {"table:open.csv": "invoices"}
    (question,) = propose(path, answers).questions
    assert question.id == "column:open.csv:invoice_id"
    proposal = propose(path, answers | {question.id: "Zeichen"})
    assert proposal.preview["invoices"][0]["invoice_id"] == "7"


def test_two_columns_with_the_same_claim_are_asked_about(tmp_path: Path) -> None:
    path = listed(tmp_path, "7,C1,2024-01-31,2024-03-01,5,6", header=HEADER + ",Total Amount")
    assert ids(propose(path)) == ["table:open.csv"]
    (question,) = propose(path, {"table:open.csv": "invoices"}).questions
    assert [choice.value for choice in question.choices] == ["Amount", "Total Amount"]


def test_answers_that_fit_no_question_are_misuse(tmp_path: Path) -> None:
    path = listed(tmp_path, "1,C1,03/04/2024,13/05/2024,12.50")
    with pytest.raises(Misuse, match="the nearest is date:open"):
        propose(path, {"date:open.csv:Invoice": "%d/%m/%Y"})
    with pytest.raises(Misuse, match="answer one of %d/%m/%Y"):
        propose(path, {"date:open.csv:Invoice Date": "%Y-%m-%d"})


def test_a_folder_of_linked_files(tmp_path: Path) -> None:
    listed(tmp_path, "C1,Anna,North", "C2,Ben,South", header="Customer ID,Customer Name,Region", name="c.csv")
    listed(tmp_path, "R1,C1,2024-01-31,2024-03-01,5", name="i.csv")
    header = "Payment ID,Invoice ID,Payment Date,Amount Paid"
    listed(tmp_path, "P1,R1,2024-03-05,5", header=header, name="p.csv")
    listed(tmp_path, "O1,7", header="Order,Pieces", name="orders.csv")
    proposal = propose(tmp_path)
    assert ids(proposal) == ["table:orders.csv"]
    proposal = propose(tmp_path, {"table:orders.csv": "ignore"})
    assert set(proposal.preview) == {"customers", "invoices", "payments", "allocations"}
    assert 'customer_id = { column = "Invoice ID", via = "invoices" }' in proposal.toml
    assert proposal.profile().notes(["orders.csv"])[0].code == "ignored_file"


def test_typed_cells_of_a_workbook_are_not_in_doubt(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEADER.split(","))
    book.active.append(["1", "C1", dt.date(2024, 4, 3), dt.date(2024, 5, 3), 1.234])
    book.save(tmp_path / "open.xlsx")
    proposal = propose(tmp_path / "open.xlsx")
    assert proposal.questions == ()
    assert proposal.preview["invoices"][0]["issued_on"] == dt.date(2024, 4, 3)


def test_what_cannot_be_looked_at_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(UnableToProposeProfile, match=r"empty\.csv"):
        propose(tmp_path)
    listed(tmp_path, "1,C1,2024-01-31,2024-03-01,5")
    assert [problem.file for problem in propose(tmp_path).problems] == ["empty.csv"]


@pytest.mark.parametrize("damage", ["text", "empty", "cut", "altered"])
def test_a_damaged_workbook_is_told_and_not_proposed_for(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "list.xlsx"
    workbook = openpyxl.Workbook()
    for row in (["Customer", "Invoice", "Issued"], ["C1", "I1", "2026-03-02"]):
        workbook.active.append(row)
    workbook.save(file)
    whole = file.read_bytes()
    middle = len(whole) // 2
    altered = whole[:middle] + bytes(64) + whole[middle + 64 :]
    file.write_bytes(
        {"text": b"no workbook", "empty": b"", "cut": whole[:middle], "altered": altered}[damage]
    )
    with pytest.raises(UnableToProposeProfile) as refused:
        propose(file)
    assert "list.xlsx" in str(refused.value)
