"""The lists of each day as they were made, who was skipped and why, and the weights that managers set. Rows are only
added: a list that is made anew stands beside the one before it. Nothing personal is kept here: names are looked up."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from countback.ledger.records.models import customer_number

SKIP_REASONS = {
    "not_reached": "Cannot be reached today",
    "paid": "Says it has paid; the bank will show it",
    "with_colleague": "A colleague has it in hand",
    "wrong_details": "Contact details are wrong",
    "not_worth_it": "Not worth it now",
    "other": "Something else",
}
"""Why somebody passes over a customer."""


def _amount() -> models.DecimalField[object, object]:
    return models.DecimalField(max_digits=22, decimal_places=4)


class Weighting(models.Model):
    """Weights that a manager set; the latest hold. `weights`: by name, as text."""

    weights = models.JSONField()
    made_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-made_at", "-id"]

    def __str__(self) -> str:
        return f"weights of {self.made_at:%Y-%m-%d %H:%M}"


class Day(models.Model):
    """The lists of a business day, of which the latest count. `as_of`: the day to which the books tell; `currency`: of
    all amounts; `weights`: those that held. `waiting`: reason -> customers who are on no list for it. `left_over`:
    customers that fitted nowhere, and `left_over_amount`, what of theirs is overdue. `by`: who had them made; None: the
    morning."""

    on = models.DateField()
    as_of = models.DateField()
    currency = models.CharField(max_length=3)
    strategy = models.CharField(max_length=80)
    weights = models.JSONField()
    waiting = models.JSONField(default=dict)
    left_over = models.PositiveIntegerField()
    left_over_amount = _amount()
    made_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["-on", "-made_at", "-id"]

    def __str__(self) -> str:
        return f"worklists of {self.on}"


class Line(models.Model):
    """A customer on a collector's list of a day. `place`: from 1, best first; `how`: how it came there; the rest as a
    `line.Line` has it. `parts`: of the score, in order: name, how it joins, value, words."""

    day = models.ForeignKey(Day, on_delete=models.CASCADE, related_name="lines")
    collector = models.TextField(db_collation="C")
    place = models.PositiveIntegerField()
    customer_id = customer_number()
    how = models.CharField(max_length=20)
    act = models.CharField(max_length=20)
    amount = _amount()
    free = _amount()
    overdue_days = models.PositiveIntegerField()
    why = models.TextField()
    due_on = models.DateField()
    minutes = models.PositiveIntegerField()
    expected = _amount()
    score = _amount()
    parts = models.JSONField()

    class Meta:
        ordering: ClassVar[list[str]] = ["place"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["day", "collector", "place"], name="line_place"),
            models.UniqueConstraint(fields=["day", "customer_id"], name="line_one_of_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.collector} {self.place}: {self.customer_id}"


class Skip(models.Model):
    """Somebody passed over a customer on a day."""

    customer_id = customer_number()
    on = models.DateField()
    reason = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["on", "customer_id"], name="skip_on")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(reason__in=list(SKIP_REASONS)), name="skip_reason")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} skipped on {self.on}"

    @property
    def words(self) -> str:
        """Why, in words."""
        return SKIP_REASONS[self.reason]
