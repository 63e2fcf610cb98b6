"""Bars from one end to the other of a change, one step a line, so that their words can be read on a phone."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import accumulate

from countback.report.chart_parts import CONFIG, Spec, chart


def levels(amounts: Iterable[tuple[Decimal, bool]]) -> list[Decimal]:
    """Where each bar ends: a total at its amount, a step as much further on.

    >>> levels([(Decimal(9), True), (Decimal(-12), False), (Decimal(3), False), (Decimal(0), True)])
    [Decimal('9'), Decimal('-3'), Decimal('0'), Decimal('0')]
    """
    ends = accumulate(
        amounts, lambda level, step: step[0] if step[1] else level + step[0], initial=Decimal(0)
    )
    return list(ends)[1:]


def floor_of(ends: Iterable[Decimal]) -> float:
    """Where the axis begins: below what moves where all of it is above zero, never above where a bar ends."""
    edges = list(map(float, ends))
    low, high = min(edges), max(edges)
    return max(0.0, low - 0.4 * (high - low or low)) if low > 0 else low


def waterfall(
    steps: list[tuple[str, Decimal, bool]], words: list[str], axis: Spec, colors: tuple[str, str], line: int
) -> Spec:
    """The chart. `steps`: name, amount and whether it is a total; `words`: of each amount; `colors`: of more and of
    less; `line`: height of a bar with its gap, in pixels."""
    ends = levels((amount, total) for _, amount, total in steps)
    floor = floor_of(ends)
    values = []
    for place, (name, amount, total) in enumerate(steps):
        start = Decimal(0) if total else ends[place] - amount
        tone = "total" if total else ("more" if amount > 0 else "less")
        values.append(
            {"place": place, "step": name, "from": max(float(start), floor), "to": float(ends[place]), "tone": tone,
             "end": float(max(start, ends[place])), "words": words[place]}
        )  # fmt: skip
    y = {
        "field": "step",
        "type": "nominal",
        "sort": {"field": "place"},
        "axis": {"title": None, "labelLimit": 200},
    }
    x = {"field": "from", "type": "quantitative", "scale": {"domainMin": floor, "nice": False}, "axis": axis}
    scale = {"domain": ["total", "more", "less"], "range": ["@ink2", *colors]}
    tones = {"field": "tone", "type": "nominal", "legend": None, "scale": scale}
    tooltip = [{"field": "step"}, {"field": "words", "title": axis.get("title") or "value"}]
    bars = {
        "mark": {"type": "bar", "height": {"band": 0.66}, "cornerRadius": 2},
        "encoding": {"y": y, "x": x, "x2": {"field": "to"}, "color": tones, "tooltip": tooltip},
    }
    text = {
        "mark": {"type": "text", "dx": 4, "align": "left", "color": "@ink"},
        "encoding": {"y": y, "x": {"field": "end", "type": "quantitative"}, "text": {"field": "words"}},
    }
    return chart(values, [bars, text], height=line * len(values)) | {
        "config": CONFIG | {"axisX": {"grid": True}}
    }


def cut_words(ends: Iterable[Decimal]) -> str:
    """Says that the axis does not begin at zero, where it does not."""
    return "; axis cut" if floor_of(ends) > 0 else ""
