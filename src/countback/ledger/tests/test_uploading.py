"""From files to the ledger and back, by pages and jobs, on the real database."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from countback.accounts.rules import Scope
from countback.audit.models import Line
from countback.ledger import tasks
from countback.ledger.figures import opened
from countback.ledger.models import Import
from countback.ledger.schema import current_of
from countback.ledger.tests.conftest import CUSTOMERS, DOUBTFUL, INVOICES, ITEMS, Desk, sent, zipped
from countback.ledger.upload_models import Upload

pytestmark = pytest.mark.django_db(transaction=True)


def rows(table: str) -> int:
    """How many rows of a table stand."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {current_of(table)}")
        return int(cursor.fetchone()[0])


def test_a_foreign_list_is_read_previewed_confirmed_and_shown(desk: Desk, kept: Path) -> None:
    upload = desk.send(sent("open items.csv", ITEMS))
    assert (upload.state, upload.proposed, upload.name) == ("read", True, "open items.csv")
    preview = desk.shown("upload_shown", upload.id)
    assert "rows are new" in preview
    assert "1,650.50" in preview  # the invoices after it
    assert "Brandt" in preview  # the first rows, as they were read
    assert rows("invoices") == 0

    desk.post("confirm_upload", upload.id)
    assert desk.latest().state == "confirmed"
    assert "waiting for its turn" in desk.shown("upload_shown", upload.id)
    desk.work()
    upload = desk.latest()
    assert (upload.state, upload.sample) == ("done", {})
    assert rows("invoices") == 3
    result = desk.shown("import_shown", upload.imported.pk)
    assert "rows came in" in result
    assert upload.imported.sha256 in result
    assert "Alice Adams" in result
    assert "Undo this import" in result
    assert "open items.csv" in desk.shown("imports")
    assert list(kept.iterdir()) == []
    figure = (
        opened(Scope()).kpis("open_receivables", as_of=datetime(2026, 3, 31, tzinfo=UTC).date()).to_dicts()[0]
    )
    assert figure["value"] == Decimal("650.50")
    assert [line.what for line in Line.objects.order_by("id")] == [
        "files received", "import confirmed", "imported books",
    ]  # fmt: skip


def test_the_upload_of_a_done_import_leads_to_its_result(desk: Desk) -> None:
    upload = desk.imported(sent("items.csv", ITEMS))
    answer = desk.get("upload_shown", upload.id)
    assert (answer.status_code, answer["Location"]) == (302, f"/imports/{upload.imported.pk}/")
    by_htmx = desk.get("upload_shown", upload.id, headers={"HX-Request": "true"})
    assert by_htmx["HX-Redirect"] == f"/imports/{upload.imported.pk}/"


def test_questions_become_a_form_and_the_answers_are_used(desk: Desk) -> None:
    upload = desk.send(sent("items.csv", DOUBTFUL))
    assert upload.state == "asking"
    page = desk.shown("upload_shown", upload.id)
    assert "03/04/2026 is 3 April 2026" in page
    assert "day/month/year" in page
    names = set(re.findall(r'name="(answer [^"]+)"', page))
    assert names == {"answer date:items.csv:Issued", "answer date:items.csv:Due"}

    desk.post(
        "answer_upload", upload.id, **{"answer date:items.csv:Issued": "%d/%m/%Y", "answer no:such": "x"}
    )
    desk.work()
    assert desk.latest().state == "asking"  # one is still open
    assert [question["column"] for question in desk.latest().questions] == ["Due"]
    desk.post("answer_upload", upload.id, **{"answer date:items.csv:Due": "%d/%m/%Y"})
    desk.work()
    upload = desk.latest()
    assert upload.state == "read"
    invoices = next(table for table in upload.sample["tables"] if table["table"] == "invoices")
    assert invoices["rows"][0] == ["I-1", "C1", "2026-04-03", "2026-05-03", "1000.00"]


def test_an_answer_that_is_no_choice_is_refused_in_words(desk: Desk) -> None:
    upload = desk.send(sent("items.csv", DOUBTFUL))
    desk.post("answer_upload", upload.id, **{"answer date:items.csv:Issued": "%H"})
    desk.work()
    assert desk.latest().state == "refused"
    assert "was not taken" in desk.shown("upload_shown", upload.id)


@pytest.mark.parametrize("packed", [True, False])
def test_books_in_their_own_shape_need_no_profile(desk: Desk, packed: bool) -> None:
    tables = {"customers": CUSTOMERS, "invoices": INVOICES}
    files = [sent(f"{name}.csv", text) for name, text in tables.items()]
    upload = desk.imported(*([sent("books.zip", zipped(**tables))] if packed else files))
    assert (upload.proposed, upload.name) == (False, "books.zip" if packed else "customers.csv, invoices.csv")
    assert (rows("customers"), rows("invoices")) == (2, 2)


def test_a_shipped_profile_can_be_chosen_and_a_path_cannot(desk: Desk) -> None:
    german = "Rechnung;Kunde;Rechnungsdatum;Fällig am;Betrag\nR-1;K1;31.01.2026;02.03.2026;1.234,56\n"
    upload = desk.send(sent("items.csv", german), profile="open_items_de")
    assert (upload.state, upload.profile, upload.proposed) == ("read", "open_items_de", False)
    assert "1,234.56" in desk.shown("upload_shown", upload.id)
    assert desk.send(sent("items.csv", ITEMS), profile="../../secret.toml").profile == ""


