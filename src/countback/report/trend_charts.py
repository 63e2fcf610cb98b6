"""Charts over time: lines and bars by month."""

from __future__ import annotations

from countback.report.chart_parts import (
    TOOLTIP,
    Spec,
    aim_layers,
    aim_of,
    chart,
    has_values,
    hover,
    months_axis,
    points,
    value_axis,
)
from countback.report.content import Content
from countback.report.series import Series
from countback.report.words import tick_words

LEGEND: Spec = {"columns": {"expr": "width < 250 ? 1 : 2"}}
"""Below each other where a small phone has no room beside each other."""


def line_chart(content: Content, kpis: list[str]) -> Spec | None:
    """One or two KPIs as lines, with the target or benchmark of the first."""
    lines = [content.series[kpi] for kpi in kpis]
    if not has_values(lines):
        return None
    encoding: Spec = {
        "x": months_axis(lines[0]),
        "y": value_axis(lines[0].unit),
        "color": _colors(lines, ["@accent", "@ink2"]),
    }
    return _lined([], lines, encoding, content, kpis[0])


def dso_chart(content: Content) -> Spec | None:
    """DSO over best possible DSO; the band between them is what lateness costs."""
    lines = [content.series["dso"], content.series["best_possible_dso"]]
    if not has_values(lines[:1]):
        return None
    total, best = lines
    months = months_axis(total)
    band = [
        {"tick": tick_words(day), "low": round(float(low), 4), "high": round(float(high), 4)}
        for day, high, low in zip(total.days, total.values, best.values, strict=True)
        if high is not None and low is not None
    ]
    area: Spec = {
        "data": {"values": band},
        "mark": {"type": "area", "color": "@a1", "opacity": 0.35},
        "encoding": {"x": months, "y": {"field": "low", "type": "quantitative"}, "y2": {"field": "high"}},
    }
    color = _colors(lines, ["@ink", "@accent"])
    encoding = {"x": months, "y": value_axis("days"), "color": color}
    return _lined([area], lines, encoding, content, "dso")


def _lined(under: list[Spec], lines: list[Series], encoding: Spec, content: Content, kpi: str) -> Spec:
    drawn: Spec = {"mark": {"type": "line"}, "encoding": encoding}
    dots, band = hover(lines)
    dots["encoding"] = encoding | dots["encoding"]
    aim = aim_layers(aim_of(content, kpi), lines)
    return chart([point for line in lines for point in points(line)], [*under, drawn, dots, *aim, band])


def _colors(lines: list[Series], colors: list[str]) -> Spec:
    titles = [line.title for line in lines]
    scale = {"domain": titles, "range": colors[: len(titles)]}
    return {"field": "what", "type": "nominal", "scale": scale, "legend": LEGEND if len(titles) > 1 else None}


def cash_chart(content: Content) -> Spec | None:
    """Cash applied beside credit sales."""
    lines = [content.series["cash_applied"], content.series["credit_sales"]]
    if not any(value for line in lines for value in line.values):
        return None
    titles = [line.title for line in lines]
    encoding: Spec = {
        "x": months_axis(lines[0]),
        "xOffset": {"field": "what", "sort": titles},
        "y": value_axis(content.currency, zero=True),
        "color": _colors(lines, ["@accent", "@quiet"]),
        "tooltip": TOOLTIP,
    }
    bars = {"mark": {"type": "bar", "cornerRadiusEnd": 1}, "encoding": encoding}
    return chart([point for line in lines for point in points(line)], [bars])


def bar_chart(content: Content, kpi: str) -> Spec | None:
    """One amount a month."""
    line = content.series[kpi]
    if not any(line.values):
        return None
    months = months_axis(line) | {"scale": {"paddingInner": 0.3, "paddingOuter": 0.15}}
    encoding = {"x": months, "y": value_axis(content.currency, zero=True), "tooltip": TOOLTIP}
    mark = {"type": "bar", "color": "@accent", "cornerRadiusEnd": 1}
    return chart(points(line), [{"mark": mark, "encoding": encoding}])
