"""Customers as accounts: how many owe, how many are overdue, and how much each owes."""

from __future__ import annotations

from typing import Any

import ibis

from countback.kpis.facts import Facts, Table
from countback.kpis.measure import measure
from countback.kpis.measures.positions import Basis, Disputed, open_items


def counted(facts: Facts, items: Table) -> Table:
    """One row a period, group and customer that owes anything on `items`, with amount 1."""
    keys = ["period", "at_on", "customer_id", *(f"dim_{name}" for name in facts.dims)]
    owing = items.group_by(keys).agg(owed=items.amount.sum())
    nothing: dict[str, Any] = {"invoice_id": ibis.null("string")}
    nothing |= {name: ibis.null("date") for name in ("issued_on", "due_on")}
    return owing.filter(owing.owed > 0).mutate(
        row=ibis.literal("customer"),
        row_id=owing.customer_id,
        happened_on=owing.at_on,
        amount=ibis.literal(1).cast("decimal(18, 4)"),
        **nothing,
    )


@measure("customers with an open invoice", money=False, bucketed=True)
def customers_open(facts: Facts, *, disputed: Disputed = "include") -> Table:
    """Customers that owe something at the end of the period."""
    return counted(facts, open_items(facts, "end_on", "gross", disputed, full=True))


@measure("customers with an overdue invoice", money=False, bucketed=True)
def customers_overdue(facts: Facts, *, disputed: Disputed = "include") -> Table:
    """Customers that owe something at the end of the period that was due before that day."""
    items = open_items(facts, "end_on", "gross", disputed, full=True)
    return counted(facts, items.filter(items.due_on < items.at_on))


@measure("customers with open invoices, none overdue", money=False)
def customers_not_overdue(facts: Facts, *, disputed: Disputed = "include") -> Table:
    """Customers that owe something, of which nothing was due before the end of the period."""
    items = open_items(facts, "end_on", "gross", disputed, full=True)
    late = (
        items.filter(items.due_on < items.at_on, items.amount > 0).select("period", "customer_id").distinct()
    )
    owing = counted(facts, items.anti_join(late, ["period", "customer_id"]))
    return owing.mutate(reason=ibis.literal("nothing overdue"))


@measure("open receivables by customer", series=True)
def open_by_customer(facts: Facts, *, basis: Basis = "gross", disputed: Disputed = "include") -> Table:
    """Open items at the end of the period; `series`: the customer."""
    items = open_items(facts, "end_on", basis, disputed, full=True)
    return items.mutate(series=items.customer_id)
