"""Subscriptions, and each mail that came or comes of one."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from countback.subscriptions.rules import (
    AS_OF_WORDS,
    STATE_WORDS,
    AsOf,
    Every,
    Schedule,
    State,
    schedule_words,
)

FORMS = ("pdf", "xlsx")
"""Forms in which a pack is attached."""


class Subscription(models.Model):
    """A report that is sent by itself. `report`: which one, blank for the board pack. `where`: dimension -> values,
    beyond what the recipient's rights leave out; `currency` blank: the books' own. `language` blank: each recipient's.
    `seen_through`: moments of sending up to this one were seen to. `trouble`: why nothing was sent when it was due,
    blank where all is well. `ended_at`: given up, kept for its history."""

    name = models.CharField(max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recipients = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    report = models.CharField(max_length=40, blank=True)
    where = models.JSONField(default=dict)
    currency = models.CharField(max_length=3, blank=True)
    relative_date = models.CharField(max_length=20, choices=[(one.value, AS_OF_WORDS[one]) for one in AsOf])
    every = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Every])
    weekday = models.SmallIntegerField(null=True)
    day = models.SmallIntegerField(null=True)
    at_time = models.TimeField()
    time_zone = models.CharField(max_length=64)
    language = models.CharField(max_length=10, blank=True)
    formats = ArrayField(models.CharField(max_length=4))
    active = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    seen_through = models.DateTimeField()
    trouble = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="subscription_days",
                condition=Q(every="weekday", weekday=None, day=None)
                | Q(every="week", weekday__range=(0, 6), day=None)
                | Q(every="month", weekday=None) & (Q(day=None) | Q(day__range=(1, 31))),
            ),
            models.CheckConstraint(
                name="subscription_relative_date", condition=Q(relative_date__in=[one.value for one in AsOf])
            ),
            models.CheckConstraint(
                name="subscription_formats",
                condition=Q(formats__len__gt=0) & Q(formats__contained_by=list(FORMS)),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def schedule(self) -> Schedule:
        """When it is sent."""
        return Schedule(Every(self.every), self.at_time, self.time_zone, self.weekday, self.day)

    @property
    def words(self) -> str:
        """When, and as of which date."""
        return schedule_words(self.schedule, AsOf(self.relative_date))


class Sending(models.Model):
    """One mail: a subscription, a recipient and a moment at which it was due; there is one row of it, ever. `missed`:
    earlier moments that nobody saw to, for which it stands. `attempt`: counts who took it up, so that one who was
    given up for dead changes nothing any more; `tries`: those since a person last decided. `message_id`: by which the
    mail server knows the mail."""

    subscription = models.ForeignKey(Subscription, on_delete=models.PROTECT, related_name="sendings")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    as_of = models.DateField()
    at_once = models.BooleanField(default=False)
    missed = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=10, default=State.WAITING.value)
    reason = models.TextField(blank=True)
    changed_at = models.DateTimeField()
    attempt = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    message_id = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-due_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subscription", "recipient", "due_at"], name="sending_once"),
            models.CheckConstraint(name="sending_state", condition=Q(state__in=[one.value for one in State])),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["due_at", "id"],
                name="sending_open",
                condition=Q(state__in=["waiting", "making", "sending"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.subscription} to {self.recipient}, due {self.due_at:%Y-%m-%d %H:%M} UTC"

    @property
    def state_words(self) -> str:
        """What its state means."""
        return STATE_WORDS[State(self.state)]


class Step(models.Model):
    """One change of a sending's state: what it became, when, why, and by whom (None: by itself). The database refuses
    to change or delete one."""

    sending = models.ForeignKey(Sending, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=10)
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.state} at {self.at:%Y-%m-%d %H:%M:%S}"


def attachment_name(as_of: date, form: str) -> str:
    """`countback-2026-10-31.pdf`."""
    return f"countback-{as_of}.{form}"
