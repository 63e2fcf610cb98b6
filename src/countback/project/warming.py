"""Making ready, before anybody asks, what the first page needs: opened books, and the overview's answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from threading import Event, Thread

from countback.accounts.rules import Scope
from countback.dashboards import asked
from countback.dashboards.overview_views import made_ready
from countback.ledger.figures import Figures
from countback.ledger.mirror.opened import Opened, keep_ready


def warm(opened: Opened, today: date) -> None:
    """Asks what the overview asks of all books; of books without entries, nothing."""
    figures = Figures(opened, Scope())
    if figures.books.last_entry_on() is not None:
        made_ready(figures, asked.read({}, figures, today=today))


def start_warming(mirror: Path, now: Callable[[], datetime]) -> Event:
    """A thread that opens each next generation of the mirror and warms it before it is shown; it ends when the event is
    set, and with the process. `now`: the time, where people are."""
    from django.db import connections

    def warm_now(opened: Opened) -> None:
        try:
            warm(opened, now().date())
        finally:
            connections.close_all()  # a thread that waits for minutes keeps none

    stop = Event()
    Thread(target=keep_ready, args=(mirror, warm_now, stop), name="warming", daemon=True).start()
    return stop
