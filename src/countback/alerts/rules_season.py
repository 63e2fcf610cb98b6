"""What is usual for a figure in a month of the year, and how far it usually strays. Pure.

Each month is taken as its *level*, the median of the twelve months before it, and an *excess*, what it lies above that
(or, negative, below). Usual for a month is its level and the median excess of the same month in the years before. The
spread is the median absolute deviation of the same month's excesses and of the recent ones, scaled so that it is a
standard deviation where figures stray evenly. Medians throughout: one odd month does not become the pattern.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median

NEEDED = 24
"""Months with a value that must lie before the one that is judged."""
MOST = 60
"""Months that are looked at."""
YEAR = 12
FEWEST_IN_LEVEL = 6
SCALE = Decimal("1.4826")
FLOOR = Decimal("0.01")
"""The spread is never taken as less than this part of the level: a figure that stood still would else never stray
without being told of."""

History = Sequence[tuple[date, Decimal | None]]
"""Month ends that follow one another, oldest first, each with the month's value."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What was to be expected, and how far around it the figure usually lies."""

    value: Decimal
    spread: Decimal


def usual(history: History, month_end: date) -> Usual | str:
    """What is usual for the month that follows the history; a string says why that cannot be told yet."""
    recent = history[-MOST:]
    known = sum(value is not None for _, value in recent)
    if known < NEEDED:
        return f"it cannot be judged yet: {known} months lie behind it, and its pattern needs {NEEDED}"
    months = [day.month for day, _ in recent] + [month_end.month]
    values = [value for _, value in recent]
    excesses = [_excess(values, place) for place in range(len(values))]
    same = _same_month(excesses, months, len(values))
    level = _level(values, len(values))
    if level is None or not same:
        return f"it cannot be judged yet: there is no {month_end:%B} of an earlier year to compare with"
    offset = median(same)
    spread = max(
        SCALE * median([abs(x) for x in _strays(excesses, months, same, offset)]), abs(level) * FLOOR
    )
    if not spread:
        return "it cannot be judged yet: it was 0 all along"
    return Usual(level + offset, spread)


def _level(values: Sequence[Decimal | None], place: int) -> Decimal | None:
    before = [value for value in values[max(0, place - YEAR) : place] if value is not None]
    return median(before) if len(before) >= FEWEST_IN_LEVEL else None


def _excess(values: Sequence[Decimal | None], place: int) -> Decimal | None:
    level, value = _level(values, place) if place >= YEAR else None, values[place]
    return None if level is None or value is None else value - level


def _same_month(excesses: Sequence[Decimal | None], months: Sequence[int], place: int) -> list[Decimal]:
    """Residuals of the same month in the years before a place."""
    found = (excesses[earlier] for earlier in range(place) if months[earlier] == months[place])
    return [excess for excess in found if excess is not None]


def _strays(
    excesses: Sequence[Decimal | None], months: Sequence[int], same: Sequence[Decimal], offset: Decimal
) -> list[Decimal]:
    """How far the same month, and each of the last twelve, lay from what was usual for it. Where an earlier year is
    known for too few of those, how far they lay from one another: that takes the season itself for a spread, and so
    speaks less."""
    start = max(0, len(excesses) - YEAR)
    recent = [
        (place, excess) for place, excess in enumerate(excesses) if place >= start and excess is not None
    ]
    seasoned = []
    for place, excess in recent:
        earlier = _same_month(excesses, months, place)
        if earlier:
            seasoned.append(excess - median(earlier))
    if len(seasoned) < FEWEST_IN_LEVEL:
        middle = median([excess for _, excess in recent])
        seasoned = [excess - middle for _, excess in recent]
    return [*seasoned, *([excess - offset for excess in same] if len(same) > 1 else [])]
