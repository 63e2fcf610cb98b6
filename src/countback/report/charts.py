"""Every chart of the report as Vega-Lite, by name, in the order of the page."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from countback.report.chart_parts import Spec, chart
from countback.report.content import Content
from countback.report.trend_charts import bar_chart, cash_chart, dso_chart, line_chart
from countback.report.waterfall import waterfall
from countback.report.words import number, signed

CHARTS: dict[str, Callable[[Content], Spec | None]] = {
    "dso": dso_chart,
    "why": lambda content: _why(content),
    "cei": lambda content: line_chart(content, ["collection_effectiveness_index"]),
    "overdue": lambda content: line_chart(content, ["overdue_share"]),
    "cash": cash_chart,
    "rolls": lambda content: _rolls(content),
    "curves": lambda content: _curves(content),
    "promises": lambda content: line_chart(content, ["promise_kept_rate", "promise_kept_amount_rate"]),
    "disputes": lambda content: bar_chart(content, "disputed_receivables"),
    "cost": lambda content: bar_chart(content, "collection_cost"),
}


def charts(content: Content) -> dict[str, Spec]:
    """Every chart that has something to show."""
    made = {name: make(content) for name, make in CHARTS.items()}
    return {name: spec for name, spec in made.items() if spec is not None}


def _why(content: Content) -> Spec | None:
    if not content.why.steps:
        return None
    steps = [(step.words, step.amount, step.kind == "total") for step in content.why.steps]
    words = [f"{amount:.1f}" if total else signed(amount) for _, amount, total in steps]
    axis = {"title": "days", "tickCount": 4, "grid": True}
    return waterfall(steps, words, axis, ("@bad", "@good"), 24)


def _rolls(content: Content) -> Spec | None:
    cells = [
        {
            "from": start,
            "to": end,
            "value": float(value),
            "words": _whole(value),
            "exact": f"{number(value, 2)} %",
        }
        for (start, end), value in content.rolls.cells.items()
        if value is not None
    ]
    if not cells:
        return None
    narrow = "width < 360"  # columns too narrow for their words to stand side by side
    above = {
        "title": None, "orient": "top", "labelPadding": 4, "labelOverlap": False,
        "labelAngle": {"expr": f"{narrow} ? -90 : 0"}, "labelAlign": {"expr": f"{narrow} ? 'left' : 'center'"},
    }  # fmt: skip
    encoding: Spec = {
        "x": {"field": "to", "type": "nominal", "sort": list(content.rolls.ends), "axis": above},
        "y": {
            "field": "from",
            "type": "nominal",
            "sort": list(content.rolls.starts),
            "axis": {"title": None},
        },
    }
    share = {
        "field": "value",
        "type": "quantitative",
        "legend": None,
        "scale": {"domain": [0, 100], "range": [0, 1], "clamp": True},
    }
    titles = {"from": "from", "to": "to", "exact": "of the amount"}
    tooltip = [{"field": name, "title": title} for name, title in titles.items()]
    rect = {
        "mark": {"type": "rect", "stroke": "@line", "fill": "@heat"},
        "encoding": {"fillOpacity": share, "tooltip": tooltip},
    }
    text = {"mark": {"type": "text", "color": "@ink"}, "encoding": {"text": {"field": "words"}}}
    height = 34 * max(1, len(content.rolls.starts))
    return chart(cells, [rect, text], height=height, encoding=encoding)


def _whole(value: Decimal) -> str:
    """A share in a small cell; the tooltip has it exactly. (A payment returned in the month counts below zero.)"""
    if not value:
        return ""
    return number(value, 0) if abs(value) >= 1 else "<1"


def _curves(content: Content) -> Spec | None:
    values: list[Spec] = [
        {
            "month": curve.month,
            "age": age,
            "days": days,
            "value": round(float(value), 3),
            "words": f"{value:.1f} %",
        }
        for age, curve in enumerate(content.curves)
        for days, value in curve.points
    ]
    if not values:
        return None
    horizons = sorted({value["days"] for value in values})
    across = {"title": "days after the 30th day past due", "values": horizons}
    upward = {"title": None, "tickCount": 5, "labelExpr": "datum.value + ' %'"}
    tooltip = [
        {"field": "month", "title": "month of entry"},
        {"field": "days", "title": "days"},
        {"field": "words", "title": "recovered"},
    ]
    encoding: Spec = {
        "x": {"field": "days", "type": "quantitative", "axis": across, "scale": {"zero": False}},
        "y": {"field": "value", "type": "quantitative", "axis": upward, "scale": {"domain": [0, 100]}},
        "opacity": {"field": "age", "type": "quantitative", "legend": None, "scale": {"range": [0.2, 1]}},
        "detail": {"field": "month"},
    }
    lines = {"mark": {"type": "line", "color": "@accent", "strokeWidth": 1.4}}
    dots: Spec = {"mark": {"type": "point", "filled": True, "size": 30, "color": "@accent"}}
    return chart(values, [lines, dots | {"encoding": {"tooltip": tooltip}}], encoding=encoding)
