"""Vintages: what became of the invoices that were issued in one month."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import ibis

from countback.kpis.facts import Facts, Table
from countback.kpis.measure import measure
from countback.kpis.measures.recovery import entered
from countback.kpis.measures.windows import (
    added_up,
    minus_days,
    month_name,
    month_names,
    within_months,
)

RIPE = "ripe"
UNRIPE = "unripe"


def months_of_issue(params: Mapping[str, Any], end_on: date) -> list[tuple[str, ...]]:
    """Every cell: the months of issue, oldest first."""
    return [(month,) for month in month_names(end_on, params["months"])]


def _issued_in_months(facts: Facts, table: Table, months: int) -> Table:
    """Rows issued in the `months` calendar months that end with the period; `cell_month`."""
    met = within_months(facts, table, "issued_on", months)
    return met.mutate(cell_month=month_name(met.issued_on))


def _issued(facts: Facts, age: int, months: int) -> Table:
    """Items issued, with the day on which they are `age` days past due as `ripe_on`."""
    issues = facts.entries("issue")
    issues = added_up(facts, issues, "issued_on", "due_on")
    return _issued_in_months(facts, issues.mutate(ripe_on=minus_days(issues.due_on, -age)), months)


@measure("invoices issued, by month of issue", cells=("month",), series=True)
def issued_by_month(facts: Facts, *, age: int = 90, months: int = 24) -> Table:
    """Items issued in the latest months; `series`: whether they reached the age by the period's end."""
    met = _issued(facts, age, months)
    return met.mutate(series=ibis.ifelse(met.ripe_on <= met.end_on, RIPE, UNRIPE))


@measure("open amount at the age, by month of issue", cells=("month",))
def at_risk_by_month(facts: Facts, *, age: int = 90, months: int = 24) -> Table:
    """Items of the latest months that reached the age by the period's end, with what was open on that day."""
    risky = added_up(facts, entered(facts, age, "age"), "issued_on", "entry_on")
    met = _issued_in_months(facts, risky, months)
    return met.filter(met.entry_on <= met.end_on)


@measure("invoices issued that have not reached the age", cells=("month",))
def not_yet_at_age(facts: Facts, *, age: int = 90, months: int = 24, ripe_only: bool = False) -> Table:
    """Items of the latest months that reach the age only after the period's end, where they are left out."""
    met = _issued(facts, age, months)
    met = met.filter(met.ripe_on > met.end_on, ibis.literal(ripe_only))
    return met.mutate(reason=ibis.literal(f"not yet {age} days past due"))
