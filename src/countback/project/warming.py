"""Making ready, before anybody asks, what the first page needs: opened books, and the overview's answers.

Of the web workers one finds the answers and leaves them beside the books; the others wait for it and take them over.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from threading import Event, Thread

from countback.accounts.rules import Scope
from countback.dashboards import asked
from countback.dashboards.overview_views import made_ready
from countback.dashboards.remembered import take_over, told
from countback.ledger.figures import Figures
from countback.ledger.mirror.folders import ANSWERS
from countback.ledger.mirror.opened import Opened, keep_ready


def warm(opened: Opened, today: date) -> None:
    """Asks what the overview asks of all books; of books without entries, nothing."""
    figures = Figures(opened, Scope())
    if figures.books.last_entry_on() is not None:
        made_ready(figures, asked.read({}, figures, today=today))


def warm_in_turn(opened: Opened, today: date, seal: bytes) -> None:
    """The same with the answers that another worker left; where none did, they are left for the others. `seal`: a
    secret of the workers of one server, which run the same code; what bears another is not read."""
    place = opened.held.folder / ANSWERS
    place.parent.mkdir(exist_ok=True)
    with place.with_suffix(".turn").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        left = _left(place, seal)
        if left is not None:
            take_over(opened, left)
        warm(opened, today)
        if left is None:
            _leave(place, told(opened), seal)


def _left(file: Path, seal: bytes) -> bytes | None:
    """The answers in a file; None where there are none, not all, or those of another server."""
    try:
        with file.open("rb") as stream:
            mark, content = stream.read(32), stream.read()
    except OSError:
        return None
    return content if hmac.compare_digest(mark, hmac.digest(seal, content, hashlib.sha256)) else None


def _leave(file: Path, content: bytes, seal: bytes) -> None:
    """Answers that cannot be left are found again by whoever needs them."""
    with suppress(OSError), file.open("wb") as stream:
        stream.write(hmac.digest(seal, content, hashlib.sha256) + content)


def start_warming(mirror: Path, now: Callable[[], datetime], seal: bytes) -> Event:
    """A thread that opens each next generation of the mirror and warms it before it is shown; it ends when the event is
    set, and with the process. `now`: the time, where people are."""
    from django.db import connections

    def warm_now(opened: Opened) -> None:
        try:
            warm_in_turn(opened, now().date(), seal)
        finally:
            connections.close_all()  # a thread that waits for minutes keeps none

    stop = Event()
    Thread(target=keep_ready, args=(mirror, warm_now, stop), name="warming", daemon=True).start()
    return stop
