"""The list of KPIs, and the page of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase

from countback.accounts.access import needs
from countback.analytics.answer import Answer
from countback.core.problem import Misuse
from countback.dashboards import charts
from countback.dashboards.asked import Asked
from countback.dashboards.charts import Drawn
from countback.dashboards.charts_trend import trend_chart
from countback.dashboards.export import about, exported
from countback.dashboards.kpis import POINTS, listed, single_valued
from countback.dashboards.kpis_breakdown import breakdown, dimension_of, grouped, params_of
from countback.dashboards.kpis_explained import dates_of, explained
from countback.dashboards.kpis_series import ask_last, ask_points, ask_series, name_of
from countback.dashboards.kpis_table import table_of
from countback.dashboards.links import Cell, place, rows_page
from countback.dashboards.opened import page, with_figures
from countback.dashboards.overview import month_links
from countback.dashboards.pictures import PICTURES, picture
from countback.dashboards.rows import FEW, shown_rows
from countback.dashboards.targets import targets_of
from countback.dashboards.words import written
from countback.kpis.catalogue import find, ids
from countback.kpis.kpi import Kpi
from countback.ledger.figures import Figures
from countback.report.chart_parts import point_words
from countback.report.series import Series
from countback.report.tiles import Tile, tile
from countback.report.words import month_words

READ = ("Formula", "Source", "No value when", "Notes")
"""Sections of a KPI's specification that its page prints."""

EXPORTS = ("breakdown", "trend", "explain")


@needs("see_figures")
@with_figures("q", "format")
def kpis(request: HttpRequest, figures: Figures, asked: Asked) -> HttpResponseBase:
    """Every KPI."""
    own = dict(asked.own)
    if form := own.get("format"):
        answer = ask_last(figures, asked, single_valued(), POINTS)
        return exported(answer, form, f"kpis-{asked.as_of}", about("Every single-valued KPI", asked, figures))
    search = own.get("q", "")
    areas = listed(figures, asked, search)
    count = sum(len(area.kpis) for area in areas)
    return page(request, "dashboards/kpis.html", figures, asked, areas=areas, count=count, search=search)


@needs("see_figures")
@with_figures("by", "sort", "start", "end", "side", "page", "format", "part", "chart", of_kpi=True)
def kpi(request: HttpRequest, figures: Figures, asked: Asked, kpi_id: str) -> HttpResponseBase:
    """One KPI: its trend, what it means, its parts, why it moved, its rows."""
    chosen = kpi_of(kpi_id)
    refuse_parameters(chosen, asked)
    form = dict(asked.own).get("format", "")
    if form and form not in PICTURES:
        return _export(figures, chosen, asked, form)
    context: dict[str, Any] = {"table": table_of(figures, chosen, asked)} if chosen.cells else {}
    drawn: list[Drawn] = []
    if not chosen.cells:
        by = dimension_of(figures, chosen, asked)
        line = ask_series(figures, asked, [chosen.id])[chosen.id]
        shown = tile({chosen.id: line}, chosen.id, targets_of(figures, asked))
        why = explained(figures, chosen, asked, by)
        drawn = [one for one in (trend_drawn(line, shown, asked), why.chart) if one]
        context = {
            "tile": shown,
            "value": _value(shown, asked),
            "breakdown": breakdown(figures, chosen, asked, by),
            "explained": why,
            "months": _months(chosen, line, asked),
        }
    if form:
        return picture(drawn, dict(asked.own).get("chart", ""), form, asked.as_of)
    return page(
        request,
        "dashboards/kpi.html",
        figures,
        asked,
        kpi=chosen,
        title=name_of(chosen.id),
        list_page=place("kpis", asked.without(*chosen.cells).query()),
        reading=_reading(chosen),
        parameters=[
            (f"p.{name}", name, dict(asked.params).get(name, ""), _default(chosen, name))
            for name in chosen.params
        ],
        kept=[
            pair
            for pair in (*asked.pairs(), *asked.own)
            if not pair[0].startswith("p.") and pair[0] != "page"
        ],
        shown=shown_rows(figures, chosen, asked, size=FEW),
        all_rows=rows_page(chosen.id, asked, params=asked.params, side=dict(asked.own).get("side")),
        drawings={one.name: one.drawing for one in drawn},
        charts={one.name: one for one in drawn},
        library=charts.address(),
        **context,
    )


