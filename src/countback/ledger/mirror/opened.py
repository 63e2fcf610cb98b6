"""Books of the mirror, opened once a process and shared by its threads.

Whoever asks gets the newest generation; one that was handed out stays as it is until the last who holds it lets go.
Where a thread keeps them ready (`keep_ready`), whoever asks gets the newest of which the first answers are found: the
books of a moment ago at once rather than those of now after seconds. The books say through which moment they know.
"""

from __future__ import annotations

import time
import weakref
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Lock
from typing import Any

import structlog

from countback.analytics.opened import Books, open_books
from countback.books.load import own_connection
from countback.ledger.mirror import folders
from countback.ledger.mirror.folders import Held
from countback.ledger.mirror.standing import NAME, in_utc, lay_out

MOMENTS = 4
"""Books as known at a past moment that are kept at once: each is held in memory."""
IDLE = 300.0
"""Seconds after which those that nobody asked for are let go."""


@dataclass(eq=False, weakref_slot=True, slots=True)
class Opened:
    """Opened books. `known_through`: through which moment they know the ledger. `answers`: what was found out about
    them once and stays true."""

    books: Books
    held: Held
    known_through: datetime
    answers: dict[Any, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Place:
    """Where one set of books is kept; its lock lets one thread open them while the others wait. `kept_ready`: a thread
    puts the next here."""

    lock: Lock = field(default_factory=Lock)
    opened: Opened | None = None
    asked_at: float = 0.0
    kept_ready: bool = False


_Moment = tuple[Path, str, datetime]
"""Which mirror, what of the ledger it has read, and the moment."""

_newest: dict[Path, _Place] = {}
_moments: OrderedDict[_Moment, _Place] = OrderedDict()
_lock = Lock()


def opened(folder: Path) -> Opened:
    """The books as they stand, or stood a moment ago where they are kept ready. Raises FileNotFoundError where there is
    no mirror yet."""
    place = _newest_place(folder)
    with place.lock:
        if place.opened is None or (not place.kept_ready and _is_past(place.opened, folder)):
            place.opened = None
            place.opened = _open_newest(_held(folder))
        place.opened.known_through = _known_through(folder, place.opened.held)
        return place.opened


def keep_ready(folder: Path, warm: Callable[[Opened], None], stop: Event, every: float = 0.5) -> None:
    """Opens each next generation beside the one that is handed out, asks of it what `warm` asks, and then hands it out
    instead; until told to stop. Runs in a thread of its own. What cannot be made ready is handed out as it is."""
    place = _newest_place(folder)
    place.kept_ready = True
    try:
        while not stop.is_set():
            _make_ready(folder, place, warm)
            stop.wait(every)
    finally:
        place.kept_ready = False


def _make_ready(folder: Path, place: _Place, warm: Callable[[Opened], None]) -> None:
    before = place.opened
    try:
        if before is not None and not _is_past(before, folder):
            return
        found = _open_newest(_held(folder))
    except FileNotFoundError:
        return  # no mirror yet: whoever asks first hears so
    except Exception as error:  # noqa: BLE001  # the thread outlives a generation that goes while it is opened
        structlog.get_logger().warning("books not made ready", error=str(error))
        return
    try:
        warm(found)
    except Exception as error:  # noqa: BLE001  # a page that asks the same says it to a person
        structlog.get_logger().warning("not warmed", error=str(error))
    with place.lock:
        place.opened = found


def _newest_place(folder: Path) -> _Place:
    with _lock:
        return _newest.setdefault(folder, _Place())


def _is_past(held: Opened, folder: Path) -> bool:
    return folders.current(folder) != (held.held.folder, held.held.stamp)


def opened_as_known(folder: Path, known_at: datetime) -> Opened:
    """The books as they were known at a moment. Opened for the last few moments that were asked, for a while. Raises
    FileNotFoundError where there is no mirror yet."""
    current = opened(folder).held
    snapshot = current.state.snapshot if current.state else str(current.stamp)
    place = _place_of((folder, snapshot, in_utc(known_at)))
    with place.lock:
        if place.opened is None:
            place.opened = _open_known(folder, known_at)
        return place.opened


def forget() -> None:
    """Lets go of everything that is kept here."""
    with _lock:
        _newest.clear()
        _moments.clear()


def _place_of(key: _Moment) -> _Place:
    now = time.monotonic()
    with _lock:
        for old in [old for old, place in _moments.items() if place.asked_at < now - IDLE]:
            del _moments[old]
        place = _moments.setdefault(key, _Place())
        place.asked_at = now
        _moments.move_to_end(key)
        while len(_moments) > MOMENTS:
            _moments.popitem(last=False)
        return place


def _held(folder: Path) -> Held:
    held = folders.hold(folder)
    if held is None:
        raise FileNotFoundError(f"there is no mirror of the ledger in {folder}: run countback mirror refresh")
    return held


def _open_newest(held: Held) -> Opened:
    def books() -> Books:
        found = open_books(held.folder)
        found.loaded.name = NAME
        return found

    return _kept(held, books)


def _open_known(folder: Path, known_at: datetime) -> Opened:
    held = _held(folder)
    state = held.state
    if state is None:
        return _open_newest(
            held
        )  # books placed by hand have no versions: when they were known is in their rows

    def books() -> Books:
        connection = own_connection()
        try:
            return Books(lay_out(connection, folder, state, known_at=known_at))
        except BaseException:
            connection.close()
            raise

    return _kept(held, books)


def _kept(held: Held, make: Callable[[], Books]) -> Opened:
    """Opened books that are closed, and their generation let go, when nobody has them any more."""
    try:
        books = make()
    except BaseException:
        held.let_go()
        raise
    found = Opened(books, held, datetime.fromtimestamp(held.stamp / 1e9, UTC))
    weakref.finalize(found, _close, books, held)
    return found


def _close(books: Books, held: Held) -> None:
    books.close()
    held.let_go()


def _known_through(folder: Path, held: Held) -> datetime:
    """A refresh that finds nothing new moves it on without making a generation."""
    state = folders.state_of(folder, held.folder)
    return state.known_through if state else datetime.fromtimestamp(held.stamp / 1e9, UTC)
