"""Importing: what is new, changed, vanished and the same, and what is refused."""

from __future__ import annotations

import csv
import random
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from countback.audit.models import Line
from countback.books.findings import UnableToReadBooks
from countback.ledger.actions import UnableToImportBooks, import_books, plan_import
from countback.ledger.models import Import
from countback.ledger.testing import BOOKS, FIRST, INVOICE, Importing, asked, changed, journal, with_rows
from tests.generated_books import Tables

pytestmark = pytest.mark.django_db

ALLOCATION = {"payment_id": "P1", "invoice_id": "I1", "amount": "60.00"}


def counts(made: Import) -> dict[str, tuple[int, int, int, int]]:
    """New, changed, vanished and same rows by table."""
    kinds = ("new", "changed", "vanished", "same")
    return {name: tuple(one[kind]["rows"] for kind in kinds) for name, one in made.summary.items()}


def held() -> tuple[int, ...]:
    """How many rows the ledger's main tables have."""
    tables = ("import", "customers", "invoices", "payments", "allocations", "ended", "entry")
    return tuple(asked(f"SELECT count(*) FROM ledger_{name}")[0][0] for name in tables)


def test_books_come_into_an_empty_ledger(importing: Importing) -> None:
    made = importing(BOOKS)
    assert counts(made) == {
        "customers": (2, 0, 0, 0), "invoices": (2, 0, 0, 0), "payments": (1, 0, 0, 0), "allocations": (1, 0, 0, 0),
    }  # fmt: skip
    assert made.summary["invoices"]["new"]["amounts"] == {"EUR": "350.0000"}
    assert made.summary["invoices"]["before"] == {"rows": 0, "amounts": {}}
    assert made.summary["invoices"]["after"] == {"rows": 2, "amounts": {"EUR": "350.0000"}}
    assert asked("SELECT customer_id, name, extra FROM ledger_current_customers ORDER BY 1") == [
        ("C1", "Alder", '{"note": "calls Fridays"}'), ("C2", "Birch", None),
    ]  # fmt: skip
    assert journal("2025-04-09") == {"invoice I1": 100, "invoice I2": 250}
    assert journal("2025-04-10") == {"invoice I1": 40, "invoice I2": 250}
    assert journal("2025-03-02") == {}


# checks 39 and 49
def test_the_same_again_changes_nothing_and_is_kept(importing: Importing) -> None:
    importing(BOOKS)
    before = held()
    again = importing(BOOKS, ends_vanished=True)
    assert held() == (before[0] + 1, *before[1:])
    assert {row[:3] for row in counts(again).values()} == {(0, 0, 0)}
    assert Import.objects.filter(sha256=again.sha256).count() == 2


# check 39
def test_equal_allocations_both_stay_and_their_order_means_nothing(importing: Importing) -> None:
    part = ALLOCATION | {"amount": "15.00"}
    twice = BOOKS | {"allocations": [part, ALLOCATION | {"invoice_id": "I2", "amount": "5.00"}, part]}
    importing(twice)
    assert journal("2025-12-31") == {"invoice I1": 70, "invoice I2": 245, "payment P1": 25}
    before = held()
    shuffled = {table: random.Random(1).sample(rows, len(rows)) for table, rows in twice.items()}
    importing(shuffled | {"allocations": shuffled["allocations"][::-1]})
    assert held()[1:] == before[1:]
    assert counts(importing(with_rows(twice, "allocations", part)))["allocations"] == (1, 0, 0, 3)


def test_the_books_know_since_when_they_know_and_later_rows_since_the_import(importing: Importing) -> None:
    dated = changed(BOOKS, "invoices", 0, recorded_at="2025-03-04T10:00:00", po_number="7")
    importing(dated)
    known = "SELECT invoice_id, known_from::text FROM ledger_invoices ORDER BY version"
    assert asked(known) == [("I1", "2025-03-04 10:00:00+00"), ("I2", None)]
    assert asked("SELECT DISTINCT known_from::text FROM ledger_entry WHERE kind = 'issue' ORDER BY 1 NULLS LAST") == [
        ("2025-03-04 10:00:00+00",), (None,),
    ]  # fmt: skip
    importing(changed(dated, "invoices", 0, po_number="8"))
    assert asked(known)[2] == ("I1", "2026-01-06 09:00:00+00")
    assert asked("SELECT known_until::text FROM ledger_ended") == [("2026-01-06 09:00:00+00",)]


def test_a_changed_row_ends_the_version_before_it(importing: Importing) -> None:
    importing(BOOKS)
    made = importing(changed(BOOKS, "invoices", 1, amount="200.00"))
    assert counts(made)["invoices"] == (0, 1, 0, 1)
    invoices = made.summary["invoices"]
    assert (invoices["was"]["amounts"], invoices["changed"]["amounts"]) == (
        {"EUR": "250.0000"},
        {"EUR": "200.0000"},
    )
    assert invoices["after"]["amounts"] == {"EUR": "300.0000"}
    assert journal("2025-12-31") == {"invoice I1": 40, "invoice I2": 200}
    corrections = asked(
        "SELECT kind, amount, corrects FROM ledger_entry WHERE import_id = %s ORDER BY amount", made.pk
    )
    assert corrections == [("issue", Decimal(-250), True), ("issue", Decimal(200), False)]


