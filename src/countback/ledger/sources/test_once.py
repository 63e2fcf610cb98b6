"""Due is claimed once; a worker that is killed in the middle leaves nothing behind and nothing doubled."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from countback.ledger.mirror.testing import Waiting
from countback.ledger.models import Import
from countback.ledger.sources import actions, due, work
from countback.ledger.sources.models import Fetch, Source
from countback.ledger.sources.testing import NOW, Sourced
from countback.ledger.tests.conftest import ITEMS
from countback.ledger.tests.test_uploads_killed import take_up_stalled
from countback.ledger.uploads import Asker

pytestmark = pytest.mark.django_db(transaction=True)

TOMORROW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)


def test_it_is_due_at_its_time_and_not_a_minute_before(sourced: Sourced) -> None:
    sourced.put("erp/items.csv", ITEMS)
    source = sourced.add()
    assert sourced.tick(TOMORROW - timedelta(minutes=1)) == 0
    assert sourced.tick(TOMORROW) == 1
    assert sourced.tick(TOMORROW + timedelta(minutes=1)) == 0
    source.refresh_from_db()
    assert source.due_at == TOMORROW + timedelta(days=1)
    fetch = Fetch.objects.get()
    assert (fetch.state, fetch.by, fetch.at) == ("imported", None, TOMORROW)


def test_after_a_week_without_a_server_it_is_fetched_once(sourced: Sourced) -> None:
    source = sourced.add(interval_minutes=15)
    late = NOW + timedelta(days=7, minutes=4)
    assert sourced.tick(late) == 1
    source.refresh_from_db()
    assert source.due_at == late + timedelta(minutes=15)


def test_what_is_off_or_removed_is_not_fetched(sourced: Sourced) -> None:
    sourced.add(active=False)
    actions.remove_source(sourced.add(name="Gone"), asker=Asker(None, NOW))
    assert sourced.tick(TOMORROW) == 0


def test_two_schedulers_claim_it_once(sourced: Sourced) -> None:
    source = sourced.add()

    def claim(_: int) -> bool:
        try:
            return due._claimed(source, TOMORROW)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        claimed = list(threads.map(claim, range(8)))
    assert sum(claimed) == 1
    assert (Fetch.objects.count(), ProcrastinateJob.objects.filter(task_name="fetch_source").count()) == (
        1,
        1,
    )


def test_one_that_is_still_being_fetched_waits_for_its_next_time(sourced: Sourced) -> None:
    source = sourced.add()
    actions.fetch_now(source, asker=Asker(None, NOW))
    with pytest.raises(actions.UnableToChangeSource, match="it is being fetched already; wait for that"):
        actions.fetch_now(source, asker=Asker(None, NOW))
    assert due.put_due(at=TOMORROW) == 0
    assert Fetch.objects.count() == 1
    source.refresh_from_db()
    assert source.due_at == TOMORROW + timedelta(days=1)


def test_a_fetch_whose_job_was_lost_does_not_hang(sourced: Sourced) -> None:
    source = sourced.add()
    actions.fetch_now(source, asker=Asker(None, NOW))
    due.mind(at=NOW)
    assert Fetch.objects.get().state == "waiting", "its job is there"
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
    due.mind(at=NOW)
    assert Fetch.objects.get().wrong["why"].startswith("the job that worked on it was lost")
    assert sourced.fetch(source).state == "failed", "it can be asked for again"


def test_a_fault_of_ours_is_owned_up_to(
    sourced: Sourced, monkeypatch: pytest.MonkeyPatch, kept: Path
) -> None:
    def broken(*_: Any, **__: Any) -> Import:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(work.actions, "import_books", broken)
    sourced.put("erp/items.csv", ITEMS)
    fetch = sourced.fetch(sourced.add())
    assert (fetch.state, fetch.wrong["why"][:28]) == ("failed", "Countback itself is at fault")
    assert "secret" not in str(fetch.wrong)
    assert not list(kept.iterdir())


def test_an_attempt_that_was_overtaken_changes_nothing(
    sourced: Sourced, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = work.actions.import_books

    def overtaken(*given: Any, **named: Any) -> Import:
        made = real(*given, **named)
        beside = connection.copy()
        with beside.cursor() as cursor:
            cursor.execute("UPDATE ledger_fetch SET attempt = attempt + 1")
        beside.close()
        return made

    sourced.put("erp/items.csv", ITEMS)
    monkeypatch.setattr(work.actions, "import_books", overtaken)
    fetch = actions.fetch_now(sourced.add(), asker=Asker(None, NOW))
    work.run(fetch.pk, at=NOW, clock=lambda: NOW)
    assert (Fetch.objects.get().state, Import.objects.count()) == ("running", 0)


def test_a_fetch_that_breaks_off_again_and_again_is_given_up(sourced: Sourced) -> None:
    source = sourced.add()
    fetch = actions.fetch_now(source, asker=Asker(None, NOW))
    Fetch.objects.update(state="running", attempt=work.MOST_ATTEMPTS)
    sourced.work()
    fetch.refresh_from_db()
    assert "the server stopped 3 times" in fetch.wrong["why"]
    work.run(fetch.pk, at=NOW, clock=lambda: NOW)
    fetch.refresh_from_db()
    assert fetch.state == "failed", "a job that comes twice does nothing"


PROGRAM = """
import pathlib, sys, time
from django.conf import settings
settings.UPLOADS, settings.SOURCES, marker = map(pathlib.Path, sys.argv[1:4])
from countback.ledger.sources import work
real = work.actions.import_books
def slow(*given, **named):
    made = real(*given, **named) if sys.argv[4] == "after" else None
    marker.touch()
    time.sleep(60)
    return made
work.actions.import_books = slow
from procrastinate.contrib.django import app
app.periodic_registry.periodic_tasks.clear()
app.with_connector(app.connector.get_worker_connector()).run_worker(wait=False, listen_notify=False)
"""


@pytest.fixture
def killed(kept: Path, allowed: Path, tmp_path: Path, beside: Waiting) -> Callable[[bool], None]:
    """Starts a worker of its own process that stops before or after importing, and kills it there."""

    def kill(after: bool) -> None:
        marker = tmp_path / "reached"
        beside.kill_at(marker, PROGRAM, kept, allowed, marker, "after" if after else "before")

    return kill


@pytest.mark.slow
@pytest.mark.parametrize("after", [False, True])
def test_a_worker_that_is_killed_in_the_middle_doubles_and_loses_nothing(  # check 49
    sourced: Sourced, killed: Callable[[bool], None], kept: Path, after: bool
) -> None:
    sourced.put("erp/items.csv", ITEMS)
    source = sourced.add()
    actions.fetch_now(source, asker=Asker(None, NOW))
    killed(after)
    assert (Fetch.objects.get().state, Import.objects.count()) == ("running", 0)
    due.mind(at=NOW)
    sourced.work()
    assert Fetch.objects.get().state == "running", "nobody gave the job back yet"
    with connection.cursor() as cursor:  # half a minute goes by without a sign of life
        cursor.execute(
            "UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '31 seconds'"
        )
    take_up_stalled()
    sourced.work()
    fetch = Fetch.objects.get()
    assert (fetch.state, fetch.attempt, Import.objects.count()) == ("imported", 2, 1)
    assert sourced.fetch(Source.objects.get()).state == "nothing_new"
    assert not list(kept.iterdir())
