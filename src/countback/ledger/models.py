"""Imports: what brought each fact into the ledger. The facts themselves are tables of `schema`, read by SQL."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models


class OfBooks(models.Manager["Import"]):
    """Imports of books and what took them back, without the acts that were recorded here."""

    def get_queryset(self) -> models.QuerySet[Import]:
        """The imports."""
        return super().get_queryset().filter(act="")


class Import(models.Model):
    """One taking in of books, whole; or one act that was recorded here, whose field's words are then in `act`
    ("promise recorded"). `summary`: per table how many rows were new, changed, vanished or the same, and their amounts;
    empty for acts. `undoes`: the import, or act, that this one takes back."""

    name = models.CharField(max_length=300)
    act = models.CharField(max_length=60, blank=True, default="", db_default="")
    profile = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    summary = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone_by")

    objects = models.Manager["Import"]()
    of_books = OfBooks()

    @property
    def changes(self) -> int:
        """Rows that it wrote or ended."""
        return sum(
            one["new"]["rows"] + one["changed"]["rows"] + (one["vanished"]["rows"] if one["ends"] else 0)
            for one in self.summary.values()
        )

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-at"], name="ledger_import_at"),
            models.Index(fields=["id"], name="ledger_import_act", condition=~models.Q(act="")),
        ]

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
