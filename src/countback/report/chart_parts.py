"""What charts are put together from: axes, points, the line to compare with. Colours are tokens such as `@ink`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import product
from typing import Any

from countback.core.money import NO_CURRENCY
from countback.report.content import Content
from countback.report.series import Series
from countback.report.tiles import Aim
from countback.report.words import DASH, month_words, tick_words, value_words

Spec = dict[str, Any]

FONT = "Inter, system-ui, -apple-system, 'Segoe UI', sans-serif"
HEIGHT = 190

CONFIG: Spec = {
    "background": None,
    "font": FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": "@ink3", "titleColor": "@ink3", "labelFontSize": 11, "titleFontSize": 11,
        "titleFontWeight": "normal", "domain": False, "ticks": False, "gridColor": "@line", "labelPadding": 6,
    },
    "axisX": {"grid": False},
    "legend": {
        "labelColor": "@ink2", "title": None, "orient": "top", "labelFontSize": 11, "symbolType": "square",
        "labelLimit": 260,
    },
    "text": {"color": "@ink2", "fontSize": 11},
    "line": {"strokeWidth": 2},
}  # fmt: skip

MOST_TICKS = 8
"""Months named on an axis; where they do not fit, the page leaves out every other one."""

TOOLTIP: list[Spec] = [
    {"field": "month", "title": "month"},
    {"field": "what", "title": "figure"},
    {"field": "words", "title": "value"},
]

_LARGE = "replace(replace(replace(format(datum.value, '~s'), 'k', ' k'), 'M', ' m'), 'G', ' bn')"
AMOUNTS = f"abs(datum.value) < 1000 ? format(datum.value, ',.12~g') : {_LARGE}"
PER_CENT = "format(datum.value, ',.12~g') + ' %'"
"""How numbers stand on an axis, large ones as in words.money. (A plain `~s` would write 0.5 as 500m.)"""


def chart(values: list[Spec], layers: list[Spec], *, height: int = HEIGHT, **more: Any) -> Spec:
    """A chart as wide as its place."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "data": {"values": values},
        "layer": layers,
        "config": CONFIG,
        **more,
    }


def points(line: Series) -> list[Spec]:
    """Points of a series: the month, the number to draw, the words to show. Drawing needs no cents, words keep them."""
    return [
        {
            "tick": tick_words(day),
            "month": month_words(day),
            "what": line.title,
            "value": None if value is None else round(float(value), 4),
            "words": point_words(value, line.unit, reason),
        }
        for day, value, reason in zip(line.days, line.values, line.reasons, strict=True)
    ]


def point_words(value: Decimal | None, unit: str, reason: str | None) -> str:
    """A value as one reads it, or why there is none."""
    return f"{DASH} {reason or ''}".strip() if value is None else " ".join(value_words(value, unit)).strip()


def has_values(lines: Iterable[Series]) -> bool:
    """Whether anything is there to draw."""
    return any(value is not None for line in lines for value in line.values)


