"""What is made ready before anybody asks."""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connections

from countback.accounts.rules import Scope
from countback.analytics.engine import Engine
from countback.analytics.keeping import keep_derived
from countback.books.convert import convert
from countback.books.demo import write_demo_books
from countback.books.manifest import changed_files, read_manifest
from countback.dashboards import asked, remembered
from countback.dashboards.overview_views import content_of, made_ready
from countback.ledger import figures
from countback.ledger.figures import Figures
from countback.ledger.mirror import opened as mirror
from countback.ledger.mirror.folders import ANSWERS
from countback.ledger.mirror.opened import Opened
from countback.project.warming import start_warming, warm, warm_in_turn

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("figures")]

TODAY = date(2026, 11, 22)
SEAL = b"the workers of one server"


@pytest.fixture
def place_books(settings: Any, tmp_path: Path) -> Callable[[int], None]:
    """Puts demo books of so many customers where the mirror stands, as a refresh does: in one step."""
    settings.MIRROR = tmp_path / "mirror"
    settings.MIRROR.mkdir()

    def placed(customers: int) -> None:
        books = tmp_path / f"books-{customers}"
        write_demo_books(books, customers=customers, months=14, ends_on=TODAY)
        convert(books, settings.MIRROR / f"generation-{customers}", derive=keep_derived)
        link = settings.MIRROR / "next"
        link.symlink_to(f"generation-{customers}")
        link.replace(settings.MIRROR / "current")

    return placed


def customers(shown: figures.Figures) -> int:
    return len(shown.customers(limit=1000))


def until(holds: Callable[[], bool]) -> None:
    """Waits a while for what another thread does."""
    for _ in range(600):
        if holds():
            return
        time.sleep(0.05)
    pytest.fail("it did not come about")


@pytest.fixture
def warming(settings: Any) -> Iterator[Callable[[], None]]:
    """Starts the thread of a web worker, and ends it."""
    started: list[Event] = []

    def start() -> None:
        started.append(start_warming(settings.MIRROR, lambda: datetime(2026, 11, 22, 9, tzinfo=UTC), SEAL))

    yield start
    for event in started:
        event.set()
    until(lambda: all(thread.name != "warming" for thread in threading.enumerate()))
    mirror.forget()


def test_the_first_overview_finds_its_answers(
    place_books: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    place_books(12)
    shown = figures.opened(Scope())
    warm(shown.opened, TODAY)
    question = asked.read({}, shown, today=TODAY)
    monkeypatch.setattr(Engine, "run", None)
    monkeypatch.setattr(Engine, "run_again", None)
    made_ready(shown, question)
    assert content_of(shown, question).headline


@pytest.fixture
def others(settings: Any, place_books: Callable[[int], None]) -> Callable[[], Opened]:
    """The books as each further worker has them: opened anew, nothing remembered."""
    place_books(12)

    def opened() -> Opened:
        mirror.forget()
        return figures.opened(Scope()).opened

    return opened


def test_what_one_worker_found_the_others_take_over(
    others: Callable[[], Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = others(), others()
    warm_in_turn(first, TODAY, SEAL)
    shown = Figures(first, Scope())
    expected = content_of(shown, asked.read({}, shown, today=TODAY))
    manifest = read_manifest(first.held.folder)
    assert manifest is not None
    assert changed_files(first.held.folder, manifest) == [], "the books would be read and checked again"
    monkeypatch.setattr(Engine, "run_again", None)
    warm_in_turn(second, TODAY, SEAL)
    taken = Figures(second, Scope())
    assert content_of(taken, asked.read({}, taken, today=TODAY)) == expected


def test_workers_at_once_ask_once(others: Callable[[], Opened], monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    real = warm

    def counted(opened: Opened, today: date) -> None:
        before = len(remembered.told(opened))
        real(opened, today)
        found.append(len(remembered.told(opened)) > before)
        connections.close_all()

    monkeypatch.setattr("countback.project.warming.warm", counted)
    workers = [Thread(target=warm_in_turn, args=(others(), TODAY, SEAL)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(found) == [False, False, True]


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content[:40] + bytes([content[40] ^ 1]) + content[41:],
        lambda content: hmac.digest(b"another server", content[32:], "sha256") + content[32:],
    ],
    ids=["empty", "cut off", "changed", "of another server"],
)
def test_answers_that_are_not_ours_are_found_again(
    others: Callable[[], Opened], spoilt: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = others(), others()
    warm_in_turn(first, TODAY, SEAL)
    place = first.held.folder / ANSWERS
    whole = place.read_bytes()
    place.write_bytes(spoilt(whole))
    monkeypatch.setattr("countback.project.warming.take_over", None)
    warm_in_turn(second, TODAY, SEAL)
    assert len(place.read_bytes()) == len(whole)
    shown = Figures(second, Scope())
    assert content_of(shown, asked.read({}, shown, today=TODAY)).headline


def test_the_next_books_are_shown_when_their_overview_is_found(
    place_books: Callable[[int], None], warming: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    place_books(12)
    may_go_on, came = Event(), []

    def slowly(opened: Opened, today: date) -> None:
        came.append((len(Figures(opened, Scope()).customers(limit=1000)), today))
        may_go_on.wait(30)

    monkeypatch.setattr("countback.project.warming.warm", slowly)
    may_go_on.set()
    warming()
    until(lambda: came == [(12, TODAY)])
    may_go_on.clear()
    place_books(15)
    until(lambda: len(came) == 2)
    assert customers(figures.opened(Scope())) == 12, "the new books are not shown while they are cold"
    assert came[1] == (15, TODAY)
    may_go_on.set()
    until(lambda: customers(figures.opened(Scope())) == 15)


def test_what_cannot_be_made_ready_is_shown_all_the_same(
    place_books: Callable[[int], None], warming: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(opened: Opened, today: date) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("countback.project.warming.warm", fails)
    warming()
    with pytest.raises(FileNotFoundError):
        figures.opened(Scope())
    place_books(12)
    until(lambda: customers(figures.opened(Scope())) == 12)
    place_books(15)
    until(lambda: customers(figures.opened(Scope())) == 15)


def test_without_that_thread_whoever_asks_gets_the_newest(place_books: Callable[[int], None]) -> None:
    place_books(12)
    assert customers(figures.opened(Scope())) == 12
    place_books(15)
    assert customers(figures.opened(Scope())) == 15
