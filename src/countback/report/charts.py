"""Charts as Vega-Lite, one function each; colours are names such as `@ink` that each form replaces by its theme."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from countback.core.money import NO_CURRENCY
from countback.report.content import Content, Series
from countback.report.words import DASH, month_words, value_words

Spec = dict[str, Any]

LIGHT = {
    "@ink": "#16191d", "@ink2": "#565d66", "@ink3": "#6b727b", "@line": "#e4e4de", "@card": "#ffffff",
    "@accent": "#0b6e5c", "@good": "#1a7f5a", "@bad": "#b3261e",
    "@a0": "#cfd8d6", "@a1": "#f3cfa4", "@a2": "#e79b57", "@a3": "#cf5c36", "@a4": "#7d1d1d", "@au": "#9db4d0",
}  # fmt: skip
DARK = {
    "@ink": "#eceef0", "@ink2": "#a6adb5", "@ink3": "#8d949d", "@line": "#2a2e33", "@card": "#181b1e",
    "@accent": "#4cc2a6", "@good": "#54c795", "@bad": "#ff8a80",
    "@a0": "#3c4a48", "@a1": "#8a6a3f", "@a2": "#b9722f", "@a3": "#d2603a", "@a4": "#e5484d", "@au": "#4b6a8f",
}  # fmt: skip
"""The tokens of the design language: paper, ink, one accent, one sequence for ageing."""

FONT = "Inter, system-ui, -apple-system, 'Segoe UI', sans-serif"
HEIGHT = 200

CONFIG: Spec = {
    "background": None,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": "@ink3", "titleColor": "@ink3", "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal",
        "domain": False, "ticks": False, "gridColor": "@line", "labelPadding": 6,
    },
    "axisX": {"grid": False},
    "legend": {"labelColor": "@ink2", "title": None, "orient": "top", "labelFontSize": 11, "symbolType": "square", "labelLimit": 260},
    "text": {"color": "@ink2", "fontSize": 11},
    "line": {"strokeWidth": 2},
}  # fmt: skip


def themed(spec: Spec, theme: Mapping[str, str]) -> Spec:
    """The specification with its colours in place."""
    text = json.dumps(spec)
    for name in sorted(theme, key=len, reverse=True):
        text = text.replace(f'"{name}"', json.dumps(theme[name]))
    found: Spec = json.loads(text)
    return found


def charts(content: Content) -> dict[str, Spec]:
    """Every chart that has something to show, by name, in the order of the page."""
    makers: dict[str, Callable[[Content], Spec | None]] = {
        "dso": _dso,
        "why": _why,
        "cei": lambda c: _line(c, ["collection_effectiveness_index"], "%"),
        "overdue": lambda c: _line(c, ["overdue_share"], "%"),
        "cash": _cash,
        "rolls": _rolls,
        "curves": _curves,
        "promises": lambda c: _line(c, ["promise_kept_rate", "promise_kept_amount_rate"], "%"),
        "disputes": lambda c: _bars(c, "disputed_receivables"),
        "cost": lambda c: _bars(c, "collection_cost"),
    }
    made = {name: make(content) for name, make in makers.items()}
    return {name: spec for name, spec in made.items() if spec is not None}


def _spec(values: list[Spec], layers: list[Spec], *, height: int = HEIGHT) -> Spec:
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "data": {"values": values},
        "layer": layers,
        "config": CONFIG,
    }


def _points(line: Series) -> list[Spec]:
    """Points of a series: the month, the number to draw, the words to show. Drawing needs no cents, words keep them."""
    return [
        {
            "day": day.isoformat(),
            "month": month_words(day),
            "what": line.title,
            "value": None if value is None else round(float(value), 4),
            "words": " ".join(value_words(value, line.unit)).strip() if value is not None else f"{DASH} {reason}",
        }
        for day, value, reason in zip(line.days, line.values, line.reasons, strict=True)
    ]


def _has_values(lines: Iterable[Series]) -> bool:
    return any(value is not None for line in lines for value in line.values)


X: Spec = {
    "field": "day",
    "type": "temporal",
    "axis": {"title": None, "format": "%b %y", "tickCount": 6, "labelAngle": 0},
}
TOOLTIP: list[Spec] = [
    {"field": "month", "title": "month"},
    {"field": "what", "title": "figure"},
    {"field": "words", "title": "value"},
]


def _hover() -> Spec:
    """Points that appear under the pointer, so that each month can be read."""
    return {
        "params": [{"name": "near", "select": {"type": "point", "on": "pointerover", "nearest": True, "clear": "pointerout", "encodings": ["x"]}}],
        "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
        "encoding": {"opacity": {"condition": {"param": "near", "empty": False, "value": 1}, "value": 0}},
    }


def _y(title: str | None, *, zero: bool = False) -> Spec:
    return {"field": "value", "type": "quantitative", "axis": {"title": title, "tickCount": 4, "format": "~s"}, "scale": {"zero": zero}}


def _line(content: Content, kpis: list[str], title: str) -> Spec | None:
    lines = [content.series[kpi] for kpi in kpis]
    if not _has_values(lines):
        return None
    titles = [line.title for line in lines]
    color: Spec = {
        "field": "what", "type": "nominal",
        "scale": {"domain": titles, "range": ["@accent", "@ink2"][: len(titles)]},
        "legend": {} if len(titles) > 1 else None,
    }  # fmt: skip
    layers = [{"mark": {"type": "line", "interpolate": "linear"}}, _hover()]
    spec = _spec([point for line in lines for point in _points(line)], [*layers, *_aim(content, kpis[0])])
    spec["encoding"] = {"x": X, "y": _y(title), "color": color, "tooltip": TOOLTIP}
    return spec


def _aim(content: Content, kpi: str) -> list[Spec]:
    """The target or benchmark as a dashed line with its words."""
    tile = next((tile for tile in (*content.headline, *content.second) if tile.kpi == kpi), None)
    if tile is None or tile.aim is None:
        return []
    values = {"values": [{"aim": float(tile.aim), "words": tile.aims[0].split(" (")[0]}]}
    y = {"field": "aim", "type": "quantitative"}
    rule = {"data": values, "mark": {"type": "rule", "strokeDash": [4, 4], "color": "@ink3"}, "encoding": {"y": y}}
    text = {
        "data": values, "mark": {"type": "text", "align": "right", "dy": -6, "color": "@ink3"},
        "encoding": {"y": y, "x": {"value": "width"}, "text": {"field": "words"}},
    }  # fmt: skip
    blank = {"color": {"value": "@ink3"}, "tooltip": None}
    for layer in (rule, text):
        layer["encoding"] = {**blank, **layer["encoding"]}  # type: ignore[dict-item]
    rule["encoding"]["x"] = None  # type: ignore[index]
    return [rule, text]


def _dso(content: Content) -> Spec | None:
    total, best = content.series["dso"], content.series["best_possible_dso"]
    if not _has_values([total]):
        return None
    band = [
        {"day": day.isoformat(), "low": round(float(low), 4), "high": round(float(high), 4)}
        for day, high, low in zip(total.days, total.values, best.values, strict=True)
        if high is not None and low is not None
    ]
    area = {
        "data": {"values": band}, "mark": {"type": "area", "color": "@a1", "opacity": 0.35},
        "encoding": {"x": X, "y": {"field": "low", "type": "quantitative", "title": None}, "y2": {"field": "high"}},
    }  # fmt: skip
    color = {
        "field": "what", "type": "nominal", "legend": {},
        "scale": {"domain": [total.title, best.title], "range": ["@ink", "@accent"]},
    }  # fmt: skip
    encoding = {"x": X, "y": _y("days"), "color": color, "tooltip": TOOLTIP}
    hover = _hover()
    hover["encoding"] = {**encoding, **hover["encoding"]}
    spec = _spec(_points(total) + _points(best), [area, {"mark": {"type": "line"}, "encoding": encoding}, hover])
    return spec


def _why(content: Content) -> Spec | None:
    if not content.steps:
        return None
    values, level = [], Decimal(0)
    for place, step in enumerate(content.steps):
        total = step.kind == "total"
        start = Decimal(0) if total else level
        level = step.amount if total else level + step.amount
        tone = "total" if total else ("more" if step.amount > 0 else "less")
        words = f"{step.amount:.1f}" if total else f"{step.amount:+.1f}"
        values.append(
            {"place": place, "step": step.words, "from": float(start), "to": float(level), "tone": tone,
             "end": float(max(start, level)), "words": words.replace("-", "−")}
        )  # fmt: skip
    return _waterfall(values)


def _waterfall(values: list[Spec]) -> Spec:
    """Bars from left to right, one step a line, so that their words can be read on a phone too; cut below what moves."""
    edges = [value["to"] for value in values]
    floor = max(0.0, min(edges) - 0.4 * (max(edges) - min(edges) + 1))
    for value in values:
        value["from"] = max(value["from"], floor)
    y = {"field": "step", "type": "nominal", "sort": {"field": "place"}, "axis": {"title": None, "labelLimit": 150}}
    x = {
        "field": "from", "type": "quantitative", "scale": {"domainMin": floor, "nice": False},
        "axis": {"title": "days", "tickCount": 4, "grid": True},
    }  # fmt: skip
    tones = {
        "field": "tone", "type": "nominal", "legend": None,
        "scale": {"domain": ["total", "more", "less"], "range": ["@ink2", "@bad", "@good"]},
    }  # fmt: skip
    tooltip = [{"field": "step"}, {"field": "words", "title": "days"}]
    bars = {
        "mark": {"type": "bar", "height": {"band": 0.66}, "cornerRadius": 2},
        "encoding": {"y": y, "x": x, "x2": {"field": "to"}, "color": tones, "tooltip": tooltip},
    }
    text = {
        "mark": {"type": "text", "dx": 4, "align": "left", "color": "@ink"},
        "encoding": {"y": y, "x": {"field": "end", "type": "quantitative"}, "text": {"field": "words"}},
    }
    spec = _spec(values, [bars, text], height=25 * len(values))
    spec["config"] = {**CONFIG, "axisX": {"grid": True}}
    return spec


def _cash(content: Content) -> Spec | None:
    lines = [content.series["cash_applied"], content.series["credit_sales"]]
    if not _has_values(lines):
        return None
    titles = [line.title for line in lines]
    color = {"field": "what", "type": "nominal", "legend": {}, "scale": {"domain": titles, "range": ["@accent", "@a0"]}}
    x = {"field": "day", "type": "temporal", "timeUnit": "yearmonth", "axis": X["axis"]}
    bars = {"mark": {"type": "bar", "cornerRadiusEnd": 1}, "encoding": {"xOffset": {"field": "what", "sort": titles}}}
    spec = _spec([point for line in lines for point in _points(line)], [bars])
    spec["encoding"] = {"x": x, "y": _y(_money_title(content), zero=True), "color": color, "tooltip": TOOLTIP}
    return spec


def _money_title(content: Content) -> str | None:
    return None if content.currency == NO_CURRENCY else content.currency


def _bars(content: Content, kpi: str) -> Spec | None:
    line = content.series[kpi]
    if not any(line.values):
        return None
    x = {"field": "day", "type": "temporal", "timeUnit": "yearmonth", "axis": X["axis"]}
    spec = _spec(_points(line), [{"mark": {"type": "bar", "color": "@accent", "cornerRadiusEnd": 1}}])
    spec["encoding"] = {"x": x, "y": _y(_money_title(content), zero=True), "tooltip": TOOLTIP}
    return spec


def _rolls(content: Content) -> Spec | None:
    cells = [
        {"from": start, "to": end, "value": float(value), "words": f"{value:.0f}" if value >= 1 else ("<1" if value else ""),
         "exact": f"{value:.2f} %", "dark": value > 45}
        for (start, end), value in content.rolls.cells.items()
        if value is not None
    ]  # fmt: skip
    if not cells:
        return None
    x = {"field": "to", "type": "nominal", "sort": list(content.rolls.ends), "axis": {"title": "stands at the end of the month", "orient": "top", "labelAngle": 0}}
    y = {"field": "from", "type": "nominal", "sort": list(content.rolls.starts), "axis": {"title": "bucket at its start"}}
    color = {"field": "value", "type": "quantitative", "legend": None, "scale": {"domain": [0, 100], "range": ["@card", "@accent"], "interpolate": "rgb"}}
    tooltip = [{"field": "from", "title": "from"}, {"field": "to", "title": "to"}, {"field": "exact", "title": "of the amount"}]
    rect = {"mark": {"type": "rect", "stroke": "@line"}, "encoding": {"color": color, "tooltip": tooltip}}
    text = {
        "mark": {"type": "text"},
        "encoding": {"text": {"field": "words"}, "color": {"condition": {"test": "datum.dark", "value": "@card"}, "value": "@ink"}},
    }  # fmt: skip
    spec = _spec(cells, [rect, text], height=34 * max(1, len(content.rolls.starts)))
    spec["encoding"] = {"x": x, "y": y}
    return spec


def _curves(content: Content) -> Spec | None:
    values = [
        {"month": curve.month, "age": age, "days": days, "value": round(float(value), 3), "words": f"{value:.1f} %"}
        for age, curve in enumerate(content.curves)
        for days, value in curve.points
    ]
    if not values:
        return None
    x = {"field": "days", "type": "quantitative", "axis": {"title": "days since it became overdue by 30", "values": [30, 60, 90, 180, 365]}}
    y = {"field": "value", "type": "quantitative", "axis": {"title": "% recovered", "tickCount": 5}, "scale": {"domain": [0, 100]}}
    scale = {"range": ["@a0", "@accent"], "interpolate": "rgb"}
    color = {"field": "age", "type": "quantitative", "legend": None, "scale": scale}
    tooltip = [{"field": "month", "title": "month of entry"}, {"field": "days"}, {"field": "words", "title": "recovered"}]
    spec = _spec(values, [{"mark": {"type": "line", "point": {"size": 18}, "strokeWidth": 1.4}}])
    spec["encoding"] = {"x": x, "y": y, "color": color, "detail": {"field": "month"}, "tooltip": tooltip}
    return spec
