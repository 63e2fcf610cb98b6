"""When to come back to a customer. All else that is agreed stands in the ledger."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from countback.arrangements.rules import WHY_AGAIN
from countback.ledger.records.models import customer_number


class FollowUp(models.Model):
    """The day on which a customer comes back to the list, and why. One of a customer stands at a time; a new one takes
    its place. `ended_at`: it no longer stands, because it was done, replaced, or taken away."""

    customer_id = customer_number()
    due_on = models.DateField()
    why = models.CharField(max_length=20)
    made_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["due_on", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_on"], name="follow_up_due", condition=models.Q(ended_at=None))
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["customer_id"], condition=models.Q(ended_at=None), name="follow_up_one_stands"
            ),
            models.CheckConstraint(condition=models.Q(why__in=list(WHY_AGAIN)), name="follow_up_why"),
        ]

    def __str__(self) -> str:
        return f"follow-up of {self.customer_id} on {self.due_on}"

    @property
    def words(self) -> str:
        """Why, in words."""
        return WHY_AGAIN[self.why]
