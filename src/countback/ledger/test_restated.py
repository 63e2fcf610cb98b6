"""What changed in a past month since it was reported."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from countback.accounts.rules import Scope
from countback.ledger import figures, mirror, restated
from countback.ledger.actions import import_books
from countback.ledger.mirror.opened import forget
from countback.ledger.testing import once

pytestmark = pytest.mark.django_db(transaction=True)

JANUARY = date(2026, 1, 31)
REPORTED = datetime(2026, 2, 3, 8, tzinfo=UTC)
NOW = datetime(2026, 3, 3, 8, tzinfo=UTC)

TABLES = {
    "customers": "customer_id,name,entity_id,collector\nC-1,Aster,E1,anna\nC-2,Birch,E1,bert\nC-3,Cedar,E2,anna\n",
    "invoices": """invoice_id,customer_id,issued_on,due_on,amount,currency
I-1,C-1,2026-01-10,2026-02-09,100,EUR
I-2,C-2,2026-01-12,2026-02-11,200,EUR
I-3,C-3,2026-01-15,2026-02-14,300,GBP
""",
    "payments": "payment_id,customer_id,received_on,amount,currency\nP-1,C-1,2026-01-20,40,EUR\n",
    "allocations": "payment_id,invoice_id,amount,applied_on\nP-1,I-1,40,2026-01-20\n",
}


def books(folder: Path, **changed: str) -> Path:
    folder.mkdir()
    for table, text in (TABLES | changed).items():
        (folder / f"{table}.csv").write_text(text, "utf-8")
    return folder


@pytest.fixture
def restatement(tmp_path: Path, settings: Any) -> Iterator[None]:
    """January was reported on 3 February. Since then: I-2 was put right, from 200 to 250; a payment of 30 January for
    I-3 was found; February went on."""
    settings.MIRROR = tmp_path / "mirror"

    def make() -> None:
        first = books(tmp_path / "first")
        import_books(first, name="first", profile=None, by=None, at=datetime(2026, 2, 2, 8, tzinfo=UTC))
        mirror.refresh(settings.MIRROR)
        second = books(
            tmp_path / "second",
            customers=TABLES["customers"].replace("Birch,E1,bert", "Birch,E1,carl"),
            invoices=TABLES["invoices"].replace(",200,", ",250,") + "I-4,C-1,2026-02-15,2026-03-17,50,EUR\n",
            payments=TABLES["payments"] + "P-2,C-3,2026-01-30,300,GBP\nP-3,C-1,2026-02-20,60,EUR\n",
            allocations=TABLES["allocations"] + "P-2,I-3,300,2026-01-30\nP-3,I-1,60,2026-02-20\n",
        )
        import_books(second, name="second", profile=None, by=None, at=datetime(2026, 3, 2, 8, tzinfo=UTC))
        mirror.refresh(settings.MIRROR)

    once("January, restated", tmp_path, make)
    yield
    forget()


def open_receivables(scope: Scope, known_at: datetime) -> dict[str, Decimal]:
    shown = figures.opened(scope, known_at=known_at)
    rows = shown.kpis("open_receivables", as_of=JANUARY, by="currency").to_dicts()
    return {row["by"]["currency"]: row["value"] for row in rows}


SCOPES = (
    Scope(),
    Scope(collectors=("anna",)),
    Scope(collectors=("bert",)),
    Scope(collectors=("carl",)),
    Scope(entities=("E1",)),
    Scope(entities=("E2",), collectors=("anna",)),
    Scope(entities=("NONE",)),
    Scope(entities=()),
)


def test_the_sum_is_the_figure_now_less_the_figure_then(restatement: None) -> None:
    for scope in SCOPES:
        found = restated.changes(scope, month_end=JANUARY, reported_at=REPORTED, now=NOW)
        then, now = open_receivables(scope, REPORTED), open_receivables(scope, NOW)
        gaps = {currency: now.get(currency, 0) - then.get(currency, 0) for currency in {*then, *now}}
        assert found.sums == {currency: gap for currency, gap in gaps.items() if gap}, scope


def test_each_entry_that_changed_is_named(restatement: None) -> None:
    found = restated.changes(Scope(), month_end=JANUARY, reported_at=REPORTED, now=NOW)
    told = [
        (row["change"], row["kind"], row["invoice_id"], row["source_id"], row["customer"], row["amount"])
        for row in found.entries.to_dicts()
    ]
    assert told == [
        ("added", "cash", "I-3", "P-2", "Cedar", Decimal(-300)),
        ("added", "issue", "I-2", "I-2", "Birch", Decimal(250)),
        ("removed", "issue", "I-2", "I-2", "Birch", Decimal(-200)),
    ]
    assert found.sums == {"EUR": Decimal(50), "GBP": Decimal(-300)}


def test_nobody_sees_what_changed_for_others(restatement: None) -> None:
    found = restated.changes(Scope(collectors=("anna",)), month_end=JANUARY, reported_at=REPORTED, now=NOW)
    assert {row["customer_id"] for row in found.entries} == {"C-3"}


def test_a_customer_that_changed_hands_comes_with_all_its_entries(restatement: None) -> None:
    """Carl's January has grown by a customer that was Bert's when it was reported."""
    found = restated.changes(Scope(collectors=("carl",)), month_end=JANUARY, reported_at=REPORTED, now=NOW)
    assert [(row["change"], row["invoice_id"], row["amount"]) for row in found.entries] == [
        ("added", "I-2", 250)
    ]
    lost = restated.changes(Scope(collectors=("bert",)), month_end=JANUARY, reported_at=REPORTED, now=NOW)
    assert [(row["change"], row["invoice_id"], row["amount"]) for row in lost.entries] == [
        ("removed", "I-2", -200)
    ]


def test_nothing_changed_between_two_moments_of_the_same_knowledge(restatement: None) -> None:
    found = restated.changes(
        Scope(), month_end=JANUARY, reported_at=NOW, now=datetime(2026, 4, 1, tzinfo=UTC)
    )
    assert len(found.entries) == 0
    assert found.sums == {}