def test_a_change_that_moves_no_amount_makes_no_entry(importing: Importing) -> None:
    importing(BOOKS)
    entries = held()[-1]
    importing(changed(BOOKS, "invoices", 1, due_on="2025-05-02"))
    assert held()[-1] == entries


def test_what_vanished_stays_unless_the_source_tells_all(importing: Importing) -> None:
    importing(with_rows(BOOKS, "invoices", INVOICE | {"invoice_id": "I3"}))
    assert counts(importing(BOOKS))["invoices"] == (0, 0, 1, 2)
    assert journal("2025-12-31")["invoice I3"] == 100
    made = importing(BOOKS, ends_vanished=True)
    assert counts(made)["invoices"] == (0, 0, 1, 2)
    assert made.summary["invoices"]["after"]["rows"] == 2
    assert "invoice I3" not in journal("2025-12-31")


def test_a_table_that_the_source_does_not_tell_stays(importing: Importing) -> None:
    importing(
        with_rows(
            BOOKS, "costs", {"cost_id": "X1", "incurred_on": "2025-05-01", "kind": "staff", "amount": "9"}
        )
    )
    made = importing(BOOKS, ends_vanished=True)
    assert "costs" not in made.summary
    assert asked("SELECT count(*) FROM ledger_current_costs") == [(1,)]


# check 50
def test_blank_cells_take_nothing_from_stored_customers(importing: Importing) -> None:
    importing(BOOKS)
    blank = {
        "customer_id": "C1",
        "name": "Alder & Sons",
        "email": "",
        "segment": "",
        "note": "",
        "floor": "3",
    }
    made = importing(
        BOOKS | {"customers": [blank, {"customer_id": "C2", "name": "Birch", "email": "b@birch.example"}]}
    )
    assert counts(made)["customers"] == (0, 2, 0, 0)
    assert asked("SELECT name, email, segment, extra FROM ledger_current_customers ORDER BY customer_id") == [
        ("Alder & Sons", "a@alder.example", "big", '{"note": "calls Fridays", "floor": "3"}'),
        ("Birch", "b@birch.example", "small", None),
    ]  # fmt: skip
    same = importing(BOOKS | {"customers": [blank, {"customer_id": "C2", "name": "Birch"}]})
    assert counts(same)["customers"] == (0, 0, 0, 2)


# check 50
def test_documents_have_the_entity_of_a_customer_that_was_kept(importing: Importing) -> None:
    importing(changed(BOOKS, "customers", 0, entity_id="North"))
    made = importing(BOOKS)
    assert {row[:3] for row in counts(made).values()} == {(0, 0, 0)}
    assert asked("SELECT entity_id FROM ledger_current_invoices ORDER BY invoice_id") == [("North",), (None,)]


def test_the_topmost_parent_is_found_among_all_customers(importing: Importing) -> None:
    importing(changed(BOOKS, "customers", 0, parent_id="C2"))
    top = {"customer_id": "C3", "name": "Cedar"}
    told = [BOOKS["customers"][1] | {"parent_id": "C3"}, top]
    importing({"customers": told, "invoices": [BOOKS["invoices"][1]]})
    roots = "SELECT customer_id, parent_id, root_id FROM ledger_current_customers ORDER BY 1"
    assert asked(roots) == [("C1", "C2", "C3"), ("C2", "C3", "C3"), ("C3", None, "C3")]
    with pytest.raises(UnableToImportBooks) as refused:
        importing(
            {
                "customers": [top | {"parent_id": "C1"}, BOOKS["customers"][0]],
                "invoices": [BOOKS["invoices"][0]],
            }
        )
    assert {problem.code for problem in refused.value.problems} == {"parent_cycle"}


# check 49
def test_refused_books_leave_the_ledger_as_it_was(importing: Importing) -> None:
    importing(BOOKS)
    before = held()
    with pytest.raises(UnableToReadBooks) as refused:
        importing(changed(changed(BOOKS, "invoices", 0, amount="oak"), "invoices", 1, due_on="2025-02-31"))
    assert {(problem.line, problem.column) for problem in refused.value.problems} == {
        (2, "amount"),
        (3, "due_on"),
    }
    assert held() == before


def test_what_does_not_go_with_the_ledger_is_refused_in_words(importing: Importing) -> None:
    importing(BOOKS)
    before = held()
    more = changed(BOOKS, "allocations", 0, amount="50.00")
    with pytest.raises(UnableToImportBooks) as refused:
        importing(more)
    (first, second) = refused.value.problems
    assert first.code == second.code == "beyond_ledger"
    assert first.what == (
        "together with the ledger, the allocations of the payment P1 come to 110.00 EUR, it holds 60.00"
    )
    assert second.what.endswith("the invoice I1 comes to 110.00 EUR, it amounts to 100.00")
    with pytest.raises(UnableToImportBooks):
        plan_import(importing.write(more), profile=None, ends_vanished=False)
    assert held() == before
    importing(more, ends_vanished=True)
    assert journal("2025-12-31") == {"invoice I1": 50, "invoice I2": 250, "payment P1": 10}


