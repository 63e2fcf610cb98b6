"""What is recorded here beside imports: the field's words of an act, and what finds acts among imports."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_record")]
    operations = [
        migrations.AddField(
            "import", "act", models.CharField(blank=True, db_default="", default="", max_length=60)
        ),
        migrations.AddIndex("import", models.Index(fields=["-at"], name="ledger_import_at")),
        migrations.AddIndex(
            "import",
            models.Index(fields=["id"], name="ledger_import_act", condition=~models.Q(act="")),
        ),
    ]
