"""Whatever is imported and undone in whatever order: per item, the journal adds up to what the engine says is open."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import ibis
import pytest
from django.db import connection

from countback.analytics.engine import Engine
from countback.analytics.tables import balances, credits, entries, items, settlements
from countback.analytics.tables.books import BookTables
from countback.books.findings import UnableToReadBooks
from countback.books.loaded import LoadedBooks
from countback.books.tables import TABLES
from countback.ledger.actions import UnableToUndoImport, undo_import
from countback.ledger.importing import journal as journaling
from countback.ledger.importing.held import read
from countback.ledger.importing.working import Working, database, listed
from countback.ledger.models import Import
from countback.ledger.schema import current_of
from countback.ledger.testing import BOOKS, Importing, asked, changed, journal, with_rows
from tests.generated_books import FIRST, SPAN, Story, Tables, gather, shelf

pytestmark = pytest.mark.django_db

DAYS = [str(FIRST + timedelta(day)) for day in (30, 120, 210, 300, 420, SPAN + 400)]


@contextmanager
def engine(folder: Path) -> Iterator[Engine]:
    """The engine over what the ledger says now, read apart from any import."""
    with closing(database()) as db, connection.cursor() as cursor:
        db.execute("CREATE SCHEMA books")
        working = Working(db, cursor, folder, lambda *_: None)
        for name in TABLES:
            read(working, f"held.{name}", name, f"FROM {current_of(name)} AS one")
            db.execute(f"CREATE VIEW books.{name} AS SELECT {listed(name)} FROM held.{name}")
        rows = {name: working.number(f"SELECT count(*) FROM held.{name}") for name in TABLES}
        yield Engine(LoadedBooks(db, "", {}, (), rows=rows, has_recorded_at=True))


def open_amounts(engine: Engine) -> dict[str, dict[str, Decimal]]:
    """What is open of each item, or unapplied, as of each of DAYS, as the engine has it."""
    present = frozenset(name for name, rows in engine.books.rows.items() if rows)
    for name, query in zip(("standing", "moves"), compiled(present), strict=True):
        engine.connection.execute(f"CREATE TABLE {name} AS {query}")
    found = {}
    for day in DAYS:
        rows = engine.connection.execute(
            f"""SELECT CASE WHEN number IS NULL THEN 'invoice ' ELSE 'instalment ' END || item_id, amount
            FROM standing WHERE from_on <= '{day}' AND to_on > '{day}' AND amount <> 0
            UNION ALL SELECT "row" || ' ' || row_id, sum(amount) FROM moves WHERE effective_on <= '{day}'
            GROUP BY ALL HAVING sum(amount) <> 0"""
        ).fetchall()
        found[day] = dict(rows)
    return found


@lru_cache
def compiled(present: frozenset[str]) -> tuple[str, str]:
    """SQL of balances and of credits, for books with rows in these tables; it takes long to compile."""
    tables = BookTables({name: int(name in present) for name in TABLES}, {}, has_recorded_at=True)
    settled = settlements.build(tables)
    balanced = balances.build(entries.build(tables, items.build(tables), settled))
    return ibis.to_sql(balanced, dialect="duckdb"), ibis.to_sql(
        credits.build(tables, settled), dialect="duckdb"
    )


def agrees(folder: Path) -> dict[str, dict[str, Decimal]]:
    """The open amounts, once journal and engine were found to agree on them."""
    with engine(folder) as one:
        expected = open_amounts(one)
    assert {day: journal(day) for day in DAYS} == expected
    return expected


def other(tables: Tables, chance: random.Random) -> Tables:
    """The same books as they might be told at another time: rows missing, or with other values."""
    made = {}
    for name, rows in tables.items():
        loose = name in ("allocations", "write_offs", "promises", "disputes", "costs")
        made[name] = [dict(row) for row in rows if not (loose and chance.random() < 0.2)]
    for row in made["invoices"]:
        if chance.random() < 0.2:
            row["due_on"] = str(date.fromisoformat(row["due_on"]) + timedelta(5))
    for row in made.get("payments", []):
        if row.get("reversed_on") and chance.random() < 0.3:
            row["reversed_on"] = str(date.fromisoformat(row["reversed_on"]) + timedelta(3))
    return made


# checks 1, 2, 3, 5 and 11
@pytest.mark.slow
@pytest.mark.parametrize(("seed", "at_once"), [(2, 1_000), (3, 12)])
def test_the_journal_agrees_with_the_engine_after_any_sequence(
    importing: Importing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int, at_once: int
) -> None:
    """In one stretch of customers, and in many."""
    monkeypatch.setattr(journaling, "INVOICES_AT_ONCE", at_once)
    chance = random.Random(seed)
    every = gather(7)
    stood, done = agrees(tmp_path), 0
    for _ in range(5):
        try:
            _act(importing, every, chance)
            stood, done = agrees(tmp_path), done + 1
        except (UnableToReadBooks, UnableToUndoImport):
            assert agrees(tmp_path) == stood, "what is refused changes nothing"
    assert done >= 3, "the sequence should mostly go through"


def _act(importing: Importing, every: list[Story], chance: random.Random) -> None:
    """Imports all stories, or some, as they might be told some day; or undoes an import."""
    act = chance.choice(["all", "part", "part", "undo"])
    standing = list(Import.objects.filter(undoes=None, undone_by=None))
    if act == "undo" and standing:
        undo_import(chance.choice(standing).pk, by=None, at=importing.at())
    else:
        chosen = range(len(every)) if act == "all" else sorted(chance.sample(range(len(every)), 5))
        told = other(shelf([every[number] for number in chosen], chosen), chance)
        importing({name: rows for name, rows in told.items() if rows}, ends_vanished=act == "all")


def test_undoing_every_import_leaves_nothing_open(importing: Importing, tmp_path: Path) -> None:
    """Day by day: books come in, are corrected, and both are taken back, the latest first."""
    stories = shelf(gather(5))
    first = importing(stories)
    as_first = agrees(tmp_path)
    second = importing(other(stories, random.Random(7)), ends_vanished=True)
    assert agrees(tmp_path) != as_first
    undo_import(second.pk, by=None, at=importing.at())
    assert agrees(tmp_path) == as_first
    undo_import(first.pk, by=None, at=importing.at())
    assert agrees(tmp_path) == {day: {} for day in DAYS}
    assert asked("SELECT count(*) FROM ledger_entry WHERE corrects")[0][0] > 0


# check 11
def test_a_reversal_told_later_corrects_both_sides(importing: Importing) -> None:
    importing(BOOKS)
    importing(changed(BOOKS, "payments", 0, reversed_on="2025-05-05"))
    assert journal("2025-05-04") == {"invoice I1": 40, "invoice I2": 250}
    assert journal("2025-05-05") == {"invoice I1": 100, "invoice I2": 250}
    kinds = asked(
        "SELECT item_kind, kind, amount FROM ledger_entry WHERE import_id = (SELECT max(id) FROM ledger_import)"
    )
    assert sorted(kinds) == [
        ("invoice", "cash", 60), ("payment", "released", 60), ("payment", "reversed", -60),
    ]  # fmt: skip


def test_every_application_is_two_entries_that_cancel(importing: Importing) -> None:
    importing(shelf(gather(12)))
    uncancelled = asked(
        """SELECT kind, sum(amount) FROM ledger_entry
        WHERE kind IN ('cash', 'credit', 'recovery', 'applied', 'released') GROUP BY kind"""
    )
    sums = dict(uncancelled)
    assert sums["applied"] + sums.get("released", 0) == sums["cash"] + sums.get("credit", 0) + sums.get(
        "recovery", 0
    )


def test_recoveries_stand_beside(importing: Importing) -> None:
    lost = {"write_off_id": "W1", "invoice_id": "I2", "written_off_on": "2025-06-01", "amount": "250.00"}
    late = {
        "payment_id": "P2",
        "customer_id": "C2",
        "received_on": "2025-07-01",
        "amount": "30.00",
        "currency": "EUR",
    }
    books = with_rows(with_rows(BOOKS, "write_offs", lost), "payments", late)
    importing(with_rows(books, "allocations", {"payment_id": "P2", "invoice_id": "I2", "amount": "30.00"}))
    assert journal("2025-12-31") == {"invoice I1": 40}
    assert asked("SELECT item_id, amount FROM ledger_entry WHERE kind = 'recovery'") == [("I2", -30)]
