"""What the database refuses when an import or an undoing ends comes out in words, and nothing is written."""

from __future__ import annotations

from contextlib import nullcontext

import pytest
from django.db import IntegrityError, connection, transaction

from countback.ledger import actions
from countback.ledger.actions import UnableToImportBooks, UnableToUndoImport, undo_import
from countback.ledger.importing import judged
from countback.ledger.models import Import
from countback.ledger.testing import BOOKS, Importing, changed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def unjudged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is found before it is written, as though somebody had written meanwhile: the database itself finds it."""
    monkeypatch.setattr(judged, "beyond", lambda _: iter(()))


@pytest.mark.parametrize("within", [False, True])
def test_an_import_that_the_database_refuses_is_told(
    importing: Importing, unjudged: None, within: bool
) -> None:
    importing(BOOKS)
    less = {
        table: changed(BOOKS, "invoices", 0, amount="50.00")[table] for table in ("customers", "invoices")
    }
    outer = transaction.atomic() if within else nullcontext()  # jobs write a row of theirs with the import
    with pytest.raises(UnableToImportBooks) as refused, outer:
        importing(less)
    (problem,) = refused.value.problems
    assert problem.code == "refused_by_ledger"
    assert problem.what == "what is allocated to the invoice I1 comes to 60 EUR, it amounts to 50"
    assert problem.remedy == "correct the amounts"
    assert Import.objects.count() == 1


def test_an_undoing_that_the_database_refuses_is_told(importing: Importing, unjudged: None) -> None:
    importing(BOOKS)
    raised = importing(changed(BOOKS, "invoices", 0, amount="120.00"))
    more = changed(BOOKS, "invoices", 0, amount="120.00")
    more = more | {
        "payments": [*more["payments"], more["payments"][0] | {"payment_id": "P2"}],
        "allocations": [*more["allocations"], {"payment_id": "P2", "invoice_id": "I1", "amount": "60.00"}],
    }
    importing(more)
    with pytest.raises(UnableToUndoImport) as refused:
        undo_import(raised.pk, by=None, at=importing.at())
    assert refused.value.what == f"Import {raised.pk} was not undone"
    assert refused.value.why == "what is allocated to the invoice I1 comes to 120 EUR, it amounts to 100"
    assert refused.value.remedy == "correct the amounts"
    assert not Import.objects.filter(undoes=raised).exists()


@pytest.mark.parametrize(
    ("told", "why", "remedy"),
    [
        (
            "The row I1 of invoices was not added: another version of it is current; end that one in the same "
            "transaction.",
            "another version of it is current", "end that one in the same transaction",
        ),
        ("Rows of ledger_payments were not added: there is no import 7; add that first.",
         "there is no import 7", "add that first"),
        ("UPDATE of ledger_invoices was refused: what was written stays as it was; add a row that corrects it instead.",
         "what was written stays as it was", "add a row that corrects it instead"),
        ("something else", "the database refused it (something else)",
         "report it, with the time: the log has the rest"),
    ],
)  # fmt: skip
def test_each_refusal_of_the_database_has_its_parts(told: str, why: str, remedy: str) -> None:
    assert actions._refusal_of(IntegrityError(told)) == (why, remedy)


def test_what_the_guards_say_is_what_is_read() -> None:
    """A real refusal, so that the words of both cannot part unnoticed."""
    written = "INSERT INTO ledger_customers (customer_id, name, row_key, import_id) VALUES ('C1', 'x', 'C1', 987654)"
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(written)
        with pytest.raises(IntegrityError) as refused:
            cursor.execute("SET CONSTRAINTS ledger_unchecked_check IMMEDIATE")
        transaction.set_rollback(True)
    assert actions._refusal_of(refused.value) == ("there is no import 987654", "add that first")


def test_an_undoing_tells_how_far_it_is(importing: Importing) -> None:
    made = importing(BOOKS)
    told: list[tuple[str, float]] = []
    undo_import(made.pk, by=None, at=importing.at(), progress=lambda *given: told.append(given))
    parts = [done for _, done in told]
    assert len(told) > 8
    assert parts == sorted(parts)
    assert (parts[0], parts[-1]) == (0, 1)
    words = [words for words, _ in told]
    assert "reading invoices that it brought" in words
    assert "checking what was written" in words
