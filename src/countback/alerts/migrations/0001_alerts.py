"""Alerts, what they said and to whom it went; targets. What was said, and targets, the database keeps as written."""

from __future__ import annotations

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEPT = ("alerts_look", "alerts_target")

KEEP = """
CREATE FUNCTION alerts_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Nothing was changed: what an alert said, and targets, are only ever added; add what is so now.'
        USING ERRCODE = 'restrict_violation';
END $$;
""" + "".join(
    f"CREATE TRIGGER alerts_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION alerts_stay();\n"
    for table in KEPT
)

LET_GO = "".join(f"DROP TRIGGER alerts_stay ON {table};\n" for table in KEPT) + "DROP FUNCTION alerts_stay();"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Alert",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("kind", models.CharField(max_length=12)),
                ("kpi", models.CharField(max_length=100)),
                ("where", models.JSONField(default=dict)),
                ("parameters", models.JSONField(default=dict)),
                ("cool_down_days", models.PositiveSmallIntegerField(default=0)),
                ("channels", models.JSONField(default=dict)),
                ("active", models.BooleanField(default=True)),
                ("since", models.DateTimeField()),
                ("site", models.CharField(max_length=300)),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alerts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recipients",
                    models.ManyToManyField(
                        blank=True, related_name="addressed_alerts", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("what", models.CharField(max_length=10)),
                ("value", models.DecimalField(decimal_places=14, max_digits=38, null=True)),
                ("unit", models.CharField(blank=True, max_length=10)),
                ("reason", models.TextField()),
                ("rows", models.TextField(blank=True)),
                ("as_of", models.DateField(null=True)),
                ("at", models.DateTimeField()),
                ("known_through", models.DateTimeField(null=True)),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="looks", to="alerts.alert"
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("channel", models.CharField(max_length=30)),
                ("address", models.CharField(max_length=2000)),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("reason", models.TextField(blank=True)),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "look",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="alerts.look",
                    ),
                ),
            ],
            options={
                "ordering": ["look", "channel", "address"],
            },
        ),
        migrations.CreateModel(
            name="Target",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kpi", models.CharField(max_length=100)),
                ("where", models.JSONField(default=dict)),
                ("value", models.DecimalField(decimal_places=14, max_digits=38, null=True)),
                ("from_on", models.DateField()),
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
                "ordering": ["kpi", "from_on", "id"],
            },
        ),
        migrations.CreateModel(
            name="Standing",
            fields=[
                (
                    "alert",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="standing",
                        serialize=False,
                        to="alerts.alert",
                    ),
                ),
                ("raised", models.BooleanField(default=False)),
                ("spoke_on", models.DateField(null=True)),
                (
                    "told",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("looked_at", models.DateTimeField(null=True)),
                ("as_of", models.DateField(null=True)),
                ("known_through", models.DateTimeField(null=True)),
                ("found", models.TextField(blank=True)),
                ("value", models.DecimalField(decimal_places=14, max_digits=38, null=True)),
                ("unit", models.CharField(blank=True, max_length=10)),
                ("before_on", models.DateField(null=True)),
                ("before_known_at", models.DateTimeField(null=True)),
                ("rests", models.BooleanField(default=False)),
                ("seen", models.CharField(blank=True, max_length=100)),
                ("failure", models.JSONField(default=dict)),
                (
                    "said",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="alerts.look",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["threshold", "change", "season", "entry", "limit"])),
                name="alert_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="look",
            constraint=models.CheckConstraint(
                condition=models.Q(("what__in", ["raised", "cleared"])), name="look_what"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "sending"])),
                fields=["next_at"],
                name="delivery_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("look", "channel", "address"), name="delivery_once"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "sending", "sent", "failed", "uncertain"])),
                name="delivery_state",
            ),
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
