"""Monthly costs of collecting that no single customer causes: the collectors' time and the systems."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from countback.books.demo.business import REPORTING_CURRENCY
from countback.books.demo.calendar_days import month_end

if TYPE_CHECKING:
    from collections.abc import Iterable

    from countback.books.demo.account import Row
    from countback.books.demo.collectors import Staff
    from countback.books.demo.story import Story

_TENTHS_AN_HOUR = 600
_SYSTEM_BASE = 1_500_00
_SYSTEM_EACH_CUSTOMER = 10_00
_COLLECTOR, _MINUTES, _MOMENT = 7, 8, 3
"""Positions in a contact's row."""


class Hours:
    """Logged minutes by collector and month, in tenths, gathered from contacts."""

    def __init__(self) -> None:
        self._tenths: dict[tuple[str, int], int] = {}

    def add(self, contacts: Iterable[Row]) -> None:
        """Count the minutes of contacts."""
        for row in contacts:
            key = (row[_COLLECTOR], month_end(row[_MOMENT] // 1440))
            self._tenths[key] = self._tenths.get(key, 0) + row[_MINUTES]

    def in_month(self, collector: str, last_day: int) -> int:
        """Tenths of minutes that the collector logged in the month with that last day."""
        return self._tenths.get((collector, last_day), 0)


def monthly_costs(hours: Hours, staff: Staff, story: Story, customers: int) -> list[Row]:
    """Rows of `costs`: for each month the time of every collector (logged minutes at hourly cost) and the systems."""
    rows: list[Row] = []
    for _, last in story.months:
        month = date.fromordinal(last).strftime("%Y%m")
        for collector in staff.everyone:
            tenths = hours.in_month(collector.code, month_end(last))
            amount = (tenths * collector.hourly_cost + _TENTHS_AN_HOUR // 2) // _TENTHS_AN_HOUR
            if amount:
                identifier = f"K-{month}-{collector.code}"
                rows.append(
                    [identifier, last, "staff", amount, REPORTING_CURRENCY, None, collector.code, None]
                )
        system = _SYSTEM_BASE + _SYSTEM_EACH_CUSTOMER * customers
        rows.append([f"K-{month}-system", last, "system", system, REPORTING_CURRENCY, None, None, None])
    return rows
