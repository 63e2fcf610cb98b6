"""What the database refuses, asked by SQL alone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from threading import Barrier
from typing import Any

import psycopg
import pytest
from django.db import connection

from countback.books.tables import TABLES
from countback.ledger.schema import table_of

pytestmark = pytest.mark.django_db(transaction=True)

KEPT = [*map(table_of, TABLES), "ledger_ended", "ledger_entry", "ledger_import"]


@contextmanager
def opened() -> Iterator[psycopg.Connection[Any]]:
    """A connection of its own to the tests' database; what it does stands when it is left without an error."""
    given = connection.get_connection_params()
    named = {key: given[key] for key in ("dbname", "user", "password", "host", "port") if key in given}
    with closing(psycopg.connect(**named)) as db:
        yield db
        db.commit()


class Writing:
    """One transaction that writes to the ledger by hand."""

    def __init__(self, db: psycopg.Connection[Any]) -> None:
        self.db = db
        (self.imported,) = self.one(
            """INSERT INTO ledger_import (name, profile, sha256, summary, at)
            VALUES ('by hand', '', '', '{}', '2026-01-05') RETURNING id"""
        )

    def one(self, query: str, *values: Any) -> Any:
        return self.db.execute(query, values).fetchone()

    def add(self, table: str, key: str, **values: Any) -> int:
        """A version; its number."""
        values = {"row_key": key, "import_id": self.imported} | values
        places = ", ".join("%s" for _ in values)
        query = f"INSERT INTO {table_of(table)} ({', '.join(values)}) VALUES ({places}) RETURNING version"
        return self.one(query, *values.values())[0]

    def end(self, table: str, version: int) -> None:
        self.db.execute(
            "INSERT INTO ledger_ended (table_name, version, known_until, import_id) VALUES (%s, %s, '2026-02-01', %s)",
            [table, version, self.imported],
        )

    def invoice(self, amount: int, key: str = "I1") -> int:
        return self.add("invoices", key, invoice_id=key, amount=amount, currency="EUR")

    def payment(self, amount: int, key: str = "P1", reversed_on: str | None = None) -> int:
        return self.add(
            "payments", key, payment_id=key, amount=amount, currency="EUR", reversed_on=reversed_on
        )

    def credit_note(self, amount: int) -> int:
        return self.add("credit_notes", "N1", credit_note_id="N1", amount=amount, currency="EUR")

    def allocation(
        self, key: str, amount: int, source: str = "P1", invoice: str = "I1", day: str = "2025-04-10"
    ) -> int:
        column = "credit_note_id" if source.startswith("N") else "payment_id"
        return self.add(
            "allocations", key, invoice_id=invoice, amount=amount, source_amount=amount, applied_on=day,
            **{column: source},
        )  # fmt: skip

    def write_off(self, amount: int, day: str = "2025-06-30") -> int:
        return self.add(
            "write_offs", "W1", write_off_id="W1", invoice_id="I1", amount=amount, written_off_on=day
        )


def refused(*steps: Any) -> str:
    """What is said when a transaction of these steps is committed."""
    with pytest.raises(psycopg.IntegrityError) as caught:
        taken(*steps)
    return str(caught.value)


def taken(*steps: Any, isolation: str = "READ COMMITTED") -> None:
    with opened() as db:
        db.execute(f"SET TRANSACTION ISOLATION LEVEL {isolation}")
        writing = Writing(db)
        for step in steps:
            step(writing)


@pytest.mark.parametrize("table", KEPT)
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_nothing_that_was_written_is_changed(table: str, change: str) -> None:
    column = "name" if table == "ledger_import" else "import_id"
    with opened() as db, pytest.raises(psycopg.IntegrityError, match="what was written stays as it was"):
        db.execute(change.format(table, column, column))


def test_two_current_versions_of_a_row_are_refused() -> None:
    said = refused(lambda by: by.invoice(100), lambda by: by.invoice(120))
    assert said.startswith(
        "The row I1 of invoices was not added: another version of it is current; end that one"
    )


def test_a_second_version_is_refused_in_a_later_transaction_too() -> None:
    taken(lambda by: by.add("promises", "R1", promise_id="R1"))
    assert "The row R1 of promises was not added" in refused(
        lambda by: by.add("promises", "R1", promise_id="R1")
    )


