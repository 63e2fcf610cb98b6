"""Erasing from end to end: what goes, what stays, and that every figure is what it was."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from countback.accounts.rules import Scope
from countback.accounts.testing import World
from countback.audit import queries as audit
from countback.audit.models import Line
from countback.ledger import figures
from countback.ledger.mirror import opened as mirror
from countback.ledger.mirror.folders import ANSWERS
from countback.ledger.models import Import
from countback.ledger.reconcile import differences
from countback.ledger.records import erasing, exporting, fields
from countback.ledger.records.models import Address, ContactPerson, CustomField, Erasure, FieldValue, Note
from countback.ledger.records.testing import SECRETS, collected, doing, filled, imported, in_mirror, refreshed
from countback.ledger.testing import Importing, asked, changed
from countback.ledger.upload_models import Upload
from countback.ledger.uploads_changes import has_changed

pytestmark = [pytest.mark.django_db(transaction=True)]

DAYS = (date(2025, 3, 31), date(2025, 4, 30), date(2026, 1, 31))


def every_figure() -> dict[tuple[date, str, str], Any]:
    """Each KPI on a few days, whole and by segment."""
    found = {}
    books = figures.opened(Scope())
    for day in DAYS:
        for by in ((), ("segment",), ("customer",)):
            for row in books.kpis(as_of=day, by=list(by)):
                found[day, row["kpi"], str(row["by"])] = (row["value"], row["numerator"], row["denominator"])
    return found


def erased(world: World, customer_id: str = "C1") -> Erasure:
    seen = erasing.preview_customer(customer_id).seen
    made = erasing.erase_customer(customer_id, seen=seen, doing=doing(world.alice))
    refreshed()
    return made


def in_database(*needles: str) -> list[str]:
    """Tables whose rows hold one of the texts."""
    tables = [
        row[0]
        for row in asked(
            """SELECT table_name FROM information_schema.tables
            WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"""
        )
    ]
    return [
        f"{table}: {needle}"
        for table in tables
        for needle in needles
        if asked(f'SELECT 1 FROM "{table}" AS one WHERE one::text LIKE %s LIMIT 1', f"%{needle}%")
    ]


def test_everything_personal_goes_and_every_figure_stays(world: World, importing: Importing) -> None:
    imported(importing)
    filled(world.alice)
    Upload.objects.create(
        name="x.csv", at=doing(world.alice).at, sample={"tables": [{"rows": [["Alder", "1"]]}]}
    )
    figures_before, held_before = every_figure(), in_mirror("Alder")
    assert any("versions" in one for one in held_before)
    assert len([one for one in held_before if "current-" in one]) >= 2, "old generations are kept"
    assert {one.partition(":")[0] for one in in_database(*SECRETS)} >= {
        "ledger_customers", "ledger_contactperson", "ledger_address", "ledger_note", "ledger_fieldvalue",
        "ledger_upload",
    }  # fmt: skip
    made = erased(world)
    assert in_database(*SECRETS) == []
    assert in_mirror(*SECRETS) == []
    assert every_figure() == figures_before
    assert made.counts == {"versions": 2, "people": 1, "addresses": 1, "notes": 3, "values": 1}
    assert audit.verify() == []
    assert differences(Path(settings.MIRROR)) == []
    known = figures.opened(Scope(), known_at=datetime(2026, 1, 5, 12, tzinfo=UTC)).customer("C1")
    assert known is not None
    assert (known["name"], known["email"], known["segment"]) == ("erased", "erased", "big")
    assert figures.opened(Scope()).customer("C2")["name"] == "Birch"
    assert not erasing.is_behind()


def test_no_line_of_the_audit_holds_anything_personal(world: World, importing: Importing) -> None:
    imported(importing)
    person = filled(world.alice)
    exporting.copy_of_customer("C1", doing(world.alice))
    exporting.copy_of_person(person, doing(world.alice))
    lines = [str(line.content) for line in Line.objects.all()]
    assert len(lines) >= 9
    assert [one for one in SECRETS for line in lines if one in line] == []


def test_a_later_import_brings_nothing_back_and_says_so(world: World, importing: Importing) -> None:
    imported(importing)
    erased(world)
    made = importing(
        changed(collected(), "customers", 0, email="new@alder.example", note="calls Mondays", segment="x")
    )
    words = has_changed(made.summary, took_back=False)
    assert "1 customer was erased here" in words
    assert "not taken" in words
    rows = asked(
        "SELECT name, email, phone, segment, extra->>'note' FROM ledger_current_customers WHERE customer_id = 'C1'"
    )
    assert rows == [("erased", "erased", "erased", "x", "erased")], "what is not personal is taken"
    same = importing(changed(collected(), "customers", 0, segment="x"))
    assert same.changes == 0
    assert "1 customer was erased here" in has_changed(same.summary, took_back=False)
    refreshed()
    assert in_mirror("Alder", "alder.example", "Mondays") == []


def test_one_who_vanished_and_comes_back_stays_erased(world: World, importing: Importing) -> None:
    books = collected()
    imported(importing)
    third = {"customer_id": "C9", "name": "Cedar", "email": "c@cedar.example"}
    more = books | {"customers": [*books["customers"], third]}
    importing(more)
    refreshed()
    erased(world, "C9")
    importing(books, ends_vanished=True)
    assert asked("SELECT 1 FROM ledger_current_customers WHERE customer_id = 'C9'") == []
    made = importing(more)
    assert made.summary["customers"]["kept_erased"] == 1
    assert asked("SELECT name, email FROM ledger_current_customers WHERE customer_id = 'C9'") == [
        ("erased", "erased")
    ]


def test_undoing_an_import_brings_no_name_back(world: World, importing: Importing) -> None:
    from countback.ledger.actions import undo_import

    imported(importing)
    erased(world)
    latest = Import.objects.latest("at")
    undo_import(latest.pk, by=None, at=importing.at())
    assert asked("SELECT DISTINCT name FROM ledger_customers WHERE customer_id = 'C1'") == [("erased",)]


def test_what_changed_since_it_was_shown_is_not_erased_unseen(world: World, importing: Importing) -> None:
    imported(importing)
    person = filled(world.alice)
    seen = erasing.preview_customer("C1").seen
    ContactPerson.objects.filter(pk=person.pk).update(version=2)
    with pytest.raises(erasing.UnableToErase, match="added or changed since"):
        erasing.erase_customer("C1", seen=seen, doing=doing(world.alice))
    assert not Erasure.objects.exists()
    assert Note.objects.filter(text__contains="Wagner").exists()


def test_twice_erased_is_told(world: World, importing: Importing) -> None:
    imported(importing)
    erased(world)
    preview = erasing.preview_customer("C1")
    assert preview.goes == ()
    with pytest.raises(erasing.UnableToErase, match="nothing personal is left"):
        erasing.erase_customer("C1", seen=preview.seen, doing=doing(world.alice))


def test_what_is_written_after_an_erasure_can_be_erased_again(world: World, importing: Importing) -> None:
    imported(importing)
    erased(world)
    filled(world.alice)
    assert erased(world).counts == {"versions": 0, "people": 1, "addresses": 1, "notes": 3, "values": 1}
    assert in_database("Wagner") == []


def test_of_one_person_what_names_them_goes_and_nothing_else(world: World, importing: Importing) -> None:
    imported(importing)
    person = filled(world.alice)
    preview = erasing.preview_person(person)
    assert [len(preview.found.notes), len(preview.found.values)] == [2, 0]
    erasing.erase_person(person, seen=preview.seen, doing=doing(world.alice))
    person.refresh_from_db()
    assert (person.name, person.email, person.phone, person.function, person.main) == (
        "erased",
        "",
        "",
        "",
        False,
    )
    assert person.ended_at is not None
    assert sorted(Note.objects.values_list("text", flat=True)) == ["A quiet year", "erased", "erased"]
    assert Address.objects.get().lines == "Lindenweg 7"
    assert FieldValue.objects.get().value == "likes football"
    assert asked("SELECT name FROM ledger_current_customers WHERE customer_id = 'C1'") == [("Alder",)]


def test_a_field_that_holds_nothing_personal_stays(world: World, importing: Importing) -> None:
    imported(importing)
    did = doing(world.alice)
    given = {"name": "Insured up to", "kind": "number", "choices": [], "help": "", "personal": False}
    field = fields.define_field(given, did)
    fields.set_values("C1", [fields.Setting(field, None, "5000", False)], did)
    erased(world)
    assert CustomField.objects.get() == field
    assert FieldValue.objects.get().value == "5000"


def test_a_reader_of_an_old_generation_reads_on_and_its_file_is_erased(
    world: World, importing: Importing
) -> None:
    imported(importing)
    reading = mirror.opened(Path(settings.MIRROR))
    answers = reading.held.folder / ANSWERS
    answers.parent.mkdir()
    answers.write_text("Alder owes most")
    erased(world)
    assert reading.held.folder.is_dir(), "it is being read"
    assert not answers.exists()
    assert in_mirror("Alder") == []
    names = reading.books.loaded.connection.execute("SELECT name FROM books.customers ORDER BY 1").fetchall()
    assert len(names) == 2
    del reading


def test_a_refresh_that_is_killed_in_the_middle_is_ended_by_the_next(
    world: World, importing: Importing, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(importing)
    seen = erasing.preview_customer("C1").seen
    erasing.erase_customer("C1", seen=seen, doing=doing(world.alice))
    assert erasing.is_behind()
    from countback.ledger.mirror import refreshing

    for step in ("_made", "erasing.clear_generations", "erasing.erase_versions"):
        with monkeypatch.context() as patch:
            patch.setattr(f"countback.ledger.mirror.refreshing.{step}", broken)
            with pytest.raises(KeyboardInterrupt):
                refreshing.refresh(Path(settings.MIRROR))
    refreshed()
    assert in_mirror("Alder") == []
    assert not (Path(settings.MIRROR) / "erasing").exists()


def broken(*_: object, **__: object) -> None:
    """As if it were killed."""
    raise KeyboardInterrupt


def test_a_mirror_made_anew_knows_no_erased_name(world: World, importing: Importing) -> None:
    from countback.ledger.mirror import rebuild

    imported(importing)
    seen = erasing.preview_customer("C1").seen
    erasing.erase_customer("C1", seen=seen, doing=doing(world.alice))
    rebuild(Path(settings.MIRROR))
    assert in_mirror("Alder") == []


def test_a_job_brings_the_figures_after(world: World, importing: Importing) -> None:
    imported(importing)
    seen = erasing.preview_customer("C1").seen
    erasing.erase_customer("C1", seen=seen, doing=doing(world.alice))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'refresh_figures'")
        assert cursor.fetchone()[0] >= 1
