"""Uploads: imports on their way."""

from __future__ import annotations

import uuid
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STATES = ["received", "asking", "read", "refused", "confirmed", "importing", "done", "failed", "given_up"]
UNDER_WAY = ("confirmed", "importing")


def _import(name: str) -> Any:
    on_delete = django.db.models.deletion.PROTECT
    return models.ForeignKey("ledger.import", null=True, on_delete=on_delete, related_name=name)


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("ledger", "0001_ledger"),
    ]
    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("of", models.CharField(default="files", max_length=10)),
                ("name", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                ("state", models.CharField(default="received", max_length=12)),
                ("profile", models.CharField(blank=True, max_length=200)),
                ("proposed", models.BooleanField(default=False)),
                ("ends_vanished", models.BooleanField(default=False)),
                ("answers", models.JSONField(default=dict)),
                ("questions", models.JSONField(default=list)),
                ("sample", models.JSONField(default=dict)),
                ("plan", models.JSONField(default=dict)),
                ("problems", models.JSONField(default=list)),
                ("wrong", models.JSONField(default=dict)),
                ("attempt", models.PositiveIntegerField(default=0)),
                ("progress", models.FloatField(default=0)),
                ("words", models.CharField(blank=True, max_length=300)),
                ("by", models.ForeignKey(
                    null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                    to=settings.AUTH_USER_MODEL,
                )),
                ("imported", _import("uploads")),
                ("undoes", _import("undoings")),
            ],
            options={
                "ordering": ["-at"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(state__in=STATES), name="upload_state"),
                    models.UniqueConstraint(
                        condition=models.Q(of="demo", state__in=UNDER_WAY), fields=("of",), name="upload_one_demo"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(state__in=UNDER_WAY), fields=("undoes",), name="upload_one_undo"
                    ),
                ],
            },
        ),
    ]  # fmt: skip