@pytest.mark.parametrize("first", ["end", "add"])
def test_a_version_that_ends_makes_room_for_the_next_in_either_order(first: str) -> None:
    with opened() as db:
        version = Writing(db).invoice(100)
    steps = [lambda by: by.end("invoices", version), lambda by: by.invoice(120)]
    taken(*(steps if first == "end" else reversed(steps)))
    with opened() as db:
        assert db.execute("SELECT amount FROM ledger_current_invoices").fetchall() == [(120,)]


def test_a_payment_gives_no_more_than_it_holds() -> None:
    taken(lambda by: by.invoice(500), lambda by: by.payment(100), lambda by: by.allocation("A", 60))
    said = refused(lambda by: by.allocation("B", 41))
    assert said.startswith(
        "The ledger was not written: the allocations of the payment P1 come to 101 EUR, it holds 100; correct"
    )
    taken(lambda by: by.allocation("B", 40))


def test_a_payment_holds_no_more_for_being_reversed() -> None:
    taken(lambda by: by.invoice(500), lambda by: by.payment(100, reversed_on="2025-05-01"))
    assert "the payment P1 come to 101 EUR" in refused(lambda by: by.allocation("A", 101))


def test_a_credit_note_gives_no_more_than_it_holds() -> None:
    taken(lambda by: by.invoice(500), lambda by: by.credit_note(100))
    assert "the credit note N1 come to 101 EUR, it holds 100" in refused(
        lambda by: by.allocation("A", 101, "N1")
    )


def test_an_invoice_takes_no_more_than_it_amounts_to() -> None:
    taken(lambda by: by.invoice(100), lambda by: by.payment(300), lambda by: by.allocation("A", 100))
    assert "allocated to the invoice I1 comes to 101 EUR, it amounts to 100" in refused(
        lambda by: by.allocation("B", 1)
    )


def test_what_a_reversed_payment_had_paid_may_be_paid_again() -> None:
    with opened() as db:
        by = Writing(db)
        by.invoice(100)
        version = by.payment(100)
        by.allocation("A", 100)
    again = (lambda by: by.payment(100, "P2"), lambda by: by.allocation("B", 100, "P2"))
    assert "comes to 200 EUR" in refused(*again)
    taken(
        lambda by: by.end("payments", version), lambda by: by.payment(100, reversed_on="2025-05-01"), *again
    )
    with opened() as db:
        (version,) = db.execute(
            "SELECT version FROM ledger_current_payments WHERE payment_id = 'P1'"
        ).fetchone()
    said = refused(lambda by: by.end("payments", version), lambda by: by.payment(100))
    assert "allocated to the invoice I1 comes to 200 EUR" in said, "the reversal is gone, both count"


def test_an_invoice_is_not_cut_below_what_was_allocated() -> None:
    with opened() as db:
        by = Writing(db)
        version = by.invoice(100)
        by.payment(100)
        by.allocation("A", 80)
    assert "it amounts to 79" in refused(lambda by: by.end("invoices", version), lambda by: by.invoice(79))
    taken(lambda by: by.end("invoices", version), lambda by: by.invoice(80))


def test_what_allocations_name_does_not_vanish() -> None:
    with opened() as db:
        by = Writing(db)
        invoice, payment = by.invoice(100), by.payment(100)
        by.allocation("A", 80)
    assert "name the invoice I1, which the ledger does not hold" in refused(
        lambda by: by.end("invoices", invoice)
    )
    assert "name the payment P1, which the ledger does not hold" in refused(
        lambda by: by.end("payments", payment)
    )


def test_no_more_is_written_off_than_is_open_on_the_day() -> None:
    taken(lambda by: by.invoice(100), lambda by: by.payment(100), lambda by: by.allocation("A", 30))
    assert "and written off comes to 101 EUR, it amounts to 100" in refused(lambda by: by.write_off(71))
    taken(lambda by: by.write_off(70))
    # Cash on what was written off is recovery: it comes later, and may.
    taken(lambda by: by.allocation("B", 20, day="2025-07-01"))
    assert "and written off comes to 101 EUR" in refused(lambda by: by.allocation("C", 1, day="2025-06-30"))


