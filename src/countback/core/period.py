"""Periods: the stretches of days over which figures are asked."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from countback.core.problem import Misuse

Every = Literal["day", "week", "month", "quarter"]

LONGEST_TREND = 1200
"""Points of a trend at most: a hundred years of months."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `start_on` to `end_on`, both counted. Stock figures are as of `end_on`; `index` counts from
    0, oldest first."""

    index: int
    start_on: date
    end_on: date

    @property
    def before_on(self) -> date:
        """The day before the period: opening balances are as of it."""
        return self.start_on - timedelta(days=1)


def month_start(day: date) -> date:
    """First day of the month that holds `day`."""
    return day.replace(day=1)


def month_end(day: date) -> date:
    """Last day of the month that holds `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def add_months(first: date, months: int) -> date:
    """First day of the month that lies `months` after the month of `first` (negative: before)."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def is_month_end(day: date) -> bool:
    """Whether `day` is the last day of its month."""
    return (day + timedelta(days=1)).day == 1


def trend(as_of: date, points: int = 1, every: Every = "month") -> tuple[Period, ...]:
    """The `points` periods up to the one that holds `as_of`, oldest first; the last is cut at `as_of`.

    Weeks are ISO weeks, from Monday. Raises Misuse where the count or the unit makes no sense.

    >>> [(str(p.start_on), str(p.end_on)) for p in trend(date(2024, 3, 10), 2)]
    [('2024-02-01', '2024-02-29'), ('2024-03-01', '2024-03-10')]
    """
    if every not in get_args(Every):
        raise Misuse(
            f"no trend was made every {every!r}", "the unit is unknown", "use day, week, month or quarter"
        )
    if not 1 <= points <= LONGEST_TREND:
        raise Misuse(
            f"no trend of {points} points was made", f"1 to {LONGEST_TREND} can be asked", "ask for fewer"
        )
    starts = _starts(as_of, points, every)
    ends = [start - timedelta(days=1) for start in starts[1:]] + [as_of]
    return tuple(Period(i, start, end) for i, (start, end) in enumerate(zip(starts, ends, strict=True)))


def _starts(as_of: date, points: int, every: Every) -> list[date]:
    back = range(points - 1, -1, -1)
    try:
        if every == "day":
            return [as_of - timedelta(days=n) for n in back]
        if every == "week":
            monday = as_of - timedelta(days=as_of.weekday())
            return [monday - timedelta(weeks=n) for n in back]
        if every == "month":
            return [add_months(as_of, -n) for n in back]
        quarter = as_of.replace(month=(as_of.month - 1) // 3 * 3 + 1)
        return [add_months(quarter, -3 * n) for n in back]
    except (ValueError, OverflowError) as error:
        raise Misuse(
            f"no trend of {points} points before {as_of} was made",
            "it starts before the year 1",
            "ask for fewer",
        ) from error
