"""How customers pay: days from issue and from due date to payment, weighted by amount.

Only cash that still stands counts: an allocation whose payment was returned by the end of the period says nothing about
paying, nor does a credit note or what came after a write-off. They are left out, with the reason.
"""

from __future__ import annotations

import ibis

from countback.kpis.facts import Facts, Table
from countback.kpis.measure import measure
from countback.kpis.measures.cash import cash_of_period, not_cash_of_period
from countback.kpis.measures.positions import stacked
from countback.kpis.measures.windows import days_between, within_period


def _standing(facts: Facts, *, stands: bool) -> Table:
    """Cash of the period that was not returned by its end; or else what was returned, and its return."""
    met = cash_of_period(facts)
    returned = met.reverses | (met.reversed_on.notnull() & (met.reversed_on <= met.end_on)).fill_null(False)
    return met.filter(~returned if stands else returned)


def _times_days(table: Table, since: str, floor: int | None = None) -> Table:
    days = days_between(table[since], table.effective_on)
    if floor is not None:
        days = ibis.greatest(days, ibis.literal(floor))
    return table.mutate(amount=(table.amount * days).cast("decimal(38, 4)"))


@measure("cash applied in the period")
def cash_standing(facts: Facts) -> Table:
    """Cash allocations of the period that were not returned by its end."""
    return _standing(facts, stands=True)


@measure("cash applied * days since issue")
def cash_days_since_issue(facts: Facts) -> Table:
    """The same, each amount times the days from the invoice's issue to the payment."""
    return _times_days(_standing(facts, stands=True), "issued_on")


@measure("cash applied * days since due")
def cash_days_since_due(facts: Facts, *, floor: int | None = None) -> Table:
    """The same, each amount times the days from the due date to the payment, early ones negative; none below
    `floor`."""
    return _times_days(_standing(facts, stands=True), "due_on", floor)


@measure("cash applied after the due date")
def cash_late(facts: Facts) -> Table:
    """Cash allocations of the period that took effect after the due date."""
    met = _standing(facts, stands=True)
    return met.filter(met.effective_on > met.due_on)


@measure("returned, or no cash")
def not_standing(facts: Facts) -> Table:
    """Payments returned by the end of the period, their return, credit notes and recoveries."""
    met = _standing(facts, stands=False)
    words = ibis.ifelse(met.reverses, "the return of a payment", "the payment was returned")
    return stacked(met.mutate(reason=words), not_cash_of_period(facts))


@measure("invoices issued in the period")
def issued_items(facts: Facts) -> Table:
    """Invoices of the period, or their instalments."""
    return within_period(facts, facts.entries("issue"), "effective_on")


@measure("invoices issued in the period * days of their terms")
def issued_days_of_terms(facts: Facts) -> Table:
    """The same, each amount times the days from issue to due date."""
    met = within_period(facts, facts.entries("issue"), "effective_on")
    return met.mutate(amount=(met.amount * days_between(met.issued_on, met.due_on)).cast("decimal(38, 4)"))
