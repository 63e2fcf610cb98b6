"""Jobs that are killed, fail, are late or come twice: no upload hangs, none is imported twice."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from countback.ledger import tasks, uploads_minded, uploads_work
from countback.ledger.mirror.testing import Waiting
from countback.ledger.models import Import
from countback.ledger.tests.conftest import ITEMS, Desk, sent
from countback.ledger.upload_models import State, Upload
from countback.ledger.uploads import moved

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def confirmed(desk: Desk) -> Upload:
    """An upload that waits to be imported."""
    upload = desk.send(sent("items.csv", ITEMS))
    desk.post("confirm_upload", upload.id)
    return desk.latest()


def take_up_stalled() -> None:
    """What the periodic job does, on a connection as workers have it."""

    async def taken() -> None:
        worker = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
        async with worker.open_async():
            context = type("Context", (), {"app": worker})()
            await tasks.take_up_stalled.func(context, 0)

    asyncio.run(taken())


WORKER = """
import pathlib, sys, time
from django.conf import settings
marker, settings.UPLOADS = map(pathlib.Path, sys.argv[1:3])
from countback.ledger import actions
real = actions.import_books
def slow(*given, **named):
    made = real(*given, **named)
    marker.touch()
    time.sleep(60)
    return made
actions.import_books = slow
from procrastinate.contrib.django import app
app.periodic_registry.periodic_tasks.clear()
app.with_connector(app.connector.get_worker_connector()).run_worker(wait=False, listen_notify=False)
"""
"""A worker that stops in the middle of importing."""


def killed_in_the_middle(beside: Waiting, marker: Path, uploads: Path) -> None:
    """Has a worker in a process of its own begin to import, and kills it there."""
    beside.kill_at(marker, WORKER, marker, uploads)


def test_an_import_whose_worker_is_killed_is_taken_up_again_and_done_once(
    desk: Desk, beside: Waiting, kept: Path, tmp_path: Path
) -> None:  # check 49
    upload = confirmed(desk)
    killed_in_the_middle(beside, tmp_path / "importing", kept)
    assert desk.latest().state == "importing"
    assert not Import.objects.exists()
    assert "All or nothing" in desk.shown("upload_shown", upload.id)

    desk.work()  # nobody gave the job back yet: it is still held by the worker that is dead
    assert desk.latest().state == "importing"
    with connection.cursor() as cursor:  # half a minute goes by without a sign of life
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '31 seconds'"
        )
    take_up_stalled()
    desk.work()
    upload = desk.latest()
    assert (upload.state, upload.attempt, Import.objects.count()) == ("done", 2, 1)


def test_a_job_that_is_killed_again_and_again_is_given_to_a_person(desk: Desk) -> None:
    upload = confirmed(desk)
    Upload.objects.filter(pk=upload.pk).update(state="importing", attempt=uploads_work.MOST_ATTEMPTS)
    desk.work()
    assert desk.latest().state == "failed"
    page = desk.shown("upload_shown", upload.id)
    assert "the server stopped 3 times" in page.lower()
    desk.post("try_upload_again", upload.id)
    desk.work()
    assert desk.latest().state == "done"


def test_an_upload_whose_job_was_lost_does_not_hang(desk: Desk) -> None:
    upload = confirmed(desk)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
    uploads_minded.mind(at=NOW)
    assert desk.latest().state == "failed"
    assert "the job that worked on it was lost" in desk.shown("upload_shown", upload.id).lower()
    desk.post("try_upload_again", upload.id)
    desk.work()
    assert desk.latest().state == "done"


def test_an_upload_with_a_job_is_left_alone(desk: Desk) -> None:
    confirmed(desk)
    uploads_minded.mind(at=NOW)
    assert desk.latest().state == "confirmed"


def test_an_attempt_that_was_overtaken_changes_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = confirmed(desk)
    real = uploads_work.actions.import_books

    def overtaken(*given: Any, **named: Any) -> Import:
        made = real(*given, **named)
        beside = connection.copy()
        with beside.cursor() as cursor:  # a later attempt has it now, on another connection
            cursor.execute("UPDATE ledger_upload SET attempt = attempt + 1 WHERE id = %s", [upload.id])
        beside.close()
        return made

    monkeypatch.setattr(uploads_work.actions, "import_books", overtaken)
    uploads_work.run_import(upload.id, at=NOW)
    assert (desk.latest().state, Import.objects.count()) == ("importing", 0)
    assert not ProcrastinateJob.objects.filter(task_name="refresh_figures").exists()


def test_a_job_that_comes_twice_works_once(desk: Desk) -> None:
    upload = confirmed(desk)
    desk.work()
    uploads_work.run_import(upload.id, at=NOW)
    uploads_work.read(upload.id)
    assert (desk.latest().state, Import.objects.count()) == ("done", 1)


def test_a_fault_of_ours_is_owned_up_to_and_can_be_tried_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = confirmed(desk)

    def broken(*_: Any, **__: Any) -> Import:
        raise ZeroDivisionError("secret detail")

    with monkeypatch.context() as patched:
        patched.setattr(uploads_work.actions, "import_books", broken)
        desk.work()
    assert desk.latest().state == "failed"
    page = desk.shown("upload_shown", upload.id)
    assert "Countback itself is at fault" in page
    assert "secret detail" not in page
    desk.post("try_upload_again", upload.id)
    desk.work()
    assert desk.latest().state == "done"


def test_a_full_disk_is_said_in_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = confirmed(desk)

    def full(*_: Any, **__: Any) -> Import:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads_work.actions, "import_books", full)
    desk.work()
    assert "No space left on device" in desk.shown("upload_shown", upload.id)


def test_of_two_moves_one_succeeds(desk: Desk) -> None:
    upload = desk.send(sent("items.csv", ITEMS))
    for _ in range(2):
        desk.post("confirm_upload", upload.id)
    assert ProcrastinateJob.objects.filter(task_name="run_import").count() == 1
    assert not moved(upload.id, (State.READ,), State.GIVEN_UP)


@pytest.mark.parametrize(("days", "state"), [(7, "read"), (7.1, "given_up")])
def test_what_nobody_comes_back_for_is_given_up_after_a_week(
    desk: Desk, kept: Path, days: float, state: str
) -> None:
    upload = desk.send(sent("items.csv", ITEMS))
    Upload.objects.filter(pk=upload.pk).update(at=NOW - timedelta(days=days))
    uploads_minded.mind(at=NOW)
    assert desk.latest().state == state
    assert kept.joinpath(str(upload.id)).exists() == (state == "read")


def test_files_of_no_upload_are_deleted(desk: Desk, kept: Path) -> None:
    upload = desk.send(sent("items.csv", ITEMS))
    stray = kept / "00000000-0000-4000-8000-000000000000"
    young = kept / "00000000-0000-4000-8000-000000000001"
    for folder, age in ((stray, 3700), (young, 3500), (kept / str(upload.id), 9999)):
        folder.mkdir(exist_ok=True)
        os.utime(folder, times=(NOW.timestamp() - age, NOW.timestamp() - age))
    uploads_minded.mind(at=NOW)
    assert sorted(path.name for path in kept.iterdir()) == sorted([young.name, str(upload.id)])


def test_progress_is_seen_while_the_transaction_is_open(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = confirmed(desk)
    real, seen = uploads_work.actions.import_books, []

    def watched(*given: Any, progress: Any, **named: Any) -> Import:
        progress("counting sheep", 1.0)
        beside = connection.copy()
        with beside.cursor() as cursor:
            cursor.execute("SELECT words, progress, state FROM ledger_upload WHERE id = %s", [upload.id])
            seen.append(cursor.fetchone())
        beside.close()
        return real(*given, progress=progress, **named)

    monkeypatch.setattr(uploads_work.actions, "import_books", watched)
    desk.work()
    assert seen == [("counting sheep", 1.0, "importing")]


def test_figures_that_a_failed_job_left_behind_are_caught_up_with(desk: Desk, kept: Path) -> None:
    mirrored = kept.parent / "mirror" / "current" / "books.json"
    tasks.keep_figures_fresh(0)
    assert not mirrored.exists()  # nothing was ever imported, so there is nothing to show
    confirmed(desk)
    uploads_work.run_import(desk.latest().id, at=NOW)
    assert not mirrored.exists()
    tasks.keep_figures_fresh(0)
    assert mirrored.is_file()
