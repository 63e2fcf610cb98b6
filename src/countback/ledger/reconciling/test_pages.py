"""Reconciling by pages: the difference and who makes it up, kept, each in their own part of the books."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from countback.accounts.testing import World
from countback.audit.models import Line
from countback.ledger import mirror
from countback.ledger.mirror.opened import forget
from countback.ledger.reconcile import Difference
from countback.ledger.reconciling import actions
from countback.ledger.reconciling.models import MirrorCheck, ReconciledLine, Reconciliation
from countback.ledger.testing import FIRST, INVOICE, Importing

pytestmark = pytest.mark.django_db(transaction=True)

DAY = "2025-05-31"


@pytest.fixture
def books(importing: Importing, settings: Settings) -> None:
    """Two entities, three customers of two collectors, a part payment: open are 40 and 250 EUR, and 70 USD."""
    importing(
        {
            "customers": [
                {"customer_id": "C1", "name": "Alder", "collector": "anna", "entity_id": "E1"},
                {"customer_id": "C2", "name": "Birch", "collector": "ben", "entity_id": "E1"},
                {"customer_id": "=C3", "name": "Cedar", "collector": "ben", "entity_id": "E2"},
            ],
            "invoices": [
                INVOICE | {"entity_id": "E1"},
                INVOICE | {"entity_id": "E1", "invoice_id": "I2", "customer_id": "C2", "amount": "250.00"},
                INVOICE | {"entity_id": "E2", "invoice_id": "I3", "customer_id": "=C3", "amount": "70.00",
                           "currency": "USD"},
            ],
            "payments": [
                {"payment_id": "P1", "customer_id": "C1", "received_on": "2025-04-10", "amount": "60.00",
                 "currency": "EUR"},
            ],
            "allocations": [{"payment_id": "P1", "invoice_id": "I1", "amount": "60.00"}],
        }
    )  # fmt: skip
    mirror.refresh(Path(settings.MIRROR))
    forget()


def page(client: Client, route: str, *given: Any, **asked: Any) -> str:
    """The words of a page, with blanks in one."""
    answer = client.get(reverse(f"ledger:{route}", args=given), asked)
    assert answer.status_code == 200, answer
    return " ".join(answer.content.decode().split())


def compare(client: Client, **fields: Any) -> Any:
    """Sends the form."""
    return client.post(reverse("ledger:new_reconciliation"), {"as_of": DAY, "name": "SAP"} | fields)


def totals(text: str) -> SimpleUploadedFile:
    """A file of totals."""
    return SimpleUploadedFile("totals.csv", text.encode())


def test_totals_that_are_typed_in_are_compared_and_kept(books: None, world: World) -> None:
    alice = world.client_of(world.alice)
    form = page(alice, "new_reconciliation", as_of=DAY)
    assert "Open receivables of E1 in EUR" in form
    answer = compare(alice, **{"total 0": "290.00", "total 1": "69.50"})
    made = Reconciliation.objects.get()
    assert answer.headers["Location"] == reverse("ledger:reconciliation", args=[made.pk])
    shown = page(alice, "reconciliation", made.pk)
    assert "differs by 0.50 USD" in shown
    assert "+0.50" in shown
    assert "✓ agrees" in shown
    assert made.known_through >= FIRST
    listed = page(alice, "reconciliations")
    assert "differs by 0.50 USD" in listed
    assert "31 May 2025" in listed
    assert Line.objects.get(what="reconciled").after == {"name": "SAP", "as of": DAY, "agrees": False}


def test_as_of_another_date_other_figures_are_compared(books: None, world: World) -> None:
    compare(world.client_of(world.alice), as_of="2025-04-09", **{"total 0": "350.00"})
    assert ReconciledLine.objects.get(level="total").difference == 0


def test_customers_that_make_the_difference_up_lead_to_their_pages(books: None, world: World) -> None:
    alice = world.client_of(world.alice)
    compare(
        alice,
        file=totals(
            "entity,currency,customer_id,amount\nE1,EUR,C1,45\nE1,EUR,C9,5\nE1,EUR,,300\nE2,USD,=C3,70\n"
        ),
    )
    made = Reconciliation.objects.get()
    shown = page(alice, "reconciliation", made.pk)
    assert "differs by 10.00 EUR" in shown
    assert f'href="/customers/C2/?as_of={DAY}"' in shown
    assert "C9 <span" in shown
    assert "the ledger has no such customer" in shown
    assert "In the source&#x27;s total, but of none of the customers" in shown
    assert "1 customer agrees." in shown
    written = io.StringIO(b"".join(alice.get(f"/reconciliation/{made.pk}/lines.csv")).decode("utf-8-sig"))
    rows = list(csv.DictReader(written))
    eur = [row for row in rows if row["currency"] == "EUR"]
    assert [(row["level"], row["customer_id"], row["difference"]) for row in eur] == [
        ("total", "", "-10"), ("customer", "C2", "250"), ("customer", "C1", "-5"), ("customer", "C9", "-5"),
        ("rest", "", "-250"),
    ]  # fmt: skip
    assert sum(Decimal(row["difference"]) for row in eur[1:]) == Decimal(eur[0]["difference"])
    assert [row["customer_id"] for row in rows if row["customer_id"].endswith("C3")] == ["'=C3"]


def test_documents_of_a_month_are_counted_and_added_up(books: None, world: World) -> None:
    alice = world.client_of(world.alice)
    text = """what,entity,currency,month,amount,rows
