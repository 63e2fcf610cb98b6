"""The whole ledger as a books folder: the same figures, nothing new when it is imported again."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from countback import open_books
from countback.accounts.actions import Doing
from countback.accounts.testing import World
from countback.books.demo import write_demo_books
from countback.ledger import mirror
from countback.ledger.actions import import_books, plan_import
from countback.ledger.acts import Added, record_act
from countback.ledger.exporting import FORMS, Form, UnableToExportBooks, export_books
from countback.ledger.mirror.opened import opened
from countback.ledger.testing import BOOKS, Importing, asked, changed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_job")]

AS_OF = date(2026, 10, 31)


@pytest.fixture
def importing(tmp_path: Path) -> Importing:
    (tmp_path / "books").mkdir()
    return Importing(tmp_path / "books")


def exported(tmp_path: Path, form: Form = "parquet") -> Path:
    mirror.refresh(tmp_path / "mirror")
    folder = tmp_path / f"exported-{form}"
    export_books(opened(tmp_path / "mirror").books, folder, form)
    return folder


def recorded(world: World) -> None:
    """A contact and a promise that somebody recorded here."""
    (customer, invoice, amount, currency) = asked(
        "SELECT customer_id, invoice_id, amount, currency FROM ledger_current_invoices ORDER BY invoice_id LIMIT 1"
    )[0]
    days = {"made_on": date(2026, 10, 1), "due_on": date(2026, 10, 5)}
    promise = {
        "customer_id": customer,
        "invoice_id": invoice,
        "amount": Decimal(amount) / 2,
        "currency": currency,
    }
    contact = {"customer_id": customer, "contacted_on": datetime(2026, 10, 1, 9), "channel": "call",
               "direction": "out", "outcome": "right_party", "minutes": Decimal("4.5")}  # fmt: skip
    doing = Doing(world.bob, datetime(2026, 10, 1, 9, tzinfo=UTC))
    record_act(
        "contact logged",
        customer,
        doing,
        added=[Added("contacts", contact), Added("promises", promise | days)],
    )


def figures_of(books: Any) -> list[tuple[Any, ...]]:
    return [tuple(row.items()) for row in books.kpis(as_of=AS_OF).to_dicts()]


def test_the_folder_has_the_figures_of_the_screens_and_brings_nothing_new(
    world: World, tmp_path: Path
) -> None:
    """Demo books in four currencies with all fifteen tables, and what was recorded here since."""
    write_demo_books(tmp_path / "demo", customers=12, months=14, ends_on=AS_OF)
    import_books(tmp_path / "demo", name="demo", profile=None, by=None, at=datetime(2026, 9, 1, tzinfo=UTC))
    recorded(world)
    folder = exported(tmp_path)
    shown = figures_of(opened(tmp_path / "mirror").books)
    with open_books(folder) as books:
        assert figures_of(books) == shown
        assert books.loaded.rows["promises"] > 0
    plan = plan_import(folder, profile=None, ends_vanished=True)
    assert [
        (one.table, one.new.rows, one.changed.rows, one.vanished.rows) for one in plan.tables if one.table
    ] == [(one.table, 0, 0, 0) for one in plan.tables]


@pytest.mark.parametrize(
    ("text", "written"),
    [("=1+1", "'=1+1"), ("+44", "'+44"), ("@A1", "'@A1"), ("-2+3", "'-2+3"), ("-2", "-2"), ("a=1", "a=1")],
)
def test_what_a_spreadsheet_takes_for_a_formula_is_told_apart_in_csv_alone(
    importing: Importing, tmp_path: Path, text: str, written: str
) -> None:
    """# check 56"""
    importing(changed(BOOKS, "customers", 0, name=text))
    with (exported(tmp_path, "csv") / "customers.csv").open(encoding="utf-8", newline="") as file:
        assert next(csv.DictReader(file))["name"] == written
    with open_books(exported(tmp_path)) as books:
        assert books.customer_names(["C1"]) == {"C1": text}


@pytest.mark.parametrize("form", FORMS)
def test_books_without_a_currency_stay_without(importing: Importing, tmp_path: Path, form: Form) -> None:
    bare = {
        name: [{k: v for k, v in row.items() if k != "currency"} for row in rows]
        for name, rows in BOOKS.items()
    }
    importing(bare)
    folder = exported(tmp_path, form)
    with open_books(folder) as books:
        assert books.currencies == ("XXX",)
    assert duckdb.sql(f"SELECT count(currency) FROM '{folder}/invoices.{form}'").fetchall() == [(0,)]


def test_nothing_is_overwritten_and_nothing_is_left_half(importing: Importing, tmp_path: Path) -> None:
    importing(BOOKS)
    mirror.refresh(tmp_path / "mirror")
    books = opened(tmp_path / "mirror").books
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine", "utf-8")
    (tmp_path / "file").write_text("mine", "utf-8")
    for name, why in (("full", "it holds something"), ("file", "it is a file"), ("no/where", "is not there")):
        with pytest.raises(UnableToExportBooks, match=why):
            export_books(books, tmp_path / name)
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]
    (tmp_path / "empty").mkdir()
    assert export_books(books, tmp_path / "empty") == {
        "customers": 2,
        "invoices": 2,
        "payments": 1,
        "allocations": 1,
    }
    assert not list(tmp_path.glob(".*.part"))