def test_amounts_are_compared_in_the_currency_of_each() -> None:
    def across(by: Writing) -> None:
        by.add(
            "allocations", "A", invoice_id="I1", payment_id="P1", amount=90, source_amount=100, currency="EUR",
            applied_on="2025-04-10",
        )  # fmt: skip

    taken(lambda by: by.invoice(90), lambda by: by.payment(100), across)
    assert "the payment P1 come to 101 EUR" in refused(lambda by: by.allocation("B", 1))


def test_rows_name_their_import() -> None:
    said = refused(lambda by: by.add("invoices", "I1", invoice_id="I1", import_id=987654))
    assert said.startswith("Rows of ledger_invoices were not added: there is no import 987654")


def test_the_transaction_that_wrote_a_row_is_not_made_up() -> None:
    assert "written_by_whom" in refused(lambda by: by.add("invoices", "I1", invoice_id="I1", written_in="1"))


def test_a_transaction_that_cannot_see_others_does_not_write() -> None:
    def alone(by: Writing) -> None:
        by.invoice(100)

    with pytest.raises(psycopg.Error, match="it cannot see what others write"):
        taken(alone, isolation="REPEATABLE READ")


def test_what_is_written_after_a_look_is_looked_at_too() -> None:
    def look(by: Writing) -> None:
        by.db.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert "not added" in refused(lambda by: by.invoice(1), look, lambda by: by.invoice(2))


def test_a_savepoint_given_up_leaves_the_rest_looked_at() -> None:
    def given_up(by: Writing) -> None:
        with by.db.transaction(force_rollback=True):
            by.invoice(2)

    assert "not added" in refused(given_up, lambda by: by.invoice(1), lambda by: by.invoice(2))
    taken(lambda by: by.invoice(1), given_up)


# check 42
@pytest.mark.parametrize("source", ["P1", "N1"])
def test_of_two_at_once_that_take_too_much_together_one_is_refused(source: str) -> None:
    taken(lambda by: by.invoice(500), lambda by: by.payment(100), lambda by: by.credit_note(100))
    assert one_of_two(lambda by, key: by.allocation(key, 60, source)).startswith(
        "The ledger was not written: the alloc"
    )
    with opened() as db:
        assert db.execute("SELECT sum(amount) FROM ledger_current_allocations").fetchone() == (60,)


# check 42
def test_of_two_at_once_that_pay_an_invoice_one_is_refused() -> None:
    taken(lambda by: by.invoice(100), lambda by: by.payment(100), lambda by: by.payment(100, "P2"))
    said = one_of_two(lambda by, key: by.allocation(key, 60, "P1" if key == "A" else "P2"))
    assert "allocated to the invoice I1 comes to 120 EUR, it amounts to 100" in said


def test_of_two_at_once_that_add_the_same_row_one_is_refused() -> None:
    assert "The row I1 of invoices was not added" in one_of_two(lambda by, _: by.invoice(100))


def one_of_two(step: Any) -> str:
    """What one of two is told that write at once, neither seeing the other, and commit at once."""
    both = Barrier(2, timeout=30)

    def write(key: str) -> str:
        try:
            with opened() as db:
                step(Writing(db), key)
                both.wait()
        except psycopg.IntegrityError as error:
            return str(error)
        return ""

    with ThreadPoolExecutor(2) as threads:
        said = list(threads.map(write, ("A", "B")))
    assert said.count("") == 1, said
    return "".join(said)


def test_many_rows_at_once_are_held_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond `MANY` rows all items are looked at, by other plans."""
    from countback.ledger import guards

    monkeypatch.setattr(guards, "MANY", 0)
    with opened() as db:
        db.execute(guards._check().replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    try:
        taken(lambda by: by.invoice(500), lambda by: by.payment(100), lambda by: by.allocation("A", 60))
        assert "the payment P1 come to 101 EUR" in refused(lambda by: by.allocation("B", 41))
        assert "comes to 561 EUR, it amounts to 500" in refused(lambda by: by.write_off(501))
    finally:
        monkeypatch.undo()
        with opened() as db:
            db.execute(guards._check().replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
