"""The record of customers, and erasing: the tables, and what the database refuses, as `records.guards` has it."""

from __future__ import annotations

from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from countback.ledger.records import guards


def _id() -> Any:
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _customer() -> Any:
    return models.TextField(db_collation="C")


def _texts(longest: int) -> Any:
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(max_length=longest), blank=True, default=list, size=None
    )


def _by() -> Any:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
    )


def _changing() -> list[tuple[str, Any]]:
    return [
        ("version", models.PositiveIntegerField(default=1)),
        ("made_at", models.DateTimeField()),
        ("changed_at", models.DateTimeField()),
        ("ended_at", models.DateTimeField(null=True)),
        ("erased_at", models.DateTimeField(null=True)),
    ]


def _of(name: str) -> list[models.Index]:
    return [models.Index(fields=["customer_id"], name=name)]


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("ledger", "0003_sources"),
    ]
    operations = [
        migrations.CreateModel(
            name="Address",
            fields=[
                ("id", _id()),
                ("customer_id", _customer()),
                ("kind", models.CharField(max_length=10)),
                ("lines", models.TextField(max_length=500)),
                ("postcode", models.CharField(blank=True, max_length=20)),
                ("city", models.CharField(blank=True, max_length=120)),
                ("country", models.CharField(blank=True, max_length=2)),
                *_changing(),
            ],
            options={
                "ordering": ["kind", "id"],
                "indexes": _of("address_of"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(kind__in=["billing", "delivery", "legal"]), name="address_kind"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactPerson",
            fields=[
                ("id", _id()),
                ("customer_id", _customer()),
                ("name", models.CharField(max_length=200)),
                ("function", models.CharField(blank=True, max_length=200)),
                ("email", models.CharField(blank=True, max_length=254)),
                ("phone", models.CharField(blank=True, max_length=60)),
                ("language", models.CharField(blank=True, max_length=10)),
                ("receives", _texts(10)),
                ("main", models.BooleanField(default=False)),
                *_changing(),
            ],
            options={
                "ordering": ["-main", "name", "id"],
                "indexes": _of("contact_person_of"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(main=True), fields=("customer_id",), name="contact_person_one_main"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("main", False), ("ended_at", None), _connector="OR"),
                        name="contact_person_main_is_there",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(receives__contained_by=["reminders", "statements", "invoices"]),
                        name="contact_person_receives",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomField",
            fields=[
                ("id", _id()),
                ("name", models.CharField(max_length=80)),
                ("kind", models.CharField(max_length=10)),
                ("choices", _texts(120)),
                ("help", models.CharField(blank=True, max_length=300)),
                ("personal", models.BooleanField(default=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("name"),
                        condition=models.Q(ended_at=None),
                        name="custom_field_one_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(kind__in=["text", "number", "date", "choice", "yes_no"]),
                        name="custom_field_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(models.Q(("kind", "text"), _negated=True), ("personal", True), _connector="OR"),
                        name="custom_field_text_is_personal",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", _id()),
                ("customer_id", _customer()),
                ("at", models.DateTimeField()),
                ("counts", models.JSONField(default=dict)),
                ("by", _by()),
                ("person", models.ForeignKey(
                    null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.contactperson",
                )),
            ],
            options={"ordering": ["-id"], "indexes": _of("erasure_of")},
        ),
        migrations.CreateModel(
            name="FieldValue",
            fields=[
                ("id", _id()),
                ("customer_id", _customer()),
                ("value", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                ("by", _by()),
                ("field", models.ForeignKey(
                    on_delete=django.db.models.deletion.PROTECT, related_name="values", to="ledger.customfield",
                )),
                ("follows", models.OneToOneField(
                    null=True, on_delete=django.db.models.deletion.PROTECT, related_name="followed_by",
                    to="ledger.fieldvalue",
                )),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [models.Index(fields=["customer_id", "field", "-id"], name="field_value_of")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(follows=None), fields=("field", "customer_id"), name="field_value_one_first"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                ("id", _id()),
                ("customer_id", _customer()),
                ("text", models.TextField(max_length=10000)),
                ("pinned", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
                ("by", _by()),
                ("corrects", models.OneToOneField(
                    null=True, on_delete=django.db.models.deletion.PROTECT, related_name="corrected_by",
                    to="ledger.note",
                )),
            ],
            options={"ordering": ["-at", "-id"], "indexes": _of("note_of")},
        ),
        migrations.RunSQL([*guards.statements()]),
    ]  # fmt: skip
