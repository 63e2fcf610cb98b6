"""Uploads: what somebody wants imported, on its way from the browser to the ledger."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import ClassVar

from django.conf import settings
from django.db import models


class State(StrEnum):
    """Where an upload stands. Every change is one conditional UPDATE in `uploads`: of two that try, one succeeds."""

    RECEIVED = "received"  # its files are here; a job looks at them
    ASKING = "asking"  # a date or a number can be read in two ways: it waits for answers
    READ = "read"  # what would change is known: it waits to be confirmed
    REFUSED = "refused"  # the files hold faults: nothing is taken
    CONFIRMED = "confirmed"  # a job is to import it
    IMPORTING = "importing"
    DONE = "done"
    FAILED = "failed"  # something that is no fault of the files; it can be tried again
    GIVEN_UP = "given_up"


class Of(StrEnum):
    """What is to be done: files of the sender taken in, demo books made and taken in, an import undone."""

    FILES = "files"
    DEMO = "demo"
    UNDO = "undo"


UNDER_WAY = (State.CONFIRMED.value, State.IMPORTING.value)


class Upload(models.Model):
    """One piece of importing on its way. It outlives the request, the job and the server that work on it.

    `profile`: a shipped profile that was chosen; blank: as the files themselves show. `proposed`: whether they are read
    by a profile proposed for them. `answers`: those to its questions. `sample`: the first rows as they would be read,
    and headers that are not. `problems`: all that was found. `wrong`: why it failed, in three parts. `attempt`: how
    often a job took it up; a job that was overtaken by a later attempt writes nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    of = models.CharField(max_length=10, default=Of.FILES.value)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=300)
    at = models.DateTimeField()
    state = models.CharField(max_length=12, default=State.RECEIVED.value)
    profile = models.CharField(max_length=200, blank=True)
    proposed = models.BooleanField(default=False)
    ends_vanished = models.BooleanField(default=False)
    answers = models.JSONField(default=dict)
    questions = models.JSONField(default=list)
    sample = models.JSONField(default=dict)
    plan = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    wrong = models.JSONField(default=dict)
    attempt = models.PositiveIntegerField(default=0)
    progress = models.FloatField(default=0)
    words = models.CharField(max_length=300, blank=True)
    imported = models.ForeignKey("ledger.Import", on_delete=models.PROTECT, null=True, related_name="uploads")
    undoes = models.ForeignKey("ledger.Import", on_delete=models.PROTECT, null=True, related_name="undoings")

    class Meta:
        ordering: ClassVar[list[str]] = ["-at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in State]), name="upload_state"
            ),
            models.UniqueConstraint(
                fields=["of"], condition=models.Q(of="demo", state__in=UNDER_WAY), name="upload_one_demo"
            ),
            models.UniqueConstraint(
                fields=["undoes"], condition=models.Q(state__in=UNDER_WAY), name="upload_one_undo"
            ),
        ]

    def __str__(self) -> str:
        return self.name
