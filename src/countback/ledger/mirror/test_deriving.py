"""Derived tables that only touched stretches were derived anew of are those that all would have given."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.db import connection

from countback.analytics.engine import Engine
from countback.analytics.keeping import keep_derived
from countback.books.demo import write_demo_books
from countback.books.load import load
from countback.books.loaded import loaded_columns
from countback.books.tables import TABLES
from countback.ledger.mirror import deriving, refresh
from countback.ledger.mirror.state import read_state
from countback.ledger.mirror.testing import end, fill, invoice, write

pytestmark = pytest.mark.django_db(transaction=True)

DERIVED = ("entries", "balances", "credits")


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Demo books in a mirror of many small stretches; the ledger takes whatever the tests write."""
    monkeypatch.setattr(deriving, "INVOICES", 20)
    write_demo_books(tmp_path / "books", customers=40, months=8)
    with connection.cursor() as cursor:
        cursor.execute(
            "SET session_replication_role = replica"
        )  # no guards: an odd change is a good one here
    fill(tmp_path / "books")
    first, last = one_of("customers", "min(customer_id)"), one_of("customers", "max(customer_id)")
    write("invoices", [invoice("PAID-BY-ANOTHER", customer_id=first)])
    paid = {"payment_id": "FOR-ANOTHER", "customer_id": last, "received_on": "2026-03-01", "amount": "60"}
    write("payments", [paid | {"currency": "EUR"}])
    write("allocations", [
        {"payment_id": "FOR-ANOTHER", "invoice_id": "PAID-BY-ANOTHER", "amount": "60", "source_amount": "60",
         "applied_on": "2026-03-01", "allocation_id": "A-1", "customer_id": first, "currency": "EUR"}])  # fmt: skip
    refresh(tmp_path / "mirror")
    yield tmp_path / "mirror"
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = origin")


@pytest.fixture(autouse=True)
def compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """An expression has one SQL, which takes longer to compile than these small books to be derived."""
    real = Engine.compile
    known: dict[Any, str] = {}

    def compiled(self: Engine, expression: Any) -> str:
        if expression.op() not in known:
            known[expression.op()] = real(self, expression)
        return known[expression.op()]

    monkeypatch.setattr(Engine, "compile", compiled)


def compare(mirror: Path, scratch: Path) -> None:
    """The mirror's derived tables against those of all its books."""
    books = load(mirror / "current")
    books.derived = None
    keep_derived(books, scratch)
    books.connection.close()
    for table in DERIVED:
        found, expected = (
            f"SELECT * FROM '{folder}/{table}/*.parquet'" for folder in (mirror / "current/derived", scratch)
        )
        for one, other in ((found, expected), (expected, found)):
            assert duckdb.sql(f"{one} EXCEPT ALL {other}").fetchall() == [], table


def linked(mirror: Path) -> tuple[int, int]:
    """How many files of entries serve again, and how many were written anew."""
    counts = [file.stat().st_nlink for file in (mirror / "current").resolve().glob("derived/entries/*")]
    return sum(count > 1 for count in counts), sum(count == 1 for count in counts)


def replaced(table: str, chance: random.Random, key: str | None = None, **changed: Any) -> None:
    """Another version of a row of a table; of any, where no key is given."""
    columns = list(loaded_columns(table, {}))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT row_key, {', '.join(columns)} FROM ledger_current_{table} ORDER BY row_key")
        rows = cursor.fetchall()
    key, *values = chance.choice([row for row in rows if key in (None, row[0])])
    row = dict(zip(columns, values, strict=True)) | changed
    end(table, key)
    write(table, [row | ({"extra": "{}"} if TABLES[table].open_ended else {})])


def one_of(table: str, column: str, chance: random.Random | None = None) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM ledger_current_{table} ORDER BY 1")
        return (chance or random.Random(0)).choice(cursor.fetchall())[0]


def anybody(chance: random.Random) -> str:
    return one_of("customers", "customer_id", chance)


def ended(table: str, chance: random.Random) -> None:
    end(table, one_of(table, "row_key", chance))


CHANGES: dict[str, Any] = {
    "an invoice more": lambda chance: write("invoices", [invoice("N-1", customer_id=anybody(chance))]),
    "an invoice of a new customer": lambda _: write("invoices", [invoice("Z-1", customer_id="ZZ")]),
    "an amount corrected": lambda chance: replaced("invoices", chance, amount="12.50"),
    "an issue date corrected": lambda chance: replaced("invoices", chance, issued_on="2026-10-20"),
    "an invoice of another customer": lambda chance: replaced("invoices", chance, customer_id=anybody(chance)),
    "a payment returned": lambda chance: replaced("payments", chance, reversed_on="2026-10-25"),
    "a payment of another customer": lambda chance: replaced("payments", chance, customer_id=anybody(chance)),
    "an allocation taken back": lambda chance: ended("allocations", chance),
    "a credit note corrected": lambda chance: replaced("credit_notes", chance, amount="1"),
    "a payment taken back": lambda chance: ended("payments", chance),
    "an invoice that another paid": lambda chance: replaced(
        "invoices", chance, "PAID-BY-ANOTHER", issued_on="2026-05-05"),
    "a payment for another": lambda chance: replaced("payments", chance, "FOR-ANOTHER", reversed_on="2026-06-06"),
    "instalments": lambda chance: write("instalments", [
        {"invoice_id": one_of("invoices", "invoice_id", chance), "number": 1, "due_on": "2026-09-09", "amount": "5"}]),
    "nothing that is derived from": lambda chance: replaced("customers", chance, name="Renamed"),
}  # fmt: skip


