"""Files that are not taken, and requests that are not: each says why, and nothing is changed."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from countback.accounts.models import Person
from countback.accounts.testing import JOINED, World
from countback.books.load import check
from countback.ledger.models import Import
from countback.ledger.tests.conftest import CUSTOMERS, INVOICES, ITEMS, Desk, sent, zipped
from countback.ledger.upload_models import Upload

pytestmark = pytest.mark.django_db(transaction=True)

FAULTY = INVOICES + "I-2,C2,2026-02-31,,-5.00,EUR\nI-4,C9,2026-01-20,2026-02-19,ten,EUR\n"


def test_each_fault_is_shown_with_its_place_and_remedy(desk: Desk) -> None:
    upload = desk.send(sent("customers.csv", CUSTOMERS), sent("invoices.csv", FAULTY))
    assert upload.state == "refused"
    page = desk.shown("upload_shown", upload.id)
    refused = [problem for problem in upload.problems if problem["severity"] == "refused"]
    assert {problem["line"] for problem in refused} == {4, 5}
    assert f"Refused: {len(refused)} things to mend" in page
    for problem in refused:
        assert f'<td data-label="Line">{problem["line"]}</td>' in page
    assert "2026-02-31" in page
    assert "C9" in page
    desk.post("confirm_upload", upload.id)
    desk.work()
    assert (desk.latest().state, Import.objects.count()) == ("refused", 0)


def test_the_first_two_hundred_are_shown_and_all_are_in_the_file(desk: Desk) -> None:
    many = INVOICES + "".join(f"X{n},=C9,2026-01-20,2026-02-19,10.00,EUR\n" for n in range(250))
    upload = desk.send(sent("customers.csv", CUSTOMERS), sent("invoices.csv", many))
    page = desk.shown("upload_shown", upload.id)
    assert page.count("<tr>") == 201
    assert "50 more are not shown here" in page
    answer = desk.get("upload_problems", upload.id)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert len(lines) == len(upload.problems) == 250
    assert lines[0] | {"what": "", "remedy": ""} == {
        "severity": "refused", "file": "invoices.csv", "line": "4", "column": "customer_id", "what": "", "remedy": "",
    }  # fmt: skip
    assert answer["Content-Disposition"] == 'attachment; filename="problems.csv"'


def test_cells_of_the_file_are_no_formulas(desk: Desk) -> None:  # check 56
    upload = desk.send(sent("customers.csv", CUSTOMERS), sent("invoices.csv", INVOICES))
    problem = {
        "severity": "refused",
        "file": "=x.csv",
        "line": 2,
        "column": "@a",
        "what": "+1+1",
        "remedy": "-b",
    }
    Upload.objects.filter(pk=upload.pk).update(problems=[problem])
    text = b"".join(desk.get("upload_problems", upload.id).streaming_content).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1] == ["refused", "'=x.csv", "2", "'@a", "'+1+1", "'-b"]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (sent("a.csv", "\0\0\0"), "a.csv"),
        (sent("list.csv", "just words\n"), "What to do"),
        (sent("broken.xlsx", b"PK no workbook"), "broken.xlsx"),
        (sent("broken.parquet", b"PAR1 nothing"), "broken.parquet"),
        (sent("broken.zip", b"PK no zip"), "is no zip that can be read"),
        (sent("empty.zip", zipped()), "What to do"),
        (sent("books.zip", zipped(customers=CUSTOMERS)), "invoices"),
        (sent("invoices.csv", INVOICES), "customers"),
        (sent("up.zip", zipped(**{"../../escaped": CUSTOMERS})), "leads out of the folder"),
    ],
)
def test_files_that_cannot_be_read_say_why(desk: Desk, file: object, words: str, kept: Path) -> None:
    file.seek(0)  # type: ignore[attr-defined]
    upload = desk.send(file)  # type: ignore[arg-type]
    assert upload.state == "refused"
    page = desk.shown("upload_shown", upload.id)
    assert words.lower() in page.lower()
    assert str(kept) not in page
    assert not list(kept.parent.rglob("escaped.csv"))


def test_files_with_faults_of_a_public_project(desk: Desk) -> None:
    shared = os.environ.get("COUNTBACK_SHARED")
    folder = Path(shared or "nowhere") / "data/receivables/linked_tables_with_faults"
    if not folder.is_dir():
        pytest.skip("COUNTBACK_SHARED names no folder with data/receivables")
    files = [sent(path.name, path.read_bytes()) for path in folder.iterdir()]
    upload = desk.send(*files, profile="linked_tables_with_faults")
    assert upload.state == "refused"
    found = check(folder, profile="linked_tables_with_faults")
    places = {
        (problem.severity, problem.file, problem.line, problem.column, problem.what) for problem in found
    }
    told = upload.problems
    assert {(one["severity"], one["file"], one["line"], one["column"], one["what"]) for one in told} == places
    page = desk.shown("upload_shown", upload.id)
    for problem in found:
        if problem.severity == "refused":
            assert f'<td data-label="Line">{problem.line:,}</td>' in page


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], "no file was chosen"),
        ([sent("a.pdf", "x")], "a.pdf was not taken"),
        ([sent("a.csv", "")], "not a single byte"),
        ([sent("a.csv", "x"), sent("b/a.csv", "y")], "two files have that name"),
        ([sent("a.csv", "x" * 3000)], "at most 2.0 KB"),
        ([sent("a.csv", "x" * 1500), sent("b.csv", "x" * 1500)], "at most 2.0 KB"),
    ],
)
def test_what_is_not_taken_says_why_and_leaves_nothing(
    desk: Desk, files: list[object], words: str, settings: Settings, kept: Path
) -> None:
    settings.UPLOAD_BYTES = 2048
    for file in files:
        file.seek(0)  # type: ignore[attr-defined]
    answer = desk.post("upload", files=files)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Upload.objects.exists()
    assert not kept.exists() or not list(kept.iterdir())


def test_a_path_of_the_sender_is_nowhere_kept(desk: Desk, kept: Path) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="../../..\\..\\etc/cron.d/\x00items.csv"\r\n'
        b"Content-Type: text/csv\r\n\r\n" + ITEMS.encode() + b"\r\n--x--\r\n"
    )
    answer = desk.page.post(reverse("ledger:upload"), body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 302
    upload = desk.latest()
    assert upload.name == "items.csv"
    assert [str(path.relative_to(kept / str(upload.id))) for path in kept.rglob("*.csv")] == [
        "books/items.csv"
    ]


def test_no_form_is_taken_without_its_token(world: World, no_job: None) -> None:
    strict = world.client_of(world.alice, enforce_csrf_checks=True)
    answer = strict.post(reverse("ledger:upload"), {"files": sent("a.csv", ITEMS)})
    assert answer.status_code == 403
    for route in ("load_demo",):
        assert strict.post(reverse(f"ledger:{route}")).status_code == 403
    assert not Upload.objects.exists()
    token = strict.get(reverse("ledger:upload")).cookies["csrftoken"].value
    fields = {"files": sent("a.csv", ITEMS), "csrfmiddlewaretoken": token}
    assert strict.post(reverse("ledger:upload"), fields).status_code == 302


def person(role: str) -> Person:
    """Somebody of a role."""
    return Person.objects.create_user(
        f"{role}@example.com", role=role, joined_at=JOINED, all_entities=True, all_collectors=True
    )


GET = ("imports", "upload", "upload_shown", "upload_problems", "import_shown")
POST = (
    "load_demo",
    "answer_upload",
    "read_upload_again",
    "confirm_upload",
    "try_upload_again",
    "give_up_upload",
    "undo",
)


def address(route: str, upload: Upload) -> str:
    """Where the page lies for that upload or its import."""
    given: list[object] = []
    if route in ("undo", "import_shown"):
        given = [upload.imported_id]
    elif "upload" in route and route != "upload":
        given = [upload.id]
    return reverse(f"ledger:{route}", args=given)


def test_who_may_import_sees_all_uploads_others_none(desk: Desk, world: World) -> None:
    upload = desk.imported(sent("items.csv", ITEMS))
    manager = world.client_of(person("manager"))
    for route in GET:
        assert manager.get(address(route, upload), follow=True).status_code == 200, route
    for refused in (world.bob, world.charlie, person("auditor"), person("agency")):
        page = world.client_of(refused)
        for route in GET:
            assert page.get(address(route, upload)).status_code == 403, route
        for route in POST:
            assert page.post(address(route, upload)).status_code == 403, route
    stranger: Client = world.client_of(None)
    for route in (*GET, "first"):
        answer = stranger.get(address(route, upload))
        assert answer["Location"].startswith("/accounts/login/"), route
    for route in POST:
        assert stranger.post(address(route, upload))["Location"].startswith("/accounts/login/"), route
    assert Import.objects.count() == 1
    assert "Somebody who may import" not in world.client_of(world.charlie).get("/first/").content.decode()


def test_only_forms_that_are_sent_change_anything(desk: Desk) -> None:
    upload = desk.imported(sent("items.csv", ITEMS))
    for route in POST:
        assert desk.page.get(address(route, upload)).status_code == 405, route
    for route in GET:
        if route != "upload":
            assert desk.page.post(address(route, upload)).status_code == 405, route


def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    nobody = "00000000-0000-4000-8000-000000000000"
    for path in (f"/imports/uploads/{nobody}/", f"/imports/uploads/{nobody}/problems.csv", "/imports/99999/"):
        assert desk.page.get(path).status_code == 404
    for path in (f"/imports/uploads/{nobody}/confirm/", "/imports/99999/undo/"):
        assert desk.page.post(path).status_code == 404
    assert desk.page.get("/imports/", {"page": "x" * 50}).status_code == 200
    assert desk.page.get("/imports/", {"page": "999999"}).status_code == 200


def test_the_list_asks_the_database_as_often_for_many_as_for_one(desk: Desk, world: World) -> None:
    def listed(number: int) -> None:
        made = {"at": JOINED, "by": world.alice}
        first = Import.objects.create(name=f"{number}", **made)
        Import.objects.create(name=f"undo {number}", undoes=first, **made)
        Upload.objects.create(name=f"upload {number}", **made)

    listed(0)
    with CaptureQueriesContext(connection) as one:
        assert "upload 0" in desk.shown("imports")
    for number in range(1, 20):
        listed(number)
    with CaptureQueriesContext(connection) as many:
        assert "undo 19" in desk.shown("imports")
    assert len(many) == len(one)


def test_the_list_is_turned_a_hundred_at_a_time(desk: Desk) -> None:
    Import.objects.bulk_create(Import(name=f"import {number}", at=JOINED) for number in range(101))
    assert "import 0<" not in desk.shown("imports")
    assert "earlier ›" in desk.shown("imports")
    second = desk.get("imports", data={"page": "2"}).content.decode()
    assert "import 0<" in second
    assert "‹ later" in second
