"""Jobs: what is due is put in the queue, and fetched. The clock is read here."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from django.db import close_old_connections, connection
from procrastinate.contrib.django import app

from countback.ledger.sources import due, work
from countback.ledger.sources.due import FETCH


@app.periodic(cron="* * * * *")
@app.task(name="put_due_sources", queueing_lock="put_due_sources")
def put_due_sources(timestamp: int) -> None:
    """Puts in the queue what is due, and ends what nobody works on."""
    del timestamp
    _freshen()
    due.mind(at=_now())
    due.put_due(at=_now())


@app.task(name=FETCH)
def fetch_source(fetch_id: str) -> None:
    """Fetches one source; what nobody foresaw is said on its page, and noted in the log with the job."""
    _freshen()
    fetch = uuid.UUID(fetch_id)
    try:
        work.run(fetch, at=_now(), clock=_now)
    except Exception as error:
        work.fail(fetch, error, at=_now())
        raise


def _freshen() -> None:
    """A worker lives long: a connection that the database has let go since is made anew."""
    if not connection.in_atomic_block:
        close_old_connections()


def _now() -> datetime:
    return datetime.now(UTC)
