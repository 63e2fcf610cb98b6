"""Recovery curves: how fast what was issued in a month is settled, and how what became overdue comes in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from countback.dashboards.asked import Asked
from countback.dashboards.charts import Drawn
from countback.dashboards.kpis_table import ask_table
from countback.dashboards.links import NOTHING, Cell, kpi_page, rows_page
from countback.dashboards.overview import Line
from countback.dashboards.overview_export import Row
from countback.dashboards.words import written
from countback.kpis.catalogue import find
from countback.ledger.figures import Figures
from countback.report.chart_parts import Spec, chart

ISSUED, OVERDUE = "at_risk_rate", "recovery_curve"
AGES = (0, 15, 30, 60, 90, 120)
"""Days past due at which it is read what of a month's invoices is still open."""

ENTRIES = (0, 30, 60, 90)
"""Days past due from which recovery is watched."""

HEIGHT = 260


@dataclass(frozen=True, slots=True)
class Curves:
    """One part of the page: a line a month, a column a number of days. `rows`: the same for files."""

    name: str
    drawn: Drawn | None
    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    rows: tuple[Row, ...]
    page: str


@dataclass(frozen=True, slots=True)
class Point:
    """A cell: of a month, after so many days."""

    month: str
    days: int
    row: Mapping[str, Any]
    cell: Cell


def issued(figures: Figures, asked: Asked) -> Curves:
    """What of the invoices of each month of issue was still open so many days past due."""
    points = []
    for age in AGES:
        inside = replace(asked, params=(("age", str(age)),))
        for row in ask_table(figures, find(ISSUED), inside):
            within = {"month": row["by"]["month"]}
            points.append(_point(ISSUED, inside, row, within, row["by"]["month"], age))
    title = "Still open, by month of issue"
    sub = "of the invoices of each month, per cent of their amount that was still open so many days past due"
    return _curves("issued", title, sub, points, kpi_page(ISSUED, asked), "days past due")


def recovered(figures: Figures, asked: Asked, since: int) -> Curves:
    """What of the amount that became so many days overdue in each month came in, by days since."""
    inside = replace(asked, params=(("entry_age", str(since)),))
    points = []
    for row in ask_table(figures, find(OVERDUE), inside):
        month, days = row["by"]["month"], int(row["by"]["horizon"])
        within = {"month": month, "horizon": str(days)}
        points.append(_point(OVERDUE, inside, row, within, month, days))
    start = f"the {since}th day past due" if since else "the due day"
    title = "Recovered, by month of entry"
    sub = f"cash on what was still open on {start}, per cent, by the month of that day"
    page = kpi_page(OVERDUE, asked, params=inside.params)
    return _curves("recovered", title, sub, points, page, f"days after {start}")


def _point(
    kpi: str, inside: Asked, row: Mapping[str, Any], within: Mapping[str, str], month: str, days: int
) -> Point:
    value = row["value"]
    href = rows_page(kpi, inside, within, params=inside.params) if value is not None else ""
    return Point(month, days, row, Cell(written(value, "%"), value, href, row["reason"] or ""))


def _curves(name: str, title: str, sub: str, points: Sequence[Point], page: str, across: str) -> Curves:
    days = sorted({point.days for point in points})
    months = sorted({point.month for point in points if point.cell.exact is not None}, reverse=True)
    cells = {(point.month, point.days): point.cell for point in points}
    lines = tuple(
        Line(month, "", tuple(cells.get((month, number), NOTHING) for number in days)) for month in months
    )
    shown = [point for point in points if point.month in set(months)]
    title_of = find(ISSUED if name == "issued" else OVERDUE).title
    rows: tuple[Row, ...] = tuple(
        (name, title_of, f"{point.month} at {point.days} days", point.row["period_end"], point.cell.exact, "%",
         point.cell.reason or None)
        for point in shown
    )  # fmt: skip
    drawn = _drawn(name, title, sub, [point for point in shown if point.cell.exact is not None], across)
    headings = ("Month", *(f"{number} days" for number in days))
    return Curves(name, drawn, headings, lines, rows, page)


def _drawn(name: str, title: str, sub: str, points: Sequence[Point], across: str) -> Drawn | None:
    if not points:
        return None
    order = {month: age for age, month in enumerate(sorted({point.month for point in points}))}
    values: list[Spec] = [
        {
            "month": point.month, "age": order[point.month], "days": point.days,
            "value": round(float(point.cell.exact or Decimal(0)), 3), "words": f"{point.cell.words} %",
        }
        for point in points
    ]  # fmt: skip
    last = max(points, key=lambda point: (point.month, point.days))
    return Drawn(
        name=name,
        title=title,
        sub=f"{sub}; the newest darkest",
        spec=_spec(values, across),
        spoken=f"{title}: {sub}. {last.month} after {last.days} days: {last.cell.words} %.",
        keys=("month", "days"),
        links={f"{point.month}|{point.days}": point.cell.href for point in points},
        width="whole",
    )


def _spec(values: list[Spec], across: str) -> Spec:
    days = sorted({value["days"] for value in values})
    axis = {"title": across, "values": days}
    upward = {"title": None, "tickCount": 5, "labelExpr": "datum.value + ' %'"}
    encoding: Spec = {
        "x": {"field": "days", "type": "quantitative", "axis": axis},
        "y": {"field": "value", "type": "quantitative", "axis": upward, "scale": {"domainMin": 0}},
        "opacity": {"field": "age", "type": "quantitative", "legend": None, "scale": {"range": [0.2, 1]}},
        "detail": {"field": "month"},
    }
    tooltip = [{"field": "month"}, {"field": "days"}, {"field": "words", "title": "share"}]
    line = {"mark": {"type": "line", "color": "@accent", "strokeWidth": 1.4}}
    dots: Spec = {"mark": {"type": "point", "filled": True, "size": 30, "color": "@accent"}}
    return chart(values, [line, dots | {"encoding": {"tooltip": tooltip}}], height=HEIGHT, encoding=encoding)
