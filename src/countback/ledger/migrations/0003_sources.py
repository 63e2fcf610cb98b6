"""Sources and what was fetched of them; reconciliations, which the database keeps as they were written."""

from __future__ import annotations

import uuid
from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

PROTECT = django.db.models.deletion.PROTECT
UNDER_WAY = ("waiting", "running")
STATES = [*UNDER_WAY, "imported", "nothing_new", "refused", "failed"]
KEPT = ("ledger_reconciliation", "ledger_reconciledline", "ledger_mirrorcheck")
"""Tables to which rows are only ever added; `ledger_refuse_change` came with the ledger."""


def _id() -> Any:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _by(**given: Any) -> Any:
    return models.ForeignKey(on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL, **given)


def _texts() -> Any:
    return django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), null=True, size=None)


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("ledger", "0002_upload"),
    ]
    operations = [
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", _id()),
                ("name", models.CharField(max_length=100)),
                ("kind", models.CharField(max_length=10)),
                ("address", models.CharField(max_length=1000)),
                ("pattern", models.CharField(default="*", max_length=200)),
                ("newest_only", models.BooleanField(default=False)),
                ("profile", models.CharField(blank=True, max_length=200)),
                ("ends_vanished", models.BooleanField(default=False)),
                ("interval_minutes", models.PositiveIntegerField(null=True)),
                ("at_time", models.TimeField()),
                ("time_zone", models.CharField(max_length=64)),
                ("secret", models.CharField(default="none", max_length=10)),
                ("secret_variable", models.CharField(blank=True, max_length=100)),
                ("host_key", models.TextField(blank=True)),
                ("offered_key", models.TextField(blank=True)),
                ("active", models.BooleanField(default=True)),
                ("due_at", models.DateTimeField()),
                ("made_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(condition=Q(kind__in=["folder", "https", "sftp"]), name="source_kind"),
                    models.CheckConstraint(
                        condition=Q(secret__in=["none", "password", "token", "key"]), name="source_secret"
                    ),
                    models.UniqueConstraint(condition=Q(removed_at=None), fields=("name",), name="source_one_name"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Fetch",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("state", models.CharField(default="waiting", max_length=12)),
                ("attempt", models.PositiveIntegerField(default=0)),
                ("files", models.JSONField(default=list)),
                ("fingerprint", models.CharField(blank=True, max_length=64)),
                ("problems", models.JSONField(default=list)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("wrong", models.JSONField(default=dict)),
                ("by", _by(null=True)),
                ("imported", models.ForeignKey(
                    null=True, on_delete=PROTECT, related_name="fetches", to="ledger.import"
                )),
                ("source", models.ForeignKey(on_delete=PROTECT, related_name="fetches", to="ledger.source")),
            ],
            options={
                "ordering": ["-at"],
                "indexes": [models.Index(fields=["source", "-at"], name="fetch_of_source")],
                "constraints": [
                    models.CheckConstraint(condition=Q(state__in=STATES), name="fetch_state"),
                    models.UniqueConstraint(
                        condition=Q(state__in=UNDER_WAY), fields=("source",), name="fetch_one_under_way"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reconciliation",
            fields=[
                ("id", _id()),
                ("name", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                ("as_of", models.DateField()),
                ("known_through", models.DateTimeField()),
                ("entities", _texts()),
                ("collectors", _texts()),
                ("by", _by()),
            ],
            options={"ordering": ["-at", "-id"]},
        ),
        migrations.CreateModel(
            name="ReconciledLine",
            fields=[
                ("id", _id()),
                ("what", models.CharField(max_length=20)),
                ("level", models.CharField(max_length=10)),
                ("entity", models.TextField(blank=True)),
                ("currency", models.CharField(max_length=3)),
                ("customer_id", models.TextField(blank=True)),
                ("month", models.DateField(null=True)),
                ("rows", models.BooleanField(default=False)),
                ("ledger", models.DecimalField(decimal_places=4, max_digits=22)),
                ("source", models.DecimalField(decimal_places=4, max_digits=22)),
                ("reconciliation", models.ForeignKey(
                    on_delete=PROTECT, related_name="lines", to="ledger.reconciliation"
                )),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(what__in=["open_receivables", "invoices", "payments"]), name="reconciled_what"
                    ),
                    models.CheckConstraint(
                        condition=Q(level__in=["total", "customer", "rest", "untold"]), name="reconciled_level"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MirrorCheck",
            fields=[
                ("id", _id()),
                ("at", models.DateTimeField()),
                ("known_through", models.DateTimeField()),
                ("differences", models.JSONField(default=list)),
                ("by", _by(null=True)),
            ],
            options={"ordering": ["-at", "-id"]},
        ),
        *(
            migrations.RunSQL(
                f"""CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
                FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()""",
                f"DROP TRIGGER {table}_stays ON {table}",
            )
            for table in KEPT
        ),
    ]  # fmt: skip
