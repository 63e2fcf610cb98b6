"""The chart of one KPI over time, with what it is compared with; and the waterfall of why it moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from countback.core.money import NO_CURRENCY
from countback.report.chart_parts import (
    AMOUNTS,
    CONFIG,
    PER_CENT,
    Spec,
    aim_layers,
    chart,
    has_values,
    hover,
    months_axis,
    points,
    value_axis,
)
from countback.report.series import Series
from countback.report.tiles import Aim
from countback.report.words import MINUS, value_words

HEIGHT = 300


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of a waterfall: `total` for the two ends."""

    words: str
    amount: Decimal
    total: bool = False


def trend_chart(line: Series, aims: Sequence[Aim]) -> Spec | None:
    """The line, and a dashed level for each value to compare with; None where there is nothing to draw."""
    if not has_values([line]):
        return None
    encoding: Spec = {"x": months_axis(line), "y": value_axis(line.unit)}
    drawn: Spec = {"mark": {"type": "line", "color": "@accent"}, "encoding": encoding}
    dots, band = hover([line])
    dots["mark"] = {**dots["mark"], "color": "@accent"}
    dots["encoding"] = encoding | dots["encoding"]
    levels = [layer for aim in aims for layer in aim_layers(aim, [line])]
    return chart(points(line), [drawn, dots, *levels, band], height=HEIGHT)


def waterfall(steps: Sequence[Step], unit: str, better: str | None) -> Spec | None:
    """Bars from one end to the other, one step a line so that their words can be read on a phone; cut below what moves.
    Red and green only for a figure that has a good direction."""
    if len(steps) < 2:
        return None
    values: list[Spec] = []
    level = Decimal(0)
    for place, step in enumerate(steps):
        start = Decimal(0) if step.total else level
        level = step.amount if step.total else level + step.amount
        tone = "total" if step.total else ("more" if step.amount > 0 else "less")
        values.append(
            {"place": place, "step": step.words, "from": float(start), "to": float(level), "tone": tone,
             "end": float(max(start, level)), "words": _words(step, unit)}
        )  # fmt: skip
    return _bars(values, unit, better)


def _words(step: Step, unit: str) -> str:
    words = " ".join(value_words(step.amount, unit)).strip()
    return words if step.total or words.startswith(MINUS) else f"+{words}"


def _bars(values: list[Spec], unit: str, better: str | None) -> Spec:
    edges = [value["to"] for value in values]
    low, high = min(edges), max(edges)
    floor = low - 0.4 * (high - low) if low > 0 else min(low, 0.0)
    floor = max(0.0, floor) if low >= 0 else floor
    for value in values:
        value["from"] = max(value["from"], floor)
    steps = {"title": None, "labelLimit": 200}
    y = {"field": "step", "type": "nominal", "sort": {"field": "place"}, "axis": steps}
    title = None if unit in ("%", NO_CURRENCY) else unit
    axis = {"title": title, "tickCount": 4, "grid": True, "labelExpr": PER_CENT if unit == "%" else AMOUNTS}
    x = {"field": "from", "type": "quantitative", "scale": {"domainMin": floor, "nice": False}, "axis": axis}
    more, less = {"higher": ("@good", "@bad"), "lower": ("@bad", "@good")}.get(
        better or "", ("@accent", "@a2")
    )
    scale = {"domain": ["total", "more", "less"], "range": ["@ink2", more, less]}
    tones = {"field": "tone", "type": "nominal", "legend": None, "scale": scale}
    tooltip = [{"field": "step"}, {"field": "words", "title": "value"}]
    bars = {
        "mark": {"type": "bar", "height": {"band": 0.66}, "cornerRadius": 2},
        "encoding": {"y": y, "x": x, "x2": {"field": "to"}, "color": tones, "tooltip": tooltip},
    }
    end = {"field": "end", "type": "quantitative"}
    text = {
        "mark": {"type": "text", "dx": 4, "align": "left", "color": "@ink"},
        "encoding": {"y": y, "x": end, "text": {"field": "words"}},
    }
    return chart(values, [bars, text], height=26 * len(values)) | {
        "config": CONFIG | {"axisX": {"grid": True}}
    }
