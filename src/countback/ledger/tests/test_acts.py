"""What is recorded here, beside what books bring."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from procrastinate.contrib.django.models import ProcrastinateJob

from countback.accounts.actions import Doing
from countback.accounts.testing import World
from countback.audit.models import Line
from countback.ledger import mirror
from countback.ledger.actions import undo_import
from countback.ledger.acts import (
    Act,
    Added,
    Changed,
    UnableToChangeFact,
    UnableToRecord,
    current,
    record_act,
)
from countback.ledger.locks import IMPORTING, hold
from countback.ledger.mirror.opened import opened
from countback.ledger.mirror.testing import session
from countback.ledger.models import Import
from countback.ledger.testing import BOOKS, Importing, asked, with_rows
from tests.generated_books import Tables

pytestmark = pytest.mark.django_db(transaction=True)

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
PROMISE: dict[str, Any] = {
    "customer_id": "C1", "invoice_id": "I1", "made_on": date(2026, 6, 1), "due_on": date(2026, 6, 5),
    "amount": Decimal("40.00"), "currency": "EUR", "collector": "anna",
}  # fmt: skip
IMPORTED = {
    "promise_id": "X1", "customer_id": "C1", "invoice_id": "I1", "made_on": "2025-05-01", "due_on": "2025-05-20",
    "amount": "40.00",
}  # fmt: skip
WITH_PROMISE: Tables = with_rows(BOOKS, "promises", IMPORTED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "books"
    made.mkdir()
    return made


@pytest.fixture
def importing(folder: Path, no_job: None) -> Importing:
    del no_job
    return Importing(folder)


@pytest.fixture
def bob(world: World) -> Doing:
    return Doing(world.bob, MONDAY, "192.0.2.1")


def promised(doing: Doing, **values: Any) -> Act:
    return record_act("promise recorded", "C1", doing, added=[Added("promises", PROMISE | values)])


def withdrawn(number: str, seen: int, doing: Doing) -> Act:
    change = Changed("promises", number, seen, {"withdrawn_on": date(2026, 6, 2)})
    return record_act("promise withdrawn", "C1", doing, changed=[change])


def promises() -> list[tuple[Any, ...]]:
    return asked("SELECT promise_id, amount, withdrawn_on FROM ledger_current_promises ORDER BY 1")


def test_a_row_is_added_with_its_line_of_the_audit_and_no_import_is_listed(
    importing: Importing, bob: Doing
) -> None:
    importing(BOOKS)
    act = promised(bob)
    assert act.numbers == (f"P-{act.made.pk}",)
    assert promises() == [(act.numbers[0], Decimal(40), None)]
    line = Line.objects.get(what="promise recorded")
    assert (line.who_id, line.about_id, line.after) == (bob.by.pk, "C1", {"numbers": [act.numbers[0]]})
    assert [one.act for one in Import.of_books.all()] == [""]
    assert asked("SELECT recorded_at, known_from FROM ledger_promises") == [
        (MONDAY.replace(tzinfo=None), MONDAY)
    ]


def test_several_rows_of_one_act_have_numbers_of_their_own(importing: Importing, bob: Doing) -> None:
    importing(BOOKS)
    rows = [Added("promises", PROMISE | {"amount": Decimal(10 + place)}) for place in range(3)]
    act = record_act("promises recorded", "C1", bob, added=rows)
    assert act.numbers == (f"P-{act.made.pk}", f"P-{act.made.pk}-1", f"P-{act.made.pk}-2")


def test_a_number_that_other_books_brought_is_not_used_again(importing: Importing, bob: Doing) -> None:
    first = importing(BOOKS)
    importing(with_rows(BOOKS, "promises", IMPORTED | {"promise_id": f"P-{first.pk + 2}"}))
    assert promised(bob).numbers == (f"P-{first.pk + 2}'",)
    assert len(promises()) == 2


def test_a_change_puts_another_version_in_the_place_of_the_one_seen(importing: Importing, bob: Doing) -> None:
    importing(BOOKS)
    (number,) = promised(bob).numbers
    first = current("promises", number)
    assert first is not None
    withdrawn(number, first["version"], Doing(bob.by, MONDAY + timedelta(days=1)))
    assert promises() == [(number, Decimal(40), date(2026, 6, 2))]
    known = asked("SELECT known_until FROM ledger_ended WHERE table_name = 'promises'")
    assert known == [(MONDAY + timedelta(days=1),)]
    with pytest.raises(UnableToChangeFact, match="somebody else has changed it"):
        withdrawn(number, first["version"], bob)
    assert Import.objects.exclude(act="").count() == 2, "the second left nothing behind"


def test_a_version_of_another_row_is_not_ended(importing: Importing, bob: Doing) -> None:
    importing(BOOKS)
    (first,), (second,) = promised(bob).numbers, promised(bob).numbers
    found = current("promises", second)
    assert found is not None
    with pytest.raises(UnableToChangeFact):
        withdrawn(first, found["version"], bob)
    assert [row[2] for row in promises()] == [None, None]


def test_of_two_who_change_the_same_at_once_one_is_told(importing: Importing, bob: Doing) -> None:
    importing(BOOKS)
    (number,) = promised(bob).numbers
    found = current("promises", number)
    assert found is not None
    together = threading.Barrier(4)

    def change(_: int) -> str:
        together.wait()
        try:
            withdrawn(number, found["version"], bob)
        except UnableToChangeFact:
            return "told"
        finally:
            connections.close_all()
        return "changed"

    with ThreadPoolExecutor(4) as four:
        assert sorted(four.map(change, range(4))) == ["changed", "told", "told", "told"]
    assert len(asked("SELECT version FROM ledger_promises")) == 2


def test_it_waits_for_no_import(importing: Importing, bob: Doing) -> None:
    importing(BOOKS)
    with session() as other:
        other.execute("BEGIN")
        hold(other, IMPORTING)
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '5s'")
        assert promised(bob).numbers
        other.execute("ROLLBACK")


@pytest.mark.parametrize(
    ("customer", "invoice", "why"),
    [
        ("C9", None, "no customer C9"),
        ("C1", "I2", "C1 has no invoice I2"),
        ("C1", "I9", "C1 has no invoice I9"),
    ],
)
def test_of_strangers_nothing_is_recorded(
    importing: Importing, bob: Doing, customer: str, invoice: str | None, why: str
) -> None:
    importing(BOOKS)
    strange = PROMISE | {"customer_id": customer, "invoice_id": invoice}
    with pytest.raises(UnableToRecord, match=why):
        record_act("promise recorded", customer, bob, added=[Added("promises", strange)])
    assert promises() == []
    assert not Line.objects.filter(what="promise recorded").exists()
    assert not ProcrastinateJob.objects.filter(status="todo").exists()


def test_the_figures_are_asked_to_follow_once_for_many_acts(importing: Importing, bob: Doing) -> None:
    importing(BOOKS)
    for _ in range(3):
        promised(bob)
    assert ProcrastinateJob.objects.filter(task_name="refresh_figures", status="todo").count() == 1


def test_figures_count_what_was_recorded(importing: Importing, bob: Doing, tmp_path: Path) -> None:
    importing(BOOKS)
    mirror.refresh(tmp_path / "mirror")
    promised(bob, due_on=date(2026, 6, 3))
    mirror.refresh(tmp_path / "mirror")
    (kept,) = opened(tmp_path / "mirror").books.kpis("promise_kept_rate", as_of=date(2026, 6, 30)).to_dicts()
    assert kept["value"] == 0, "one promise was due, and nothing was paid"


def test_books_that_cannot_know_of_it_do_not_end_it(importing: Importing, bob: Doing) -> None:
    importing(WITH_PROMISE)
    (number,) = promised(bob).numbers
    made = importing(with_rows(BOOKS, "promises", IMPORTED | {"promise_id": "X2"}), ends_vanished=True)
    assert [row[0] for row in promises()] == [number, "X2"]
    counts = made.summary["promises"]
    assert [counts[one]["rows"] for one in ("new", "vanished", "same", "before", "after")] == [1, 1, 0, 2, 2]


def test_books_that_repeat_themselves_do_not_take_a_change_back(importing: Importing, bob: Doing) -> None:
    """X1 came from books and was withdrawn here; the books go on as if it stood, until they say something new."""
    importing(WITH_PROMISE)
    found = current("promises", "X1")
    assert found is not None
    withdrawn("X1", found["version"], bob)
    again = importing(WITH_PROMISE, ends_vanished=True)
    assert promises() == [("X1", Decimal(40), date(2026, 6, 2))]
    assert [again.summary["promises"][one]["rows"] for one in ("changed", "vanished")] == [0, 0]
    newer = importing(with_rows(BOOKS, "promises", IMPORTED | {"amount": "35.00"}))
    assert promises() == [("X1", Decimal(35), None)]
    assert newer.summary["promises"]["changed"]["rows"] == 1


def test_an_act_is_undone_like_an_import(importing: Importing, bob: Doing) -> None:
    importing(WITH_PROMISE)
    found = current("promises", "X1")
    assert found is not None
    act = withdrawn("X1", found["version"], bob)
    undone = undo_import(act.made.pk, by=bob.by, at=MONDAY + timedelta(hours=1))
    assert promises() == [("X1", Decimal(40), None)]
    assert (undone.undoes, undone.act) == (act.made, "promise withdrawn")
    assert Import.of_books.count() == 1
