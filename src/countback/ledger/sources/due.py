"""Claiming what is due: one conditional UPDATE a source, so that of two schedulers that look at once one has it. The
fetch and its job come to be in the same transaction: there is never one without the other."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from countback.accounts.models import Person
from countback.ledger.sources import rules
from countback.ledger.sources.models import Fetch, Source
from countback.ledger.sources.rules import UNDER_WAY, State

FETCH = "fetch_source"
"""Name of the job."""

LOST = {
    "what": "It was not finished",
    "why": "the job that worked on it was lost; nothing of it was kept",
    "remedy": "nothing: it is fetched again when it is due next",
}


def put_due(*, at: datetime) -> int:
    """Puts every source that is due in the queue; how many. One that is still being fetched waits for its next time,
    and after a time in which nothing ran each is fetched once."""
    due = Source.objects.filter(active=True, removed_at=None, due_at__lte=at).order_by("due_at", "id")
    return sum(_claimed(source, at) for source in due)


def mind(*, at: datetime) -> None:
    """Ends fetches on which no job works any more."""
    for fetch in Fetch.objects.filter(state__in=UNDER_WAY):
        working = ProcrastinateJob.objects.filter(status__in=("todo", "doing"), args__fetch_id=str(fetch.pk))
        if not working.exists():
            still = Fetch.objects.filter(pk=fetch.pk, state__in=UNDER_WAY, attempt=fetch.attempt)
            still.update(state=State.FAILED.value, ended_at=at, wrong=LOST)


def put_in_queue(source: Source, *, by: Person | None, at: datetime) -> Fetch:
    """A fetch that waits for its turn, with its job. Raises IntegrityError where one is under way."""
    with transaction.atomic():
        fetch = Fetch.objects.create(id=uuid.uuid4(), source=source, by=by, at=at)
        app.configure_task(FETCH).defer(fetch_id=str(fetch.pk))
    return fetch


def _claimed(source: Source, at: datetime) -> bool:
    following = rules.next_due(source.interval_minutes, source.at_time, source.time_zone, at)
    with transaction.atomic():
        mine = Source.objects.filter(pk=source.pk, active=True, removed_at=None, due_at=source.due_at)
        if not mine.update(due_at=following):
            return False
        try:
            put_in_queue(source, by=None, at=at)
        except IntegrityError:
            return False
    return True