def months_axis(line: Series) -> Spec:
    """Months from left to right, each as wide as the next; every n-th is named, counted back from the last."""
    ticks = [tick_words(day) for day in line.days]
    step = -(-len(ticks) // MOST_TICKS)
    named = ticks[::-1][::step][::-1]
    axis = {"title": None, "labelAngle": 0, "values": named, "labelOverlap": "parity", "labelSeparation": 6}
    return {"field": "tick", "type": "ordinal", "sort": None, "axis": axis}


def value_axis(unit: str, *, zero: bool = False) -> Spec:
    """Numbers from bottom to top: per cent, days, or an amount in the unit's currency."""
    words = PER_CENT if unit == "%" else AMOUNTS
    title = None if unit in ("%", NO_CURRENCY) else unit
    axis = {"title": title, "tickCount": 4, "labelExpr": words}
    return {"field": "value", "type": "quantitative", "axis": axis, "scale": {"zero": zero}}


def hover(lines: Sequence[Series]) -> list[Spec]:
    """A band under the pointer for each month that tells every figure of it, and points where it meets the lines.

    (Vega-Lite's own `nearest` reads its tooltip from the wrong place, and shows `undefined`.)
    """
    rows = [
        {"tick": tick_words(day), "month": month_words(day)}
        | {f"words{number}": _words(line, place) for number, line in enumerate(lines)}
        for place, day in enumerate(lines[0].days)
    ]
    told = [{"field": f"words{number}", "title": line.title} for number, line in enumerate(lines)]
    select = {"type": "point", "on": "pointerover", "clear": "pointerout", "encodings": ["x"]}
    band: Spec = {
        "data": {"values": rows},
        "params": [{"name": "near", "select": select}],
        "mark": {"type": "rule", "color": "@ink3", "strokeWidth": {"expr": f"width / {len(rows)}"}},
        "encoding": {
            "x": months_axis(lines[0]),
            "opacity": {"condition": {"param": "near", "empty": False, "value": 0.1}, "value": 0},
            "tooltip": [{"field": "month", "title": "month"}, *told],
        },
    }
    shown = {"condition": {"param": "near", "empty": False, "value": 1}, "value": 0}
    return [{"mark": {"type": "point", "filled": True, "size": 50}, "encoding": {"opacity": shown}}, band]


def _words(line: Series, place: int) -> str:
    return point_words(line.values[place], line.unit, line.reasons[place])


def aim_of(content: Content, kpi: str) -> Aim | None:
    """What the KPI is compared with: its target, else its benchmark."""
    tile = next((tile for tile in (*content.headline, *content.second) if tile.kpi == kpi), None)
    return tile.aims[0] if tile and tile.aims else None


def aim_layers(aim: Aim | None, lines: Sequence[Series]) -> list[Spec]:
    """The target or benchmark as a dashed line, with its words where they cover none of the lines. (Where there is no
    such place, the words above the chart have them.)"""
    if aim is None:
        return []
    values = {"values": [{"aim": float(aim.value), "words": aim.words}]}
    y = {"field": "aim", "type": "quantitative"}
    rule = {"type": "rule", "strokeDash": [4, 4], "color": "@ink3"}
    level: Spec = {"data": values, "mark": rule, "encoding": {"y": y}}
    place = free_place([line.values for line in lines], aim.value)
    if place is None:
        return [level]
    side, above = place
    text = {"type": "text", "align": side, "baseline": "bottom" if above else "top", "dy": -4 if above else 5}
    x = {"value": "width" if side == "right" else 0}
    words: Spec = {"y": y, "x": x, "text": {"field": "words"}}
    halo = {**text, "stroke": "@card", "strokeWidth": 4, "strokeJoin": "round", "color": "@card"}
    over = {"data": values, "mark": {**text, "color": "@ink3"}, "encoding": words}
    return [level, {"data": values, "mark": halo, "encoding": words}, over]


def free_place(lines: Sequence[Sequence[Decimal | None]], aim: Decimal) -> tuple[str, bool] | None:
    """Where words at the level of the aim cover none of the lines: at the left or right, and whether above it; None
    where they would everywhere.

    >>> free_place([[Decimal(n) for n in (90, 90, 90, 20, 20, 20, 20)]], Decimal(80))
    ('right', True)
    """
    known = [value for line in lines for value in line if value is not None]
    low, high = min([*known, aim]), max([*known, aim])
    band = (high - low) * Decimal("0.15") or Decimal(1)  # some 20 of 190 pixels, and a margin
    for above, side in product((True, False), ("right", "left")):
        bottom, top = (aim, aim + band) if above else (aim - band, aim)
        if not any(_passes(line, side, bottom, top) for line in lines):
            return side, above
    return None


def _passes(line: Sequence[Decimal | None], side: str, bottom: Decimal, top: Decimal) -> bool:
    """Whether a line passes through a band in the half of the chart that words at its end may cover on a phone."""
    half = (len(line) + 2) // 2
    near = [value for value in (line[-half:] if side == "right" else line[:half]) if value is not None]
    return (
        bool(near)
        and not (min(near) > top or max(near) < bottom)
        and any(
            max(bottom, min(pair)) <= min(top, max(pair))
            for pair in zip(near, near[1:] or near, strict=False)
        )
    )
