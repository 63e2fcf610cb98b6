"""Views that people save, and dashboards that they arrange."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from countback.dashboards.rules import KINDS, MOST_COLUMNS, NEEDS_DIMENSION, NEEDS_KPI, Kind


class View(models.Model):
    """A page of ours under a name, as it was asked. `page`: its path; `query`: its query string, without `?`. `shared`:
    everybody may open it, and sees what they may see themselves."""

    name = models.CharField(max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    page = models.CharField(max_length=500)
    query = models.CharField(max_length=2000, blank=True)
    shared = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="view_named", condition=~Q(name="")),
            models.CheckConstraint(
                name="view_page_of_ours", condition=Q(page__startswith="/") & ~Q(page__startswith="//")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Where it leads."""
        return f"{self.page}?{self.query}" if self.query else self.page


class Dashboard(models.Model):
    """Tiles that somebody put together. `shared`: as of a view."""

    name = models.CharField(max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    shared = models.BooleanField(default=False)
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="dashboard_named", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return self.name


class Tile(models.Model):
    """One tile of a dashboard. `place`: from 1, in the order of the page; `columns`: its width, of four. `kpi` and
    `dimension`: of those kinds that need them."""

    dashboard = models.ForeignKey(Dashboard, on_delete=models.CASCADE, related_name="tiles")
    place = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=[(kind.value, words) for kind, words in KINDS.items()])
    kpi = models.CharField(max_length=100, blank=True)
    dimension = models.CharField(max_length=300, blank=True)
    columns = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering: ClassVar[list[str]] = ["place"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["dashboard", "place"], name="tile_place", deferrable=models.Deferrable.DEFERRED
            ),
            models.CheckConstraint(name="tile_kind", condition=Q(kind__in=[kind.value for kind in Kind])),
            models.CheckConstraint(name="tile_columns", condition=Q(columns__range=(1, MOST_COLUMNS))),
            models.CheckConstraint(
                name="tile_of_a_kpi",
                condition=Q(kind__in=NEEDS_KPI) & ~Q(kpi="") | ~Q(kind__in=NEEDS_KPI) & Q(kpi=""),
            ),
            models.CheckConstraint(
                name="tile_by_a_dimension",
                condition=Q(kind__in=NEEDS_DIMENSION) & ~Q(dimension="")
                | ~Q(kind__in=NEEDS_DIMENSION) & Q(dimension=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.kpi} {self.dimension}".strip()
