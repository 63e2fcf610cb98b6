"""Days as proleptic Gregorian ordinals (`date.toordinal`): what the simulator counts in, because integers are quick."""

from __future__ import annotations

import calendar
from datetime import date
from functools import lru_cache

DAYS_A_WEEK = 7
_SATURDAY = 5
_TENTH, _TWENTY_FIFTH = 10, 25


def weekday(day: int) -> int:
    """0 for Monday to 6 for Sunday."""
    return (day - 1) % DAYS_A_WEEK


def working_day(day: int) -> int:
    """The day itself, or the Monday after it where it falls on a weekend."""
    position = (day - 1) % DAYS_A_WEEK
    return day + DAYS_A_WEEK - position if position >= _SATURDAY else day


def working_day_before(day: int) -> int:
    """The day itself, or the Friday before it where it falls on a weekend."""
    position = (day - 1) % DAYS_A_WEEK
    return day - (position - _SATURDAY + 1) if position >= _SATURDAY else day


def month_end(day: int) -> int:
    """The last day of the month that holds the day."""
    on = date.fromordinal(day)
    return day - on.day + calendar.monthrange(on.year, on.month)[1]


def next_tenth_or_twenty_fifth(day: int) -> int:
    """The first 10th or 25th of a month from the day on."""
    on = date.fromordinal(day).day
    if on <= _TENTH:
        return day + _TENTH - on
    return day + _TWENTY_FIFTH - on if on <= _TWENTY_FIFTH else month_end(day) + _TENTH


@lru_cache(maxsize=8)
def months_between(first: int, last: int) -> tuple[tuple[int, int], ...]:
    """First and last day of every calendar month from `first`, the first of a month, on; the last is cut at `last`."""
    months = []
    while first <= last:
        end = month_end(first)
        months.append((first, min(end, last)))
        first = end + 1
    return tuple(months)


def months_back(day: date, count: int) -> date:
    """The first day of the month that lies `count` months before that of `day`."""
    number = day.year * 12 + day.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)
