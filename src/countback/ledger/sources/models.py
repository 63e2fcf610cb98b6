"""Sources and their fetches."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from countback.ledger.sources.rules import UNDER_WAY, Kind, Secret, State


class Source(models.Model):
    """A place from which books are fetched.

    `address`: a folder under the one that the operator allows, an https address, or `sftp://user@host/folder`.
    `pattern`: which files. `newest_only`: of these the newest alone; else all of them together. `profile`: a shipped
    one; blank: as the files themselves show. `ends_vanished`: the files hold everything. `interval_minutes`: None means
    daily, at `at_time` by the clock of `time_zone`. `host_key`: the SFTP server's key as a person confirmed it;
    `offered_key`: what it showed last, where that is another. `due_at`: when it is fetched next.
    """

    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=10)
    address = models.CharField(max_length=1000)
    pattern = models.CharField(max_length=200, default="*")
    newest_only = models.BooleanField(default=False)
    profile = models.CharField(max_length=200, blank=True)
    ends_vanished = models.BooleanField(default=False)
    interval_minutes = models.PositiveIntegerField(null=True)
    at_time = models.TimeField()
    time_zone = models.CharField(max_length=64)
    secret = models.CharField(max_length=10, default=Secret.NONE.value)
    secret_variable = models.CharField(max_length=100, blank=True)
    host_key = models.TextField(blank=True)
    offered_key = models.TextField(blank=True)
    active = models.BooleanField(default=True)
    due_at = models.DateTimeField()
    made_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=[one.value for one in Kind]), name="source_kind"),
            models.CheckConstraint(
                condition=Q(secret__in=[one.value for one in Secret]), name="source_secret"
            ),
            models.UniqueConstraint(fields=["name"], condition=Q(removed_at=None), name="source_one_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Fetch(models.Model):
    """One fetching of a source. `by`: who asked for it; None: its schedule. `files`: name and size of each.
    `fingerprint`: of the files and of how they were read. `problems`: what stood against the books, the first of
    them; `refused`: how many in all. `wrong`: why it failed, in three parts. `attempt`: how often a job took it up."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="fetches")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=12, default=State.WAITING.value)
    attempt = models.PositiveIntegerField(default=0)
    files = models.JSONField(default=list)
    fingerprint = models.CharField(max_length=64, blank=True)
    imported = models.ForeignKey("ledger.Import", on_delete=models.PROTECT, null=True, related_name="fetches")
    problems = models.JSONField(default=list)
    refused = models.PositiveIntegerField(default=0)
    wrong = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["source", "-at"], name="fetch_of_source")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state__in=[one.value for one in State]), name="fetch_state"),
            models.UniqueConstraint(
                fields=["source"], condition=Q(state__in=UNDER_WAY), name="fetch_one_under_way"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} ({self.at:%Y-%m-%d %H:%M})"
