"""Making ready, before anybody asks, what the first page needs: opened books, and compiled questions."""

from __future__ import annotations

from datetime import date

import structlog

from countback.accounts.rules import Scope
from countback.core.problem import CountbackError
from countback.dashboards import asked
from countback.dashboards.overview_views import content_of
from countback.ledger import figures


def warm(today: date) -> None:
    """Asks what the overview asks of all books; where there are none yet, nothing."""
    try:
        shown = figures.opened(Scope())
        if shown.books.last_entry_on() is not None:
            content_of(shown, asked.read({}, shown, today=today))
    except FileNotFoundError:
        return
    except (CountbackError, OSError) as error:
        structlog.get_logger().warning("not warmed", error=str(error))
