"""A sending from state to state. Every change is one conditional UPDATE, and a row that stays: of two who try, one
succeeds, and what happened is never written over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from countback.accounts.models import Person
from countback.subscriptions.models import Sending, Step
from countback.subscriptions.rules import State

LOCKS = int.from_bytes(b"mail", "big")
"""First number of the locks that say that somebody works on a sending."""

_SECOND = 1 << 31


def begun(sendings: Sequence[Sending], at: datetime, *, by: Person | None = None, reason: str = "") -> None:
    """Writes new sendings, each with its first step."""
    with transaction.atomic():
        Sending.objects.bulk_create(sendings)
        Step.objects.bulk_create(
            Step(sending=one, state=one.state, at=at, reason=reason, by=by) for one in sendings
        )


def moved(
    sending_id: int,
    start: Sequence[State],
    to: State,
    at: datetime,
    reason: str = "",
    *,
    by: Person | None = None,
    attempt: int | None = None,
    changes: Mapping[str, Any] | None = None,
) -> bool:
    """Moves a sending on, if it is in one of the states of `start`; whether it did. `attempt`: only while nobody else
    took it up since. `changes`: further fields that change with it."""
    found = Sending.objects.filter(pk=sending_id, state__in=[one.value for one in start])
    if attempt is not None:
        found = found.filter(attempt=attempt)
    with transaction.atomic():
        if not found.update(state=to.value, reason=reason, changed_at=at, **(changes or {})):
            return False
        Step.objects.create(sending_id=sending_id, state=to.value, at=at, reason=reason, by=by)
    return True


@contextmanager
def worked_on(sending_id: int) -> Iterator[bool]:
    """Whether nobody else works on a sending; if so, until the block ends nobody else does. The lock is the database
    session's, so that it goes with a process however that ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCKS, sending_id % _SECOND])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine:
            _let_go(sending_id)


def _let_go(sending_id: int) -> None:
    """A connection that broke has let go by itself."""
    if not connection.is_usable():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCKS, sending_id % _SECOND])
