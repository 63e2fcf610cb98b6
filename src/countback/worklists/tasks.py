"""Jobs. The clock is read here."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from procrastinate.contrib.django import app

from countback.core.problem import CountbackError
from countback.worklists.making import UnableToMakeWorklists, make_if_missing
from countback.worklists.models import Day

MORNING = 5
"""The hour, by the clock of the installation, from which the lists of the day are there."""

_log = structlog.get_logger("countback.worklists")


@app.periodic(cron="*/10 * * * *")
@app.task(name="make_worklists", queueing_lock="make_worklists", lock="make_worklists")
def make_worklists_of_today(timestamp: int) -> None:
    """Makes the lists of the day from five in the morning on; a server that was down then makes up for it."""
    del timestamp
    make_from_morning_on(datetime.now(UTC))


def make_from_morning_on(now: datetime) -> Day | None:
    """The lists of the business day of that moment, once its morning has come; None where they are there, or cannot be
    made: then the log says why, as does the page to who has them made."""
    here = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    if here.hour < MORNING:
        return None
    try:
        return make_if_missing(today=here.date(), at=now)
    except UnableToMakeWorklists:  # no books yet
        return None
    except CountbackError as refused:
        _log.warning("worklists not made", why=str(refused))
        return None
