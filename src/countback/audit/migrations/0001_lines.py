"""The lines, and the triggers by which the database keeps them as they were written."""

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.migrations.operations.base import Operation

KEEP = """
CREATE FUNCTION audit_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The audit was not changed: its lines are only ever added; add one that says what is so now.'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_line_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_line
    FOR EACH STATEMENT EXECUTE FUNCTION audit_line_stays();
"""
"""A trigger by statement: it refuses even what would meet no row, and TRUNCATE knows no other."""

LET_GO = "DROP TRIGGER audit_line_stays ON audit_line; DROP FUNCTION audit_line_stays();"


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar[list[tuple[str, str]]] = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("who_shown", models.TextField()),
                ("what", models.TextField()),
                ("about_kind", models.TextField(blank=True)),
                ("about_id", models.TextField(blank=True)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
                ("from_where", models.TextField(blank=True)),
                ("previous_hash", models.CharField(max_length=64, unique=True)),
                ("hash", models.CharField(max_length=64)),
                (
                    "who",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["about_kind", "about_id", "id"], name="audit_line_about"),
                    models.Index(fields=["what", "id"], name="audit_line_what"),
                ],
            },
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
