"""Subscriptions, sendings, and the trigger by which the steps of a sending stay as they were written."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEEP = """
CREATE FUNCTION subscriptions_step_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The history of a sending was not changed: its steps are only ever added.'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER subscriptions_step_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON subscriptions_step
    FOR EACH STATEMENT EXECUTE FUNCTION subscriptions_step_stays();
"""
LET_GO = (
    "DROP TRIGGER subscriptions_step_stays ON subscriptions_step; DROP FUNCTION subscriptions_step_stays();"
)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Sending",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("as_of", models.DateField()),
                ("at_once", models.BooleanField(default=False)),
                ("missed", models.PositiveIntegerField(default=0)),
                ("state", models.CharField(default="waiting", max_length=10)),
                ("reason", models.TextField(blank=True)),
                ("changed_at", models.DateTimeField()),
                ("attempt", models.PositiveIntegerField(default=0)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("message_id", models.CharField(blank=True, max_length=200)),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-due_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("state", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                ("reason", models.TextField(blank=True)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "sending",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps",
                        to="subscriptions.sending",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("where", models.JSONField(default=dict)),
                ("currency", models.CharField(blank=True, max_length=3)),
                (
                    "relative_date",
                    models.CharField(
                        choices=[
                            ("today", "the day of sending"),
                            ("yesterday", "the day before"),
                            ("last_business_day", "the last business day before"),
                            ("last_month_end", "the last month's end"),
                            ("last_quarter_end", "the last quarter's end"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "every",
                    models.CharField(
                        choices=[("weekday", "weekday"), ("week", "week"), ("month", "month")], max_length=10
                    ),
                ),
                ("weekday", models.SmallIntegerField(null=True)),
                ("day", models.SmallIntegerField(null=True)),
                ("at_time", models.TimeField()),
                ("time_zone", models.CharField(max_length=64)),
                ("language", models.CharField(blank=True, max_length=10)),
                (
                    "formats",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=4), size=None
                    ),
                ),
                ("active", models.BooleanField(default=True)),
                ("made_at", models.DateTimeField()),
                ("seen_through", models.DateTimeField()),
                ("trouble", models.TextField(blank=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recipients",
                    models.ManyToManyField(related_name="+", to=settings.AUTH_USER_MODEL),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.AddField(
            model_name="sending",
            name="subscription",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sendings",
                to="subscriptions.subscription",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("day", None), ("every", "weekday"), ("weekday", None)),
                    models.Q(("day", None), ("every", "week"), ("weekday__range", (0, 6))),
                    models.Q(
                        ("every", "month"),
                        ("weekday", None),
                        models.Q(("day", None), ("day__range", (1, 31)), _connector="OR"),
                    ),
                    _connector="OR",
                ),
                name="subscription_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "relative_date__in",
                        ["today", "yesterday", "last_business_day", "last_month_end", "last_quarter_end"],
                    )
                ),
                name="subscription_relative_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("formats__len__gt", 0), ("formats__contained_by", ["pdf", "xlsx"])),
                name="subscription_formats",
            ),
        ),
        migrations.AddIndex(
            model_name="sending",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "making", "sending"])),
                fields=["due_at", "id"],
                name="sending_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="sending",
            constraint=models.UniqueConstraint(
                fields=("subscription", "recipient", "due_at"), name="sending_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="sending",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["waiting", "making", "sending", "sent", "skipped", "failed", "uncertain"])
                ),
                name="sending_state",
            ),
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