invoices,E1,EUR,2025-03,350,3
payments,E1,EUR,2025-04,60,1
payments,E1,EUR,2025-05,1,
"""
    compare(alice, file=totals(text))
    kept = ReconciledLine.objects.filter(level="total")
    assert [(one.what, one.month.month, one.rows, one.ledger, one.source) for one in kept] == [
        ("invoices", 3, False, 350, 350), ("invoices", 3, True, 2, 3), ("payments", 4, False, 60, 60),
        ("payments", 4, True, 1, 1), ("payments", 5, False, 0, 1),
    ]  # fmt: skip
    assert "differs by 1.00 EUR, 1 document" in page(alice, "reconciliations")


def test_each_compares_and_sees_their_own_part(books: None, world: World) -> None:
    alice = world.client_of(world.alice)
    compare(alice, **{"total 0": "290.00"})
    everything = Reconciliation.objects.get()
    world.bob.role = "manager"
    world.bob.save()
    bob = world.client_of(world.bob)
    compare(bob, **{"total 0": "41.00"})
    own = Reconciliation.objects.latest("pk")
    assert own.collectors == ["anna"]
    shown = page(bob, "reconciliation", own.pk)
    assert "40.00" in shown
    assert "differs by 1.00 EUR" in shown
    for route in ("reconciliation", "reconciliation_lines"):
        address = reverse(f"ledger:{route}", args=[everything.pk])
        assert bob.get(address).status_code == 404
        assert (
            world.client_of(world.charlie).get(reverse(f"ledger:{route}", args=[own.pk])).status_code == 404
        )
        assert alice.get(reverse(f"ledger:{route}", args=[own.pk])).status_code == 200
    assert f"/reconciliation/{everything.pk}/" not in page(bob, "reconciliations")
    text = "what,entity,currency,month,rows\ninvoices,E1,EUR,2025-03,1\n"
    compare(bob, file=totals(text))
    assert ReconciledLine.objects.latest("pk").ledger == 1, "documents are counted in scope, too"


def test_who_may_not_import_sees_and_does_not_compare(books: None, world: World) -> None:
    charlie = world.client_of(world.charlie)
    page(charlie, "reconciliations")
    assert compare(charlie, **{"total 0": "1"}).status_code == 403
    assert charlie.post(reverse("ledger:check_mirror")).status_code == 403


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "no total was given; fill in at least one"),
        ({"total 0": "1.000,00"}, "1.000,00 is no amount"),
        ({"total 0": "1", "file": "entity,currency,amount\nE1,EUR,2\n"}, "is typed in and in the file, too"),
        ({"file": "currency,amount\nEUR,x\n"}, "Line 2: x is no amount"),
        ({"file": "x" * (9 << 20)}, "the file is larger than 8 MB"),
    ],
)
def test_totals_that_cannot_be_understood_are_told(
    books: None, world: World, fields: dict[str, str], told: str
) -> None:
    given = {name: totals(text) if name == "file" else text for name, text in fields.items()}
    answer = compare(world.client_of(world.alice), **given)
    assert answer.status_code == 400
    words = " ".join(answer.content.decode().split()).replace(";", ".").lower()
    assert told.replace("; f", ". <span>f").lower() in words
    assert not Reconciliation.objects.exists()


def test_the_form_needs_a_token_of_our_pages(books: None, world: World) -> None:
    client = world.client_of(world.alice, enforce_csrf_checks=True)
    assert compare(client, **{"total 0": "1"}).status_code == 403


def test_a_file_to_fill_in_has_every_total(books: None, world: World) -> None:
    alice = world.client_of(world.alice)
    text = b"".join(alice.get(reverse("ledger:totals_template"), {"as_of": DAY})).decode()
    assert text.splitlines()[1:] == ["open_receivables,E1,EUR,,,,", "open_receivables,E2,USD,,,,"]


def test_what_was_compared_stays_as_it_was(books: None, world: World) -> None:
    compare(world.client_of(world.alice), **{"total 0": "1"})
    MirrorCheck.objects.create(at=FIRST, known_through=FIRST)
    for model in (Reconciliation, ReconciledLine, MirrorCheck):
        table = model._meta.db_table
        for statement in (f"UPDATE {table} SET id = id", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            with (
                pytest.raises(DatabaseError, match="what was written stays as it was"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)


def test_the_mirror_is_checked_by_a_job_and_the_page_tells_it(
    books: None, world: World, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = world.client_of(world.alice)
    assert "It was not checked yet" in page(alice, "reconciliations")
    for _ in range(2):
        alice.post(reverse("ledger:check_mirror"))
    assert "It is being checked" in page(alice, "reconciliations")
    work()
    shown = page(alice, "reconciliations")
    assert "The mirror agrees with the ledger." in shown
    assert "for Alice Adams" in shown
    assert MirrorCheck.objects.count() == 1
    found = [Difference("open_receivables of E1 in EUR", "amount", Decimal("421.00"), Decimal("420.00"))]
    monkeypatch.setattr(actions.reconcile, "differences", lambda _: found)
    alice.post(reverse("ledger:check_mirror"))
    work()
    shown = page(alice, "reconciliations")
    assert "1 number differs." in shown
    assert "421.00" in shown
    charlies = page(world.client_of(world.charlie), "reconciliations")
    assert "1 number differs." in charlies
    assert "421.00" not in charlies, "a figure of all entities is not for those who see one"


def test_without_books_the_pages_say_what_to_do(world: World, settings: Settings) -> None:
    alice = world.client_of(world.alice)
    assert "There are no books yet" in page(alice, "reconciliations")
    assert "There are no books yet" in page(alice, "new_reconciliation")
    assert compare(alice, **{"total 0": "1"}).status_code == 200
    assert not Reconciliation.objects.exists()
