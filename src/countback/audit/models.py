"""The lines of the audit."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from countback.audit import rules


class Line(models.Model):
    """One thing that somebody did. `id`: its place in the chain, without gaps. `who`: None where the application acted
    on its own. `who_shown`: their name as it was then. `about_kind`, `about_id`: what it was done to, both empty where
    it concerns nothing alone. `from_where`: the network address that asked. `hash`: the seal over all of this and over
    `previous_hash`. The database refuses to change or delete a line."""

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    who = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    who_shown = models.TextField()
    what = models.TextField()
    about_kind = models.TextField(blank=True)
    about_id = models.TextField(blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    from_where = models.TextField(blank=True)
    previous_hash = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["about_kind", "about_id", "id"], name="audit_line_about"),
            models.Index(fields=["what", "id"], name="audit_line_what"),
        ]

    def __str__(self) -> str:
        return f"{self.id}: {self.who_shown}, {self.what}"

    @property
    def content(self) -> dict[str, Any]:
        """All that the seal is over, but for the seal before it."""
        return {
            "id": self.id,
            "at": self.at,
            "who": self.who_id,
            "who_shown": self.who_shown,
            "what": self.what,
            "about": [self.about_kind, self.about_id],
            "before": self.before,
            "after": self.after,
            "where": self.from_where,
        }

    @property
    def changes(self) -> list[rules.Change]:
        """What became what."""
        return rules.changes(self.before, self.after)