def test_the_same_file_twice_changes_nothing(desk: Desk) -> None:
    desk.imported(sent("items.csv", ITEMS))
    upload = desk.send(sent("items.csv", ITEMS))
    preview = desk.shown("upload_shown", upload.id)
    assert "Nothing would change" in preview
    assert "Leave it at that" in preview
    assert "confirm/" not in preview
    before = Import.objects.count()
    desk.post("give_up_upload", upload.id)
    assert (Import.objects.count(), rows("invoices")) == (before, 3)


def test_changes_are_told_against_the_ledger(desk: Desk) -> None:
    desk.imported(sent("items.csv", ITEMS))
    later = ITEMS.replace("250.50", "300.50").replace("I-3,C1,Brandt,2026-02-01,2026-03-03,400.00,\n", "")
    upload = desk.send(sent("items.csv", later))
    assert upload.plan["invoices"]["changed"]["rows"] == 1
    assert upload.plan["invoices"]["vanished"]["rows"] == 1
    page = desk.shown("upload_shown", upload.id)
    assert "of the ledger" in page
    assert "+50.00" in page
    whole = desk.send(sent("items.csv", later), ends_vanished="on")
    assert "−350.00" in desk.shown("upload_shown", whole.id)
    desk.post("confirm_upload", whole.id)
    desk.work()
    assert rows("invoices") == 2


def test_undoing_takes_back_what_came_in_and_is_told_before_and_after(desk: Desk) -> None:
    imported = desk.imported(sent("items.csv", ITEMS)).imported
    assert "Undoing ends the" in desk.shown("import_shown", imported.pk)
    desk.post("undo", imported.pk)
    assert "being undone" in desk.shown("upload_shown", desk.latest().id)
    assert "waiting for its turn" in desk.shown("import_shown", imported.pk)
    desk.work()
    undone = desk.latest()
    assert (undone.state, undone.imported.undoes_id) == ("done", imported.pk)
    assert rows("invoices") == 0
    assert "had brought ended" in desk.shown("import_shown", undone.imported.pk)
    page = desk.shown("import_shown", imported.pk)
    assert "Undone" in page
    assert "Undo this import" not in page
    assert "undone" in desk.shown("imports")
    again = desk.post("undo", imported.pk)
    assert "it was undone before" in again.content.decode()
    assert Import.objects.count() == 2


def test_an_undoing_that_cannot_be_is_told_with_what_stands_against_it(desk: Desk) -> None:
    first = desk.imported(sent("items.csv", ITEMS)).imported
    desk.imported(sent("items.csv", ITEMS.replace("250.50", "300.50")))
    desk.post("undo", first.pk)
    desk.work()
    upload = desk.latest()
    assert upload.state == "failed"
    assert "undo that one first" in desk.shown("upload_shown", upload.id)
    assert rows("invoices") == 3
    desk.post("give_up_upload", upload.id)
    assert "Undo this import" in desk.shown("import_shown", first.pk)


def test_two_who_undo_at_once_undo_once(desk: Desk) -> None:
    imported = desk.imported(sent("items.csv", ITEMS)).imported
    for _ in range(2):
        desk.post("undo", imported.pk)
    assert Upload.objects.filter(undoes=imported).count() == 1
    desk.work()
    assert Import.objects.count() == 2


def test_demo_books_come_into_an_empty_ledger_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("countback.ledger.uploads_work.DEMO_CUSTOMERS", 6)
    monkeypatch.setattr("countback.ledger.uploads_work.DEMO_MONTHS", 4)
    assert "Load the demo books" in desk.shown("first")
    for _ in range(2):
        desk.post("load_demo")
    assert Upload.objects.count() == 1
    assert "Demo books" in desk.shown("first")
    desk.work()
    assert rows("customers") == 6
    first = desk.shown("first")
    assert "The books are here" in first
    assert "EUR" in first
    assert "Open the overview" in first
    refused = desk.post("load_demo").content.decode()
    assert "the ledger holds books" in refused
    assert (Path(settings.MIRROR) / "current" / "books.json").is_file()


def test_what_is_given_up_leaves_no_file_and_nothing_in_the_ledger(desk: Desk, kept: Path) -> None:
    upload = desk.send(sent("items.csv", ITEMS))
    assert list(kept.rglob("items.csv"))
    page = desk.post("give_up_upload", upload.id).content.decode()
    assert "was given up" in page
    assert list(kept.iterdir()) == []
    upload = desk.latest()
    assert (upload.state, upload.sample, upload.plan) == ("given_up", {}, {})
    answer = desk.post("confirm_upload", upload.id).content.decode()
    assert "it was not confirmed" in answer
    assert not ProcrastinateJob.objects.exists()
    assert not Import.objects.exists()


def test_the_page_of_the_result_says_while_the_figures_are_behind(desk: Desk) -> None:
    upload = desk.imported(sent("items.csv", ITEMS))
    assert "being brought up to date with this" not in desk.shown("import_shown", upload.imported.pk)
    assert "up to date with this" in desk.shown("import_shown", upload.imported.pk)
    tasks.refresh_figures.defer()
    assert "being brought up to date" in desk.shown("import_shown", upload.imported.pk)


def test_what_was_read_in_the_wrong_way_is_read_again(desk: Desk) -> None:
    upload = desk.send(sent("items.csv", ITEMS), profile="xero_invoices")
    assert upload.state == "refused"
    desk.post("read_upload_again", upload.id, profile="")
    desk.work()
    assert desk.latest().state == "read"
