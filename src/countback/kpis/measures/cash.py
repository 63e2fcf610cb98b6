"""Cash applied to invoices: allocations of payments on the day they take effect, a reversal on its own day."""

from __future__ import annotations

import ibis

from countback.kpis.facts import Facts, Table
from countback.kpis.measure import measure
from countback.kpis.measures.positions import stacked, unapplied_at
from countback.kpis.measures.windows import within_period

NOT_CASH = "applied from a credit note, which is no cash"
AFTER_WRITE_OFF = "received after the invoice was written off: a recovery"
UNAPPLIED = "not yet applied to an invoice"


def cash_of_period(facts: Facts) -> Table:
    """Cash entries that take effect in the period, reversals negative; with the period's dates."""
    return within_period(facts, facts.entries("cash"), "effective_on")


def not_cash_of_period(facts: Facts) -> Table:
    """Credit notes applied and recoveries of the period, each with the `reason` why it is no cash applied."""
    met = within_period(facts, facts.entries("credit", "recovery"), "effective_on")
    return met.mutate(reason=met.kind.cases(("credit", NOT_CASH), else_=AFTER_WRITE_OFF))


@measure("cash applied in the period")
def cash_in_period(facts: Facts) -> Table:
    """Payments allocated to invoices in the period, less what was returned in it."""
    return cash_of_period(facts)


@measure("settled otherwise, or received and not applied")
def not_cash_applied(facts: Facts) -> Table:
    """Credit notes applied, recoveries, and at the end of the period unapplied credit."""
    waiting = unapplied_at(facts, "end_on")
    return stacked(not_cash_of_period(facts), waiting.mutate(reason=ibis.literal(UNAPPLIED)))


@measure("cash applied in the period to invoices due by its end")
def cash_on_due(facts: Facts) -> Table:
    """Cash of the period on items that are due by its last day."""
    met = cash_of_period(facts)
    return met.filter(met.due_on <= met.end_on)


@measure("open at the start and due by the end of the period")
def due_open_before(facts: Facts) -> Table:
    """Items that were open on the day before the period starts and are due by its last day."""
    items = facts.positions("before_on")
    met = items.join(facts.periods.select("period", "end_on"), "period")
    return met.filter(met.due_on <= met.end_on)


@measure("issued in the period and due by its end")
def due_issued(facts: Facts) -> Table:
    """Items issued in the period that are due by its last day, at their full amount."""
    met = within_period(facts, facts.entries("issue"), "effective_on")
    return met.filter(met.due_on <= met.end_on)


@measure("cash on invoices not yet due, or settled otherwise")
def not_collected_on_due(facts: Facts) -> Table:
    """Cash of the period on items due after it, and what was settled without cash."""
    met = cash_of_period(facts)
    early = met.filter(met.due_on > met.end_on).mutate(
        reason=ibis.literal("the invoice is due after the period")
    )
    return stacked(early, not_cash_of_period(facts))


def _on_overdue(facts: Facts, *, overdue: bool) -> Table:
    """Cash of the period on items that were, or were not, open and overdue on the day before it starts."""
    met = cash_of_period(facts)
    items = facts.positions("before_on", full=True)
    late = items.filter(items.due_on < items.at_on).select("period", "item_id")
    return (
        met.semi_join(late, ["period", "item_id"]) if overdue else met.anti_join(late, ["period", "item_id"])
    )


@measure("cash applied in the period to invoices that were overdue at its start")
def cash_on_overdue(facts: Facts) -> Table:
    """Cash of the period on items that were open and overdue on the day before it starts."""
    return _on_overdue(facts, overdue=True)


@measure("cash on invoices not overdue at the start, or settled otherwise")
def not_recovered(facts: Facts) -> Table:
    """Cash of the period on other items, and what was settled without cash."""
    other = _on_overdue(facts, overdue=False).mutate(
        reason=ibis.literal("the invoice was not overdue at the start of the period")
    )
    return stacked(other, not_cash_of_period(facts))