def test_every_change_gives_what_all_would_have_given(ledger: Path, tmp_path: Path) -> None:
    again = 0
    for seed, (words, change) in enumerate(CHANGES.items()):
        change(random.Random(seed))
        refresh(ledger)
        served, written = linked(ledger)
        again += bool(served)
        assert written <= max(served, 4), f"{words}: {written} stretches were derived anew"
        compare(ledger, tmp_path / f"scratch-{seed}")
    assert again == len(CHANGES)


def serving_again(mirror: Path) -> set[str]:
    """Tables whose file is that of the generation before."""
    files = (mirror / "current").resolve().glob("*.parquet")
    return {file.stem for file in files if file.stat().st_nlink > 1}


def test_tables_without_a_change_serve_again(ledger: Path) -> None:
    write("invoices", [invoice("N-1", customer_id=anybody(random.Random(1)))])
    refresh(ledger)
    assert serving_again(ledger) == set(TABLES) - {"invoices"}
    ended("payments", random.Random(2))
    refresh(ledger)
    assert serving_again(ledger) == set(TABLES) - {"payments"}


def test_a_table_without_today_s_columns_is_written_anew(ledger: Path) -> None:
    file = ledger / "current" / "payments.parquet"
    whole = duckdb.sql(f"SELECT * FROM '{file}'").columns
    duckdb.sql(f"COPY (SELECT * EXCLUDE (method) FROM '{file}') TO '{file}.new' (FORMAT parquet)")
    Path(f"{file}.new").replace(file)
    write("invoices", [invoice("N-1", customer_id=anybody(random.Random(1)))])
    refresh(ledger)
    assert "payments" not in serving_again(ledger)
    assert duckdb.sql(f"SELECT * FROM '{ledger / 'current' / 'payments.parquet'}'").columns == whole


def test_what_was_derived_in_another_way_is_derived_anew(ledger: Path, tmp_path: Path) -> None:
    states = sorted(ledger.glob("state-*.json"))
    states[-1].write_text(states[-1].read_text().replace('"seal": "', '"seal": "another '))
    write("invoices", [invoice("N-1", customer_id=anybody(random.Random(1)))])
    refresh(ledger)
    assert linked(ledger)[0] == 0
    compare(ledger, tmp_path / "scratch")


def test_a_mirror_of_a_version_without_seals_is_gone_on_with(ledger: Path, tmp_path: Path) -> None:
    file = sorted(ledger.glob("state-*.json"))[-1]
    content = json.loads(file.read_text())
    del content["seal"]
    file.write_text(json.dumps(content))
    state = read_state(file)
    assert state is not None, "as known at a moment can be asked before the next refresh"
    assert state.seal == ""
    write("invoices", [invoice("N-1", customer_id=anybody(random.Random(1)))])
    after = refresh(ledger)
    assert set(state.files) < set(after.files), "the ledger is read on from there, not from its first row"
    assert after.seal
    compare(ledger, tmp_path / "scratch")


def test_a_few_customers_all_over_the_books_are_derived_in_several_batches(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = []
    anew = deriving._Deriving.anew

    def counted(self: Any, some: Any, old: Path) -> None:
        batches.append(some)
        anew(self, some, old)

    monkeypatch.setattr(deriving._Deriving, "anew", counted)
    with connection.cursor() as cursor:
        cursor.execute("SELECT customer_id FROM ledger_current_customers ORDER BY 1")
        names = [name for (name,) in cursor.fetchall()][::3]
    write("invoices", [invoice(f"{name}-N", customer_id=name) for name in names])
    refresh(ledger)
    assert len(batches) > 1
    assert sum(map(len, batches)) > len(batches), "a batch is of several stretches"
    touched = {customer for some in batches for customers in some.values() for customer in customers}
    assert touched >= set(names)
    assert linked(ledger)[1] == sum(map(len, batches))
    compare(ledger, tmp_path / "scratch")


def test_books_that_outgrew_their_stretches_are_cut_anew(ledger: Path, tmp_path: Path) -> None:
    before = linked(ledger)[1]
    names = [one_of("customers", "customer_id", random.Random(seed)) for seed in range(30)]
    write("invoices", [invoice(f"{name}-{n}", customer_id=name) for n in range(60) for name in names])
    refresh(ledger)
    served, written = linked(ledger)
    assert not served
    assert written > before
    compare(ledger, tmp_path / "scratch")