def test_nothing_vanishes_that_other_rows_name(importing: Importing) -> None:
    importing(with_rows(BOOKS, "promises", {
        "promise_id": "R1", "customer_id": "C2", "made_on": "2025-05-01", "due_on": "2025-05-09", "amount": "5",
    }))  # fmt: skip
    alone = {"customers": BOOKS["customers"][:1], "invoices": BOOKS["invoices"][:1]}
    with pytest.raises(UnableToImportBooks) as refused:
        importing(alone, ends_vanished=True)
    (problem,) = refused.value.problems
    assert problem.what == "C2 is no longer among the customers, but 1 row of promises in the ledger name it"


def test_a_plan_is_what_the_import_does_and_writes_nothing(importing: Importing) -> None:
    importing(BOOKS)
    before = held()
    later = with_rows(
        changed(BOOKS, "invoices", 1, amount="200.00"), "invoices", INVOICE | {"invoice_id": "I3"}
    )
    told: list[float] = []
    plan = plan_import(
        importing.write(later), profile=None, ends_vanished=True, progress=lambda _, done: told.append(done)
    )
    assert held() == before
    assert told == sorted(told)
    assert plan.changes == 2
    made = importing(later, ends_vanished=True)
    assert made.summary == plan.summary()
    assert made.sha256 == plan.sha256


def test_an_import_never_stands_before_the_one_before_it(importing: Importing) -> None:
    importing(BOOKS, at=FIRST)
    made = importing(changed(BOOKS, "invoices", 1, amount="200.00"), at=FIRST - timedelta(hours=1))
    assert made.at == FIRST + timedelta(microseconds=1)


def test_any_text_comes_back_as_it_was(importing: Importing) -> None:
    odd = [
        'a "quoted", name',
        "two\nlines",
        "\\.",
        "line\n\\.\nline",
        "back\\slash\tTab",
        "'; DROP",
        "NULL",
        "ü漢🙂",
        "=1+1",
    ]
    customers = [{"customer_id": f"C{n}", "name": text, "note": text} for n, text in enumerate(odd)]
    books = {"customers": customers, "invoices": [INVOICE | {"customer_id": "C0"}]}
    importing(books)
    stored = asked("SELECT name, extra->>'note' FROM ledger_current_customers ORDER BY customer_id")
    assert stored == [(text, text) for text in odd]
    assert counts(importing(books))["customers"] == (0, 0, 0, len(odd))


def test_an_import_is_in_the_audit(importing: Importing) -> None:
    made = importing(BOOKS)
    line = Line.objects.get(about_kind="import", about_id=str(made.pk))
    assert (line.what, line.at, line.after) == ("imported books", made.at, made.summary)


# check 51
def test_the_number_of_queries_does_not_grow_with_the_rows(importing: Importing) -> None:
    def statements(rows: int, first: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            importing(many(rows, first))
        return len(captured)

    statements(5, 0)
    assert statements(5, 100) == statements(2_000, 1_000)


def many(rows: int, first: int) -> Tables:
    """Books of so many invoices, each paid."""
    numbers = range(first, first + rows)
    return {
        "customers": BOOKS["customers"],
        "invoices": [INVOICE | {"invoice_id": f"M{n}"} for n in numbers],
        "payments": [BOOKS["payments"][0] | {"payment_id": f"MP{n}"} for n in numbers],
        "allocations": [{"payment_id": f"MP{n}", "invoice_id": f"M{n}", "amount": "60.00"} for n in numbers],
    }


PROFILE = """
description = "A list"

[[file]]
match = "list.csv"
[file.tables.customers.columns]
customer_id = "Who"
name = "Who"
[file.tables.invoices.columns]
invoice_id = "No"
customer_id = "Who"
issued_on = "Day"
due_on = "Due"
amount = "Sum"
"""


def test_a_foreign_shape_comes_in_by_its_profile(importing: Importing, tmp_path: Path) -> None:
    source = tmp_path / "list.csv"
    with source.open("w", newline="") as file:
        csv.writer(file).writerows(
            [["No", "Who", "Day", "Due", "Sum"], ["7", "Elm", "2025-03-03", "2025-04-02", "12.50"]]
        )
    profile = tmp_path / "shape.toml"
    profile.write_text(PROFILE)
    plan = plan_import(source, profile=str(profile), ends_vanished=False)
    assert {one.table: one.new.rows for one in plan.tables} == {"customers": 1, "invoices": 1}
    made = import_books(source, name="list", profile=str(profile), by=None, at=FIRST)
    assert (made.profile, journal("2025-12-31")) == ("shape", {"invoice 7": Decimal("12.50")})
