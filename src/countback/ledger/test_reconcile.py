"""Whether ledger, mirror and source agree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection

from countback import Misuse
from countback.books.demo import write_demo_books
from countback.ledger import mirror, reconcile
from countback.ledger.actions import import_books
from countback.ledger.mirror import folders
from countback.ledger.mirror.opened import forget
from countback.ledger.mirror.state import write_state
from countback.ledger.mirror.testing import invoice, new_import, write
from countback.ledger.reconcile import Difference, Total
from countback.ledger.testing import once

pytestmark = pytest.mark.django_db(transaction=True)

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)


@pytest.fixture
def mirrored(tmp_path: Path) -> Iterator[Path]:
    """Demo books in the ledger and its mirror."""

    def make() -> None:
        write_demo_books(tmp_path / "books", customers=25, months=8)
        import_books(tmp_path / "books", name="demo", profile=None, by=None, at=AT)
        mirror.refresh(tmp_path / "mirror")

    once("demo books and their mirror", tmp_path, make)
    yield tmp_path / "mirror"
    forget()


def pretend_to_know(folder: Path) -> None:
    """Has the mirror say that it read what it has not."""
    state = folders.newest(folder)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        snapshot = cursor.fetchone()[0]
    write_state(folders.state_file(folder, state.generation), replace(state, snapshot=snapshot))
    forget()


def test_mirror_and_ledger_agree(mirrored: Path) -> None:
    assert reconcile.differences(mirrored) == []


def test_what_the_mirror_does_not_claim_to_know_is_no_difference(mirrored: Path) -> None:
    write("invoices", [invoice("LATE")])
    assert reconcile.differences(mirrored) == []


def test_a_row_that_the_mirror_missed_is_named(mirrored: Path) -> None:
    rows = folders.newest(mirrored).rows["invoices"]
    write("invoices", [invoice("LATE", "12.34")])
    pretend_to_know(mirrored)
    found = reconcile.differences(mirrored)
    assert [(one.of, one.measure, one.gap) for one in found] == [
        ("invoices", "rows", Decimal(1)),
        ("invoices", "amount", Decimal("12.34")),
    ]
    assert str(found[0]) == f"invoices, rows: {rows + 1:,} in the ledger, {rows:,} beside it"


@pytest.mark.parametrize(("item", "kpi"), [("invoice", "open_receivables"), ("payment", "unapplied_credits")])
def test_an_entry_without_a_document_is_named(mirrored: Path, item: str, kpi: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO ledger_entry (entity_id, customer_id, item_kind, item_id, kind, effective_on, amount,
            currency, import_id) VALUES ('E-9', 'C-1', %s, 'X-1', 'cash', '2026-10-01', -5, 'EUR', %s)""",
            [item, new_import(cursor)],
        )
    pretend_to_know(mirrored)
    assert reconcile.differences(mirrored) == [
        Difference(f"{kpi} of E-9 in EUR", "amount", Decimal(-5), Decimal(0))
    ]


def test_control_totals_that_differ_are_named(mirrored: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), sum(amount) FROM ledger_current_payments")
        rows, amount = cursor.fetchone()
    assert reconcile.against_source({"payments": Total(rows, amount), "customers": Total(25)}) == []
    found = reconcile.against_source({"payments": Total(rows + 2, amount - 1), "disputes": Total()})
    assert [(one.of, one.measure, one.gap) for one in found] == [
        ("payments", "rows", Decimal(-2)),
        ("payments", "amount", Decimal(1)),
    ]


@pytest.mark.parametrize("totals", [{"bills": Total(1)}, {"customers": Total(1, Decimal(1))}], ids=str)
def test_a_total_of_nothing_is_refused(db: None, totals: dict[str, Total]) -> None:
    with pytest.raises(Misuse):
        reconcile.against_source(totals)


def test_without_a_mirror_there_is_nothing_to_compare(db: None, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        reconcile.differences(tmp_path)
