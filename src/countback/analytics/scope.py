"""The scope of a question: what its rows must carry and pass."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime

from countback.core.aging import Buckets
from countback.core.period import is_month_end, month_start

Filters = tuple[tuple[str, tuple[str | None, ...]], ...]
"""Dimension -> allowed values; None: blank."""

FEW_DATES = 3
"""Up to so many dates are read from the rows themselves; more come from compact tables."""

_FIRST, _LAST, _SINCE = date(1, 1, 1), date(1, 1, 2), date(1, 1, 3)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question is about. `cells`: filters on the cells of a table KPI, where its rows are asked. `first_on`,
    `last_on`: earliest and latest date at which positions are asked; `many`: whether these are more than a few.
    `since`: the first day whose entries must be read by the day; None: where compact tables say all. `bounds`: of the
    dimension bucket."""

    dims: tuple[str, ...] = ()
    where: Filters = ()
    cells: Filters = ()
    known_at: datetime | None = None
    first_on: date | None = None
    last_on: date | None = None
    many: bool = False
    since: date | None = None
    bounds: tuple[int, ...] = Buckets().bounds

    @classmethod
    def of(
        cls,
        dims: tuple[str, ...],
        where: Filters,
        known_at: datetime | None,
        dates: tuple[date, ...],
        last_entry_on: date | None,
    ) -> Scope:
        """`dates`: all at which positions are asked. `last_entry_on`: last effective date in the books."""
        first, last = (min(dates), max(dates)) if dates else (None, None)
        many, since = len(dates) > FEW_DATES, tail_start(dates, last_entry_on)
        return cls(dims, where, (), known_at, first, last, many, since)

    @property
    def needed(self) -> tuple[str, ...]:
        """Dimensions that rows must carry: grouped by or filtered by."""
        return tuple(dict.fromkeys([*self.dims, *(name for name, _ in self.where)]))

    @property
    def shape(self) -> Scope:
        """The scope of every question of this shape: where values of filters and dates stand, this one has places to be
        filled. What is compiled for it serves them all."""
        return replace(
            self,
            where=_placed(self.where, "where"),
            cells=_placed(self.cells, "cells"),
            first_on=self.first_on and _FIRST,
            last_on=self.last_on and _LAST,
            since=self.since and _SINCE,
        )

    def fill(self, sql: str) -> str:
        """SQL that was compiled for the shape, about this scope."""
        values = {_day(place): _day(day) for place, day in
                  ((_FIRST, self.first_on), (_LAST, self.last_on), (_SINCE, self.since)) if day}  # fmt: skip
        for filters, kind in ((self.where, "where"), (self.cells, "cells")):
            values |= _filled(filters, kind)
        if not values:
            return sql
        return re.sub("|".join(map(re.escape, values)), lambda found: values[found[0]], sql)


def tail_start(dates: tuple[date, ...], last_entry_on: date | None) -> date | None:
    """First day whose entries must be read by the day: the month of the earliest asked date that is no month
    end; None where
    every asked date is a month end or lies at or after the last entry."""
    odd = [day for day in dates if not is_month_end(day) and (last_entry_on is None or day < last_entry_on)]
    return month_start(min(odd)) if odd else None


def _placed(filters: Filters, kind: str) -> Filters:
    """The filters with places where their values stand; a blank stays one."""
    return tuple(
        (
            name,
            tuple(
                None if value is None else f"⟦{kind} {place}.{number}⟧" for number, value in enumerate(given)
            ),
        )
        for place, (name, given) in enumerate(filters)
    )


def _filled(filters: Filters, kind: str) -> dict[str, str]:
    """What stands in place of each place, both as SQL writes them."""
    pairs = zip(_placed(filters, kind), filters, strict=True)
    both = (pair for (_, places), (_, given) in pairs for pair in zip(places, given, strict=True))
    return {_text(place): _text(value) for place, value in both if place is not None and value is not None}


def _day(day: date) -> str:
    return f"MAKE_DATE({day.year}, {day.month}, {day.day})"


def _text(value: str) -> str:
    quoted = value.replace("'", "''")
    return f"'{quoted}'"
