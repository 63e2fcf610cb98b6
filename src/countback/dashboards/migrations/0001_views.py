"""Views that people save, and dashboards that they arrange."""

import django.db.models.constraints
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
            name="Dashboard",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("shared", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("kpi", "a figure"),
                            ("trend", "a figure over time"),
                            ("breakdown", "a figure by a dimension"),
                            ("aging", "ageing"),
                            ("overdue", "top overdue customers"),
                            ("at_risk", "customers at risk"),
                        ],
                        max_length=20,
                    ),
                ),
                ("kpi", models.CharField(blank=True, max_length=100)),
                ("dimension", models.CharField(blank=True, max_length=300)),
                ("columns", models.PositiveSmallIntegerField(default=1)),
                (
                    "dashboard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tiles",
                        to="dashboards.dashboard",
                    ),
                ),
            ],
            options={
                "ordering": ["place"],
            },
        ),
        migrations.CreateModel(
            name="View",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("page", models.CharField(max_length=500)),
                ("query", models.CharField(blank=True, max_length=2000)),
                ("shared", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name", "id"],
            },
        ),
        migrations.AddConstraint(
            model_name="dashboard",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="dashboard_named"
            ),
        ),
        migrations.AddConstraint(
            model_name="tile",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["DEFERRED"],
                fields=("dashboard", "place"),
                name="tile_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="tile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["kpi", "trend", "breakdown", "aging", "overdue", "at_risk"])
                ),
                name="tile_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="tile",
            constraint=models.CheckConstraint(
                condition=models.Q(("columns__range", (1, 4))), name="tile_columns"
            ),
        ),
        migrations.AddConstraint(
            model_name="tile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind__in", ("kpi", "trend", "breakdown")), models.Q(("kpi", ""), _negated=True)
                    ),
                    models.Q(
                        models.Q(("kind__in", ("kpi", "trend", "breakdown")), _negated=True), ("kpi", "")
                    ),
                    _connector="OR",
                ),
                name="tile_of_a_kpi",
            ),
        ),
        migrations.AddConstraint(
            model_name="tile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ("breakdown",)), models.Q(("dimension", ""), _negated=True)),
                    models.Q(models.Q(("kind__in", ("breakdown",)), _negated=True), ("dimension", "")),
                    _connector="OR",
                ),
                name="tile_by_a_dimension",
            ),
        ),
        migrations.AddConstraint(
            model_name="view",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="view_named"
            ),
        ),
        migrations.AddConstraint(
            model_name="view",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("page__startswith", "/"), models.Q(("page__startswith", "//"), _negated=True)
                ),
                name="view_page_of_ours",
            ),
        ),
    ]
