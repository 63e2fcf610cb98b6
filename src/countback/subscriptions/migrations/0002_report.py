"""Which report a subscription sends: blank for the board pack, as all of them were until now."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0001_subscriptions")]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="report",
            field=models.CharField(blank=True, default="", max_length=40),
            preserve_default=False,
        ),
    ]
