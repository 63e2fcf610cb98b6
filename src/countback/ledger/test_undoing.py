"""Undoing an import."""

from __future__ import annotations

import pytest

from countback.audit.models import Line
from countback.ledger.actions import UnableToUndoImport, undo_import
from countback.ledger.models import Import
from countback.ledger.schema import current_of
from countback.ledger.testing import BOOKS, INVOICE, Importing, asked, changed, journal, with_rows

pytestmark = pytest.mark.django_db


def undo(importing: Importing, made: Import) -> Import:
    return undo_import(made.pk, by=None, at=importing.at())


def stored(table: str, columns: str) -> list[tuple[object, ...]]:
    return asked(f"SELECT {columns} FROM {current_of(table)} ORDER BY 1")


def test_what_it_brought_ends_and_what_it_ended_stands_again(importing: Importing) -> None:
    importing(with_rows(BOOKS, "invoices", INVOICE | {"invoice_id": "I3"}))
    columns = "invoice_id, amount, due_on, extra"
    before, open_before = stored("invoices", columns), journal("2025-12-31")
    later = with_rows(
        changed(BOOKS, "invoices", 1, amount="200.00"), "invoices", INVOICE | {"invoice_id": "I4"}
    )
    made = importing(later, ends_vanished=True)
    assert stored("invoices", "invoice_id") == [("I1",), ("I2",), ("I4",)]
    undone = undo(importing, made)
    assert stored("invoices", columns) == before
    assert journal("2025-12-31") == open_before
    assert undone.undoes == made
    invoices = undone.summary["invoices"]
    assert [invoices[kind]["rows"] for kind in ("new", "changed", "vanished")] == [1, 1, 1]
    assert invoices["after"] == {"rows": 3, "amounts": {"EUR": "450.0000"}}
    assert Line.objects.filter(what="undid import", about_id=str(undone.pk)).exists()


def test_what_is_known_before_the_undoing_stays_known(importing: Importing) -> None:
    importing(BOOKS)
    undo(importing, importing(changed(BOOKS, "invoices", 1, amount="200.00")))
    versions = asked(
        """SELECT one.amount, one.known_from::date::text, ended.known_until::date::text FROM ledger_invoices AS one
        LEFT JOIN ledger_ended AS ended ON ended.table_name = 'invoices' AND ended.version = one.version
        WHERE invoice_id = 'I2' ORDER BY one.version"""
    )
    assert versions == [
        (250, None, "2026-01-06"),
        (200, "2026-01-06", "2026-01-07"),
        (250, "2026-01-07", None),
    ]


def test_an_import_on_which_a_later_one_built_stays(importing: Importing) -> None:
    first = importing(BOOKS)
    second = importing(changed(BOOKS, "invoices", 1, amount="200.00"))
    with pytest.raises(
        UnableToUndoImport, match=rf"import {second.pk}, {second.name} of 2026-01-06 09:00, built on it"
    ):
        undo(importing, first)
    undo(importing, second)
    undo(importing, first)
    assert journal("2025-12-31") == {}


def test_an_import_whose_rows_are_named_by_a_later_one_stays(importing: Importing) -> None:
    importing({table: BOOKS[table][:1] for table in ("customers", "invoices")})
    second = importing({table: BOOKS[table][1:] for table in ("customers", "invoices")})
    third = importing(
        {
            "customers": BOOKS["customers"][1:], "invoices": BOOKS["invoices"][1:],
            "payments": [BOOKS["payments"][0] | {"customer_id": "C2"}],
            "allocations": [{"payment_id": "P1", "invoice_id": "I2", "amount": "60.00"}],
        }
    )  # fmt: skip
    with pytest.raises(UnableToUndoImport, match=f"import {third.pk}, .* built on it"):
        undo(importing, second)
    undo(importing, third)
    undo(importing, second)
    assert journal("2025-12-31") == {"invoice I1": 100}


def test_a_later_import_of_other_rows_is_no_hindrance(importing: Importing) -> None:
    first = importing(BOOKS)
    apart = {
        "customers": [{"customer_id": "C9", "name": "Oak"}],
        "invoices": [INVOICE | {"invoice_id": "I9", "customer_id": "C9"}],
    }
    importing(apart)
    undo(importing, first)
    assert journal("2025-12-31") == {"invoice I9": 100}


def test_what_the_ledger_could_not_hold_without_it_is_said(importing: Importing) -> None:
    """The import raised an invoice; a payment of the higher amount came with the next one."""
    importing(BOOKS)
    raised = importing(changed(BOOKS, "invoices", 0, amount="120.00"))
    paid = with_rows(
        changed(BOOKS, "invoices", 0, amount="120.00"),
        "payments",
        BOOKS["payments"][0] | {"payment_id": "P2"},
    )
    importing(with_rows(paid, "allocations", {"payment_id": "P2", "invoice_id": "I1", "amount": "60.00"}))
    with pytest.raises(
        UnableToUndoImport, match=r"without it, what is allocated to the invoice I1 comes to 120.00 EUR"
    ):
        undo(importing, raised)


def test_an_import_is_undone_once(importing: Importing) -> None:
    made = importing(BOOKS)
    undone = undo(importing, made)
    with pytest.raises(UnableToUndoImport, match="it was undone before"):
        undo(importing, made)
    with pytest.raises(UnableToUndoImport, match="it is itself the undoing of an import"):
        undo(importing, undone)
    with pytest.raises(UnableToUndoImport, match="there is no such import"):
        undo_import(987_654, by=None, at=importing.at())


def test_after_an_undoing_the_same_books_come_in_anew(importing: Importing) -> None:
    undo(importing, importing(BOOKS))
    made = importing(BOOKS)
    assert made.summary["invoices"]["new"]["rows"] == 2
    assert journal("2025-12-31") == {"invoice I1": 40, "invoice I2": 250}
