"""Jobs: finding what is due, sending what waits. The clock is read here."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import close_old_connections, connection
from procrastinate.contrib.django import app

from countback.subscriptions import due, queries
from countback.subscriptions.actions import SEND_WAITING
from countback.subscriptions.packs import Packs
from countback.subscriptions.sending import send


@app.periodic(cron="*/5 * * * *")
@app.task(name="send_due_reports", queueing_lock="send_due_reports")
def send_due_reports(timestamp: int) -> None:
    """Puts in line what is due, and sends it."""
    del timestamp
    _freshen()
    due.put_due(_now())
    _send_all()


@app.task(name=SEND_WAITING)
def send_waiting_reports() -> None:
    """Sends what waits."""
    _freshen()
    _send_all()


def _send_all() -> None:
    due.take_back(_now())
    packs = Packs()
    for sending_id in queries.waiting():
        send(sending_id, packs, _now)


def _freshen() -> None:
    """A worker lives long: a connection that the database has let go since is made anew."""
    if not connection.in_atomic_block:
        close_old_connections()


def _now() -> datetime:
    return datetime.now(UTC)
