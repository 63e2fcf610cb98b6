"""Reconciliations and checks of the mirror: written once, never changed (a trigger refuses)."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from countback.ledger.reconciling.rules import Level, What


class Reconciliation(models.Model):
    """One comparison of the ledger with its source. `name`: whose totals they were. `known_through`: through which
    moment the books were known. `entities`, `collectors`: the scope of who compared; None: all."""

    name = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    as_of = models.DateField()
    known_through = models.DateTimeField()
    entities = ArrayField(models.TextField(), null=True)
    collectors = ArrayField(models.TextField(), null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.as_of:%Y-%m-%d})"


class ReconciledLine(models.Model):
    """One figure of both sides. `month`: its first day, None for what is as of the date. `rows`: whether it counts
    documents; else it is an amount in the currency."""

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.PROTECT, related_name="lines")
    what = models.CharField(max_length=20)
    level = models.CharField(max_length=10)
    entity = models.TextField(blank=True)
    currency = models.CharField(max_length=3)
    customer_id = models.TextField(blank=True)
    month = models.DateField(null=True)
    rows = models.BooleanField(default=False)
    ledger = models.DecimalField(max_digits=22, decimal_places=4)
    source = models.DecimalField(max_digits=22, decimal_places=4)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(what__in=[one.value for one in What]), name="reconciled_what"),
            models.CheckConstraint(
                condition=Q(level__in=[one.value for one in Level]), name="reconciled_level"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.entity} {self.currency} {self.customer_id}".strip()

    @property
    def difference(self) -> Decimal:
        """How much more the ledger has."""
        return self.ledger - self.source


class MirrorCheck(models.Model):
    """One comparison of the mirror with the ledger. `differences`: each number on which they disagree, `ledger` and
    `other` beside one another. `by`: who asked for it; None: its schedule."""

    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    known_through = models.DateTimeField()
    differences = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
