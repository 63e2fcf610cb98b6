"""Imports: what brought each fact into the ledger. The facts themselves are tables of `schema`, read by SQL."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class Import(models.Model):
    """One taking in of books, whole. `summary`: per table how many rows were new, changed, vanished or the same, and
    their amounts. `undoes`: the import that this one takes back."""

    name = models.CharField(max_length=300)
    profile = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    summary = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone_by")

    @property
    def changes(self) -> int:
        """Rows that it wrote or ended."""
        return sum(
            one["new"]["rows"] + one["changed"]["rows"] + (one["vanished"]["rows"] if one["ends"] else 0)
            for one in self.summary.values()
        )

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.name} ({self.at:%Y-%m-%d %H:%M})"


from countback.ledger.reconciling.models import MirrorCheck, ReconciledLine, Reconciliation  # noqa: E402, F401
from countback.ledger.records.models import (  # noqa: E402, F401
    Address,
    ContactPerson,
    CustomField,
    Erasure,
    FieldValue,
    Note,
)
from countback.ledger.sources.models import Fetch, Source  # noqa: E402, F401
from countback.ledger.upload_models import Upload  # noqa: E402, F401
