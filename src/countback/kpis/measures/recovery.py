"""Recovery: what comes in on items that are long overdue.

An item enters on a stated day past due, if it is open that day.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis

from countback.kpis.facts import Facts, Table
from countback.kpis.measure import measure
from countback.kpis.measures.windows import (
    added_up,
    days_between,
    minus_days,
    month_name,
    month_names,
    refuse_below,
    within_months,
)

HORIZONS = (30, 60, 90, 180, 365)
"""Days after entry at which the recovery curve is read."""


def months_and_horizons(params: Mapping[str, Any], end_on: date) -> list[tuple[str, ...]]:
    """Every cell of the curve: each month of entry, oldest first, at each horizon."""
    months = month_names(end_on, params["months"])
    return [(month, str(horizon)) for month in months for horizon in params["horizons"]]


def entered(facts: Facts, age: int, parameter: str = "entry_age") -> Table:
    """Items open on their `age`-th day past due (0: when due): `entry_on`, `amount` open that day."""
    refuse_below(0, **{parameter: age})
    held = facts.balances()
    held = held.mutate(entry_on=minus_days(held.due_on, -age))
    held = held.filter(held.amount != 0, held.from_on <= held.entry_on, held.to_on > held.entry_on)
    return held.mutate(happened_on=held.entry_on)


def cash_after(facts: Facts, entry_age: int) -> Table:
    """Cash applied after its item entered, reversals negative: entries with `entry_on`."""
    starts = entered(facts, entry_age).select("item_id", "entry_on")
    met = facts.entries("cash").join(starts, "item_id")
    return met.filter(met.effective_on > met.entry_on)


def _of_cohort(facts: Facts, table: Table, horizon: int, cohort: int) -> Table:
    """Rows whose `entry_on` lies in the `cohort` days that end `horizon` days before the period's end."""
    refuse_below(1, horizon=horizon, cohort=cohort)
    ends = facts.periods.mutate(last_on=minus_days(facts.periods.end_on, horizon))
    ends = ends.mutate(after_on=minus_days(ends.last_on, cohort))
    return table.join(ends, [table.entry_on > ends.after_on, table.entry_on <= ends.last_on])


def _of_months(facts: Facts, table: Table, months: int) -> Table:
    """Rows whose `entry_on` lies in the `months` calendar months that end with the period; `cell_month`."""
    met = within_months(facts, table, "entry_on", months)
    return met.mutate(cell_month=month_name(met.entry_on))


@measure("open amount on the day of entry")
def entered_amount(facts: Facts, *, entry_age: int = 30, horizon: int = 90, cohort: int = 365) -> Table:
    """Items of the cohort, with what was open on their day of entry."""
    return _of_cohort(facts, added_up(facts, entered(facts, entry_age), "entry_on"), horizon, cohort)


@measure("cash applied within the horizon after entry")
def recovered_amount(facts: Facts, *, entry_age: int = 30, horizon: int = 90, cohort: int = 365) -> Table:
    """Cash applied to items of the cohort after their day of entry, up to the horizon."""
    paid = cash_after(facts, entry_age)
    paid = paid.filter(days_between(paid.entry_on, paid.effective_on) <= horizon)
    return _of_cohort(facts, added_up(facts, paid, "entry_on"), horizon, cohort)


@measure("items that entered too late to count")
def entered_too_late(facts: Facts, *, entry_age: int = 30, horizon: int = 90) -> Table:
    """Items that entered by the period's end, but less than the horizon before it."""
    late = entered(facts, entry_age)
    ends = facts.periods.mutate(last_on=minus_days(facts.periods.end_on, horizon))
    met = late.join(ends, [late.entry_on > ends.last_on, late.entry_on <= ends.end_on])
    return met.mutate(reason=ibis.literal(f"entered less than {horizon} days before the date"))


@measure("open amount on the day of entry, by month of entry", cells=("month",))
def entered_by_month(facts: Facts, *, entry_age: int = 30, months: int = 24) -> Table:
    """Items that entered in the latest months, with what was open on their day of entry."""
    return _of_months(facts, added_up(facts, entered(facts, entry_age), "entry_on"), months)


@measure("cash applied within each horizon after entry, by month of entry", cells=("month", "horizon"))
def recovered_by_horizon(
    facts: Facts, *, entry_age: int = 30, months: int = 24, horizons: tuple[int, ...] = HORIZONS
) -> Table:
    """Cash applied by the period's end to items of the latest months, once for each horizon it is within."""
    refuse_below(1, horizon=min(horizons, default=0))
    paid = cash_after(facts, entry_age)
    paid = paid.filter(days_between(paid.entry_on, paid.effective_on) <= max(horizons))
    met = _of_months(facts, added_up(facts, paid, "entry_on", "effective_on"), months)
    met = met.filter(met.effective_on <= met.end_on)
    met = met.mutate(cell_horizon=_each(horizons))
    return met.filter(days_between(met.entry_on, met.effective_on) <= met.cell_horizon)


def _each(values: tuple[int, ...]) -> Any:
    """A row for each of the values."""
    return ibis.array(list(values)).unnest()
