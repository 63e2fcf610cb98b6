"""When to come back to a customer."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

STANDS = models.Q(ended_at=None)
WHY = ["call_again", "promise_due", "answer", "send_documents", "offer_plan", "other"]


class Migration(migrations.Migration):
    initial = True
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("customer_id", models.TextField(db_collation="C")),
                ("due_on", models.DateField()),
                ("why", models.CharField(max_length=20)),
                ("made_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
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
                "ordering": ["due_on", "id"],
                "indexes": [models.Index(fields=["due_on"], name="follow_up_due", condition=STANDS)],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["customer_id"], condition=STANDS, name="follow_up_one_stands"
                    ),
                    models.CheckConstraint(condition=models.Q(why__in=WHY), name="follow_up_why"),
                ],
            },
        ),
    ]
