"""For tests: customers with something open, and a collector who works on them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from countback.accounts.actions import Doing
from countback.accounts.models import Person
from countback.ledger import mirror
from countback.ledger.testing import Importing, asked, once
from tests.generated_books import Tables

TODAY = date(2026, 6, 1)
MORNING = datetime(2026, 6, 1, 8, 30, tzinfo=UTC)

BOOKS: Tables = {
    "customers": [
        {"customer_id": "C1", "name": "Alder", "collector": "anna", "entity_id": "E1", "currency": "EUR"},
        {"customer_id": "C2", "name": "Birch", "collector": "ben", "entity_id": "E1", "currency": "EUR"},
        {"customer_id": "C3", "name": "Cedar", "collector": "anna", "entity_id": "E1", "currency": "EUR"},
    ],
    "invoices": [
        {"invoice_id": "I1", "customer_id": "C1", "issued_on": "2026-03-01", "due_on": "2026-03-31", "amount": "100.00",
         "currency": "EUR"},
        {"invoice_id": "I2", "customer_id": "C1", "issued_on": "2026-04-01", "due_on": "2026-05-01", "amount": "250.00",
         "currency": "EUR"},
        {"invoice_id": "I3", "customer_id": "C2", "issued_on": "2026-04-01", "due_on": "2026-05-01", "amount": "80.00",
         "currency": "EUR"},
        {"invoice_id": "I4", "customer_id": "C3", "issued_on": "2026-04-01", "due_on": "2026-05-01", "amount": "80.00",
         "currency": "USD"},
        {"invoice_id": "I5", "customer_id": "C3", "issued_on": "2026-04-01", "due_on": "2026-05-01", "amount": "90.00",
         "currency": "EUR"},
    ],
    "instalments": [
        {"invoice_id": "I2", "number": "1", "due_on": "2026-05-01", "amount": "150.00"},
        {"invoice_id": "I2", "number": "2", "due_on": "2026-07-01", "amount": "100.00"},
    ],
    "payments": [
        {"payment_id": "P1", "customer_id": "C1", "received_on": "2026-04-10", "amount": "60.00", "currency": "EUR"},
    ],
    "allocations": [{"payment_id": "P1", "invoice_id": "I1", "amount": "60.00"}],
    "collectors": [
        {"collector": "anna", "name": "Anna Lind", "email": "Bob@example.com", "hourly_cost": "30.00"},
        {"collector": "ben", "name": "Ben Cole", "email": "ben@example.com", "hourly_cost": "30.00"},
    ],
}  # fmt: skip
"""C1 owes 40.00 of I1 and the two instalments of I2, in all 290.00; C3 owes in two currencies. Bob is "anna"."""


def given(importing: Importing) -> None:
    """The books in an empty ledger, and figures over them."""

    def make() -> None:
        importing(BOOKS)
        mirror.refresh(Path(settings.MIRROR))

    once("customers to work on", Path(settings.MIRROR).parent, make)
    importing.count += 1


@pytest.fixture
def books(importing: Importing) -> None:
    """The books in the ledger."""
    given(importing)


def doing(person: Person, at: datetime = MORNING) -> Doing:
    """What somebody does."""
    return Doing(person, at, "192.0.2.1")


def stored(table: str, columns: str) -> list[tuple[Any, ...]]:
    """Columns of the rows of a table as they stand, by its first column."""
    return asked(f"SELECT {columns} FROM ledger_current_{table} ORDER BY 1")
