"""The list of KPIs: every single-valued one with its value, what changed, and its line; the tables by name."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from countback.dashboards.asked import Asked
from countback.dashboards.kpis_series import ask_series, name_of
from countback.dashboards.links import kpi_page, rows_page
from countback.dashboards.targets import targets_of
from countback.kpis.catalogue import catalogue
from countback.kpis.kpi import Kpi
from countback.kpis.topics import rank, topic_of
from countback.ledger.figures import Figures
from countback.report.drawn import sparkline
from countback.report.series import Series
from countback.report.tiles import Tile, tile

POINTS = 13
"""Months of the line: a year, and the month that the last one is compared with."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A KPI in the list. `tile` None: it is a table."""

    kpi: Kpi
    title: str
    page: str
    rows: str
    tile: Tile | None
    spark: Markup


@dataclass(frozen=True, slots=True)
class Area:
    """KPIs that belong together."""

    title: str
    kpis: tuple[Listed, ...]


def single_valued() -> tuple[str, ...]:
    """Ids of the KPIs that are one value."""
    return tuple(kpi.id for kpi in catalogue() if not kpi.cells)


def listed(figures: Figures, asked: Asked, search: str = "") -> tuple[Area, ...]:
    """The list by area, in the order of reading; only those in whose title, id or description the text stands."""
    series = ask_series(figures, asked, single_valued(), POINTS)
    targets = targets_of(figures, asked)
    areas: dict[str, list[Listed]] = {}
    for kpi in sorted(catalogue(), key=lambda kpi: rank(kpi.id)):
        if _matches(kpi, search):
            areas.setdefault(topic_of(kpi.id).title, []).append(_listed(kpi, series, asked, targets))
    return tuple(Area(title, tuple(kpis)) for title, kpis in areas.items())


def _matches(kpi: Kpi, search: str) -> bool:
    text = f"{kpi.id} {kpi.id.replace('_', ' ')} {name_of(kpi.id)} {kpi.title} {kpi.specification.summary}"
    return all(word in text.casefold() for word in search.casefold().split())


def _listed(kpi: Kpi, series: dict[str, Series], asked: Asked, targets: dict[str, Decimal]) -> Listed:
    page = kpi_page(kpi.id, asked)
    if kpi.id not in series:
        return Listed(kpi, name_of(kpi.id), page, "", None, Markup(""))
    shown = tile(series, kpi.id, targets)
    rows = rows_page(kpi.id, asked) if shown.exact is not None else ""
    return Listed(kpi, shown.title, page, rows, shown, sparkline(shown.points, shown.aim))
