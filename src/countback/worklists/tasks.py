"""Jobs. The clock is read here."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from procrastinate.contrib.django import app

from countback.worklists.making import UnableToMakeWorklists, make_if_missing

MORNING = 5
"""The hour, by the clock of the installation, from which the lists of the day are there."""


@app.periodic(cron="*/10 * * * *")
@app.task(name="make_worklists", queueing_lock="make_worklists", lock="make_worklists")
def make_worklists_of_today(timestamp: int) -> None:
    """Makes the lists of the day from five in the morning on; a server that was down then makes up for it."""
    del timestamp
    now = datetime.now(UTC)
    here = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    if here.hour >= MORNING:
        with suppress(UnableToMakeWorklists):  # no books yet; the page says so
            make_if_missing(today=here.date(), at=now)
