"""How relations meet the asked periods: within one, up to its end, within a window of days before its end."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis

from countback.core.period import add_months
from countback.core.problem import Misuse
from countback.kpis.facts import At, Facts, Table

LONGEST_WINDOW = 1200
"""Months of a window at most: a hundred years."""


def within_period(facts: Facts, table: Table, day: str) -> Table:
    """Rows of `table` whose date `day` lies in the period, with `period` and the period's dates."""
    periods = facts.periods
    return table.join(periods, [table[day] >= periods.start_on, table[day] <= periods.end_on])


def within_days(facts: Facts, table: Table, day: str, days: int, at: At = "end_on") -> Table:
    """Rows of `table` whose date `day` lies in the `days` days that end at the period's `at`, that day counted."""
    if days < 1:
        raise Misuse(
            f"nothing was computed over {days} days", "a window has one day at least", "give 30, 90 or 365"
        )
    periods = facts.periods
    return table.join(periods, [table[day] > minus_days(periods[at], days), table[day] <= periods[at]])


def within_months(facts: Facts, table: Table, day: str, months: int) -> Table:
    """Rows of `table` whose date `day` lies in the `months` calendar months that end with the period, its own
    month counted."""
    periods = facts.periods
    first = first_of_months(periods.end_on, months)
    return table.join(periods, [table[day] >= first, table[day] <= periods.end_on])


def first_of_months(end_on: Any, months: int) -> Any:
    """First day of the window of `months` calendar months that ends on `end_on`. Raises Misuse for a window of none."""
    if not 1 <= months <= LONGEST_WINDOW:
        raise Misuse(
            f"nothing was computed over {months} months",
            f"a window has 1 to {LONGEST_WINDOW} months",
            "give months such a number, or leave it out for the period itself",
        )
    return add_months_back(end_on, months - 1)


def asked_day(periods: Table, at: At, *, days: int = 0, months: int = 0) -> Any:
    """The date at which positions are asked: the period's `at` plus `days`; with `months`, the last day before the
    window of so many calendar months that ends with the period."""
    if months:
        return minus_days(first_of_months(periods[at], months), 1)
    return minus_days(periods[at], -days) if days else periods[at]


def up_to(facts: Facts, table: Table, day: str, at: At = "end_on") -> Table:
    """Rows of `table` whose date `day` is the period's `at` or earlier."""
    periods = facts.periods
    return table.join(periods, table[day] <= periods[at])


def standing_at(facts: Facts, table: Table, since: str, until: str, at: At = "end_on") -> Table:
    """Rows of `table` that began (`since`) by the period's `at` and had not ended (`until`, NULL: never) by it."""
    periods = facts.periods
    still = (table[until] > periods[at]) | table[until].isnull()
    return table.join(periods, [table[since] <= periods[at], still])


def minus_days(day: Any, days: int) -> Any:
    """The date `days` days before (negative: after). Goes through a timestamp: engines differ in what a date less
    an interval is. (An `ibis.interval` will not do: compiled sqlglot refuses how ibis writes it for DuckDB.)"""
    return (day.cast("timestamp") - ibis.literal(days).as_interval("D")).cast("date")


def days_between(first: Any, last: Any) -> Any:
    """Days from `first` to `last`, as a whole number."""
    return last.delta(first, unit="day").cast("int32")


def month_of(day: Any) -> Any:
    """First day of the month of `day`."""
    return day.cast("timestamp").truncate("M").cast("date")


def add_months_back(day: Any, months: int) -> Any:
    """First day of the month that lies `months` months before the month of `day`."""
    return (month_of(day).cast("timestamp") - ibis.literal(months).as_interval("M")).cast("date")


def month_name(day: Any) -> Any:
    """The month of `day` as text: 2024-03."""
    return month_of(day).cast("string").left(7)


def month_names(end_on: date, months: int) -> list[str]:
    """So many months up to that of `end_on`, oldest first, as `month_name` names them."""
    return [f"{add_months(end_on, -back):%Y-%m}" for back in reversed(range(months))]


def added_up(facts: Facts, table: Table, *days: str) -> Table:
    """In pooled grain `table` added up by those of its dates and its dimensions; in full grain as it is.

    For rows that meet many periods: they are then few.
    """
    if facts.full:
        return table
    labels = [name for name in table.columns if name.startswith("dim_")]
    return table.group_by(*days, "currency", *labels).agg(amount=table.amount.sum())


def refuse_below(least: int, **given: int) -> None:
    """Raise Misuse where a parameter is less than `least`."""
    for name, value in given.items():
        if value < least:
            raise Misuse(
                "the figure was not computed", f"{name} is {value}", f"give a whole number, {least} or more"
            )
