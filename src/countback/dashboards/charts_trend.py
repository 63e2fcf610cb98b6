"""The chart of one KPI over time, with what it is compared with; and the waterfall of why it moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from countback.core.money import NO_CURRENCY
from countback.report.chart_parts import (
    AMOUNTS,
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
from countback.report.waterfall import waterfall
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


def why_chart(steps: Sequence[Step], unit: str, better: str | None) -> Spec | None:
    """The steps of a change as a waterfall; None where there are none. Red and green only for a figure that has a good
    direction."""
    if len(steps) < 2:
        return None
    title = None if unit in ("%", NO_CURRENCY) else unit
    axis = {"title": title, "tickCount": 4, "grid": True, "labelExpr": PER_CENT if unit == "%" else AMOUNTS}
    colors = {"higher": ("@good", "@bad"), "lower": ("@bad", "@good")}.get(better or "", ("@accent", "@a2"))
    bars = [(step.words, step.amount, step.total) for step in steps]
    return waterfall(bars, [_words(step, unit) for step in steps], axis, colors, 26)


def _words(step: Step, unit: str) -> str:
    words = " ".join(value_words(step.amount, unit)).strip()
    return words if step.total or words.startswith(MINUS) else f"+{words}"