def kpi_of(kpi_id: str) -> Kpi:
    """The KPI of an address; 404 where there is none."""
    if kpi_id not in ids():
        raise Http404
    return find(kpi_id)


def refuse_parameters(kpi: Kpi, asked: Asked) -> None:
    """Raise Misuse for parameters that the KPI does not have, and values that are none."""
    kpi.settle(dict(asked.params))


@dataclass(frozen=True, slots=True)
class Month:
    """One point of the trend, in the table beside the chart."""

    words: str
    value: Cell


def _value(shown: Tile, asked: Asked) -> Cell:
    href = rows_page(shown.kpi, asked, params=asked.params) if shown.exact is not None else ""
    return Cell(shown.value, shown.exact, href, shown.reason or "")


def _months(kpi: Kpi, line: Series, asked: Asked) -> list[Month]:
    found = []
    for day, value, reason in reversed(list(zip(line.days, line.values, line.reasons, strict=True))):
        href = rows_page(kpi.id, asked, as_of=day, params=asked.params) if value is not None else ""
        found.append(Month(month_words(day), Cell(written(value, line.unit), value, href, reason or "")))
    return found


def trend_drawn(line: Series, shown: Tile, asked: Asked, name: str = "trend") -> Drawn | None:
    """The chart of a figure over time; None where there is nothing to draw."""
    spec = trend_chart(line, shown.aims) if asked.every in ("month", "quarter") else None
    if spec is None:  # the axis names months: of days and weeks the table tells more
        return None
    told = "; ".join(f"dashed: {aim.words}" for aim in shown.aims)
    sub = f"{len(line.days)} periods, each {asked.every}'s end" + (f"; {told}" if told else "")
    latest = point_words(line.values[-1], line.unit, line.reasons[-1])
    return Drawn(
        name=name,
        title=f"{line.title} over time",
        sub=sub,
        spec=spec,
        spoken=f"{line.title} over time: {sub}. {month_words(line.days[-1])}: {latest}.",
        keys=("tick",),
        links=month_links(line, asked, params=asked.params),
        width="two-thirds",
    )


def _reading(kpi: Kpi) -> list[tuple[str, str]]:
    said = [("What it says", kpi.specification.summary)]
    said += [(name, kpi.specification[name]) for name in READ if kpi.specification.sections.get(name)]
    if kpi.benchmark:
        said.append(("Compared with", f"{kpi.benchmark.words}: {kpi.benchmark.source}"))
    better = {"higher": "Higher is better.", "lower": "Lower is better."}.get(kpi.better or "", "")
    return [*said, ("Direction", better)] if better else said


def _default(kpi: Kpi, name: str) -> str:
    value = kpi.params[name]
    return (
        ",".join(map(str, value)) if isinstance(value, tuple) else "" if value is None else str(value).lower()
    )


def _export(figures: Figures, kpi: Kpi, asked: Asked, form: str) -> HttpResponseBase:
    part = dict(asked.own).get("part") or EXPORTS[0]
    if part not in EXPORTS:
        raise Misuse(
            "the file was not made", f"{part!r} is no part of the page", f"ask for {', '.join(EXPORTS)}"
        )
    answer, what = _part(figures, kpi, asked, part)
    return exported(answer, form, f"{kpi.id}-{part}-{asked.as_of}", about(what, asked, figures))


def _part(figures: Figures, kpi: Kpi, asked: Asked, part: str) -> tuple[Answer, str]:
    params = params_of(kpi, asked)
    if kpi.cells:
        return figures.kpis(kpi.id, params=params, **asked.arguments()), kpi.title
    if part == "trend":
        return ask_points(figures, asked, [kpi.id]), f"{kpi.title}, trend"
    by = dimension_of(figures, kpi, asked)
    if part == "breakdown":
        return grouped(figures, kpi, asked, by), f"{kpi.title} by {by}"
    start, end = dates_of(asked)
    asking = {name: value for name, value in asked.arguments().items() if name != "as_of"}
    answer = figures.explain(kpi.id, start=start, end=end, by=by, params=params, **asking)
    return answer, f"Why {kpi.title} moved from {start} to {end}, by {by}"
