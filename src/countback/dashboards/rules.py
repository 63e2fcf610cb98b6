"""What tiles there are, and how they are arranged."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

MOST_COLUMNS = 4
"""Columns of a dashboard."""

MOST_TILES = 24
"""Tiles of a dashboard: each asks the figures something."""


class Kind(StrEnum):
    """What a tile shows."""

    KPI = "kpi"
    TREND = "trend"
    BREAKDOWN = "breakdown"
    AGING = "aging"
    OVERDUE = "overdue"
    AT_RISK = "at_risk"


KINDS: dict[Kind, str] = {
    Kind.KPI: "a figure",
    Kind.TREND: "a figure over time",
    Kind.BREAKDOWN: "a figure by a dimension",
    Kind.AGING: "ageing",
    Kind.OVERDUE: "top overdue customers",
    Kind.AT_RISK: "customers at risk",
}
"""Kinds in words."""

NEEDS_KPI = (Kind.KPI.value, Kind.TREND.value, Kind.BREAKDOWN.value)
NEEDS_DIMENSION = (Kind.BREAKDOWN.value,)

USUAL_COLUMNS: dict[Kind, int] = {
    Kind.KPI: 1,
    Kind.TREND: 2,
    Kind.BREAKDOWN: 2,
    Kind.AGING: 4,
    Kind.OVERDUE: 2,
    Kind.AT_RISK: 2,
}
"""How wide a tile is that nobody made narrower or wider."""

One = TypeVar("One")


def moved(ones: Sequence[One], one: One, step: int) -> list[One]:
    """The ones in their new order: that one a step further on (1) or back (-1), where there is room.

    >>> moved("abc", "b", -1), moved("abc", "c", 1)
    (['b', 'a', 'c'], ['a', 'b', 'c'])
    """
    found = list(ones)
    place = found.index(one)
    other = min(max(place + step, 0), len(found) - 1)
    found[place], found[other] = found[other], found[place]
    return found
