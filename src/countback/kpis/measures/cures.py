"""Cures: customers who were overdue and no longer are. Each customer counts one, whatever the amount."""

from __future__ import annotations

from typing import Any

import ibis

from countback.kpis.facts import Facts, Table
from countback.kpis.measure import measure
from countback.kpis.measures.windows import refuse_below


def _overdue_customers(facts: Facts, days_earlier: int) -> Table:
    """Customers with an overdue open item so many days before the period's end, by dimension."""
    items = facts.positions("end_on", days=-days_earlier, full=True)
    return items.filter(items.due_on < items.at_on).select(*_keys(items)).distinct()


def _keys(table: Table) -> list[str]:
    return ["period", "customer_id", *(name for name in table.columns if name.startswith("dim_"))]


def _counted(facts: Facts, customers: Table, **more: Any) -> Table:
    """Customers as rows that count one each."""
    dated = customers.join(facts.periods.select("period", happened_on="end_on"), "period")
    one = ibis.literal(1).cast("decimal(18, 4)")
    return dated.mutate(row=ibis.literal("customer"), row_id=dated.customer_id, amount=one, **more)


def _without(customers: Table, others: Table) -> Table:
    """Customers that are not among the others; a blank dimension equals a blank one."""
    same = [customers[name].identical_to(others[name]) for name in _keys(customers)]
    return customers.anti_join(others, same)


@measure("customers overdue the stated days before", money=False)
def overdue_earlier(facts: Facts, *, days: int = 30) -> Table:
    """Customers with an overdue open item `days` days before the period's end."""
    refuse_below(1, days=days)
    return _counted(facts, _overdue_customers(facts, days))


@measure("those of them with nothing overdue at the date", money=False)
def cured(facts: Facts, *, days: int = 30) -> Table:
    """Customers with an overdue open item `days` days before the period's end, and none at it."""
    return _counted(facts, _without(_overdue_customers(facts, days), _overdue_customers(facts, 0)))


@measure("customers overdue at the date that were not before", money=False)
def overdue_since(facts: Facts, *, days: int = 30) -> Table:
    """Customers with an overdue open item at the period's end, and none `days` days before."""
    fresh = _without(_overdue_customers(facts, 0), _overdue_customers(facts, days))
    return _counted(facts, fresh, reason=ibis.literal(f"not overdue {days} days before the date"))
