"""Alerts, what they remember, what they said and to whom it went; and targets."""

from __future__ import annotations

import uuid
from enum import StrEnum
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from countback.alerts.rules import Kind, Memory, Rule, kept


class Alert(models.Model):
    """A rule over a figure, and whom it tells.

    `where`: dimension -> values, null for blank. `parameters`: what else the rule is made of (`rules.Rule`).
    `channels`: channel -> the address that it posts to; blank for channels that go to people. `since`: from when on it
    watches by this rule. `site`: where its owner reaches Countback, for links in messages. `removed_at`: it was
    deleted; what it said stays.
    """

    name = models.CharField(max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="alerts")
    kind = models.CharField(max_length=12)
    kpi = models.CharField(max_length=100)
    where = models.JSONField(default=dict)
    parameters = models.JSONField(default=dict)
    cool_down_days = models.PositiveSmallIntegerField(default=0)
    recipients = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="addressed_alerts", blank=True)
    channels = models.JSONField(default=dict)
    active = models.BooleanField(default=True)
    since = models.DateTimeField()
    site = models.CharField(max_length=300)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in Kind]), name="alert_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rule(self) -> Rule:
        """Its rule."""
        return kept(self.kind, self.kpi, self.where, self.parameters, self.cool_down_days)


class Standing(models.Model):
    """Where an alert stands. `raised`, `spoke_on`, `told`: its memory (`rules.Memory`).

    `looked_at`: when it was last looked at; `as_of`, `known_through`: at which figures; `found`, `value`, `unit`: what
    was found. `rests`: whether the condition held and it kept quiet, being in its cool-down. `seen`: which generation
    of the figures it was. `said`: what it said last. `before_on`, `before_known_at`: the look that new entries are
    compared with. `failure`: why the last look failed, in three parts; empty where it did not.
    """

    alert = models.OneToOneField(Alert, on_delete=models.PROTECT, primary_key=True, related_name="standing")
    raised = models.BooleanField(default=False)
    spoke_on = models.DateField(null=True)
    told = ArrayField(models.TextField(), default=list)
    looked_at = models.DateTimeField(null=True)
    as_of = models.DateField(null=True)
    known_through = models.DateTimeField(null=True)
    found = models.TextField(blank=True)
    value = models.DecimalField(max_digits=38, decimal_places=14, null=True)
    unit = models.CharField(max_length=10, blank=True)
    said = models.ForeignKey("Look", on_delete=models.PROTECT, null=True, related_name="+")
    before_on = models.DateField(null=True)
    before_known_at = models.DateTimeField(null=True)
    rests = models.BooleanField(default=False)
    seen = models.CharField(max_length=100, blank=True)
    failure = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.alert_id}: {'raised' if self.raised else 'quiet'}"

    @property
    def memory(self) -> Memory:
        """What the rule remembers."""
        return Memory(self.raised, self.spoke_on, frozenset(self.told))

    @memory.setter
    def memory(self, memory: Memory) -> None:
        self.raised, self.spoke_on, self.told = memory.raised, memory.spoke_on, sorted(memory.told)


class Look(models.Model):
    """A look that changed something. Only ever added; the database refuses to change or delete it. `what`: "raised" or
    "cleared". `rows`: the address of the rows, as the books were known then, without the site."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="looks")
    what = models.CharField(max_length=10)
    value = models.DecimalField(max_digits=38, decimal_places=14, null=True)
    unit = models.CharField(max_length=10, blank=True)
    reason = models.TextField()
    rows = models.TextField(blank=True)
    as_of = models.DateField(null=True)
    at = models.DateTimeField()
    known_through = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(what__in=["raised", "cleared"]), name="look_what"),
        ]

    def __str__(self) -> str:
        return f"{self.what}: {self.reason}"


class State(StrEnum):
    """Where a delivery stands. Every change is one conditional UPDATE: of two that try, one succeeds."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"  # it certainly did not arrive
    UNCERTAIN = "uncertain"  # it may have arrived, so it is not sent again


class Delivery(models.Model):
    """One message of one raise to one address. `person`: None where it is posted to an address. `next_at`: from when on
    it may be tried (again). `claimed_at`: when the last try began. `reason`: why it failed or is uncertain."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    look = models.ForeignKey(Look, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=30)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    address = models.CharField(max_length=2000)
    state = models.CharField(max_length=10, default=State.WAITING.value)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["look", "channel", "address"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["look", "channel", "address"], name="delivery_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in State]), name="delivery_state"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["next_at"], condition=models.Q(state__in=["waiting", "sending"]), name="delivery_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} to {self.address}: {self.state}"


class Target(models.Model):
    """What a KPI is to be within filters, from a day on until the next such day. `value` None: none from then on. Only
    ever added, so that a past date has the target that it had."""

    kpi = models.CharField(max_length=100)
    where = models.JSONField(default=dict)
    value = models.DecimalField(max_digits=38, decimal_places=14, null=True)
    from_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["kpi", "from_on", "id"]

    def __str__(self) -> str:
        return f"{self.kpi} from {self.from_on}: {self.value}"
