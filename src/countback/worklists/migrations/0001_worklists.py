"""Lists of days, who was skipped, and weights."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Day",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField()),
                ("as_of", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("strategy", models.CharField(max_length=80)),
                ("weights", models.JSONField()),
                ("waiting", models.JSONField(default=dict)),
                ("left_over", models.PositiveIntegerField()),
                ("left_over_amount", models.DecimalField(decimal_places=4, max_digits=22)),
                ("made_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-on", "-made_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Weighting",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("weights", models.JSONField()),
                ("made_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-made_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("collector", models.TextField(db_collation="C")),
                ("place", models.PositiveIntegerField()),
                ("customer_id", models.TextField(db_collation="C")),
                ("how", models.CharField(max_length=20)),
                ("act", models.CharField(max_length=20)),
                ("amount", models.DecimalField(decimal_places=4, max_digits=22)),
                ("free", models.DecimalField(decimal_places=4, max_digits=22)),
                ("overdue_days", models.PositiveIntegerField()),
                ("why", models.TextField()),
                ("due_on", models.DateField()),
                ("minutes", models.PositiveIntegerField()),
                ("expected", models.DecimalField(decimal_places=4, max_digits=22)),
                ("score", models.DecimalField(decimal_places=4, max_digits=22)),
                ("parts", models.JSONField()),
                (
                    "day",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="worklists.day"
                    ),
                ),
            ],
            options={
                "ordering": ["place"],
                "constraints": [
                    models.UniqueConstraint(fields=("day", "collector", "place"), name="line_place"),
                    models.UniqueConstraint(fields=("day", "customer_id"), name="line_one_of_customer"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Skip",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("customer_id", models.TextField(db_collation="C")),
                ("on", models.DateField()),
                ("reason", models.CharField(max_length=20)),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
                "indexes": [models.Index(fields=["on", "customer_id"], name="skip_on")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason__in",
                                [
                                    "not_reached",
                                    "paid",
                                    "with_colleague",
                                    "wrong_details",
                                    "not_worth_it",
                                    "other",
                                ],
                            )
                        ),
                        name="skip_reason",
                    )
                ],
            },
        ),
    ]
