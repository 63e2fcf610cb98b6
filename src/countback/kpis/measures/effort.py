"""What collecting costs, and the cash that follows what collectors do."""

from __future__ import annotations

import ibis

from countback.kpis.facts import Facts, Table
from countback.kpis.measure import measure
from countback.kpis.measures.cash import not_cash_of_period
from countback.kpis.measures.contacts import arrived
from countback.kpis.measures.positions import stacked
from countback.kpis.measures.windows import minus_days, within_period

MOVE = ("period", "item_id", "row_id", "reverses")
"""What names one movement of cash on one open item in one period."""


COST_KINDS = ("staff", "system", "agency_fee", "legal", "other")


@measure("costs of the period")
def costs_in_period(facts: Facts) -> Table:
    """Costs by the day on which they were incurred."""
    return within_period(facts, facts.costs(), "incurred_on")


@measure("costs of the period by kind", cells=("cost_kind",))
def costs_by_kind(facts: Facts) -> Table:
    """The same, by kind of cost."""
    met = within_period(facts, facts.costs(), "incurred_on")
    return met.mutate(cell_cost_kind=met.kind)


def as_applied(facts: Facts, *kinds: str) -> Table:
    """Entries of these kinds with `applied_on`: the day on which the cash was applied, for a return the day on which
    what is returned had been."""
    moves = facts.entries(*kinds)
    returned = moves.filter(~moves.reverses, moves.reversed_on.notnull())
    firsts = returned.group_by(returned_row="row_id").agg(first_on=returned.effective_on.min())
    met = moves.left_join(firsts, moves.reverses & (moves.row_id == firsts.returned_row))
    return met.mutate(applied_on=ibis.coalesce(met.first_on, met.effective_on)).drop(
        "returned_row", "first_on"
    )


def _cash(facts: Facts) -> Table:
    return within_period(facts, as_applied(facts, "cash"), "effective_on")


@measure("cash applied in the period after the due date")
def cash_after_due(facts: Facts) -> Table:
    """Cash applied in the period to items after their due date, less what of such cash was returned in it."""
    met = _cash(facts)
    return met.filter(met.applied_on > met.due_on)


@measure("cash by the due date, or settled otherwise")
def cash_not_after_due(facts: Facts) -> Table:
    """Other cash of the period, which came without collecting, and what is no cash."""
    met = _cash(facts)
    in_time = met.filter(met.applied_on <= met.due_on).mutate(reason=ibis.literal("applied by the due date"))
    return stacked(in_time, not_cash_of_period(facts))


def _following(facts: Facts, days: int) -> Table:
    """Cash of the period, each once, with the collector of the customer's latest contact in the `days` days before."""
    met = _cash(facts)
    books = facts.everything()
    made = arrived(books.contacts())
    made = made.filter(made.collector.notnull()).select(
        "contact_id", "contacted_on", met_customer="customer_id", cell_collector="collector"
    )
    since = minus_days(met.applied_on, days)
    met = met.join(
        made,
        [
            met.customer_id == made.met_customer,
            made.contacted_on <= met.applied_on,
            made.contacted_on >= since,
        ],
    )
    latest = ibis.window(group_by=MOVE, order_by=[ibis.desc("contacted_on"), ibis.desc("contact_id")])
    met = met.mutate(place=ibis.row_number().over(latest))
    return met.filter(met.place == 0).drop("place", "met_customer", "contact_id", "contacted_on")


@measure("cash applied after a collector's contact", cells=("collector",))
def cash_after_contact(facts: Facts, *, days: int = 14) -> Table:
    """Each allocation goes to the collector of the latest contact with the customer up to `days` days before it."""
    return _following(facts, days)


@measure("minutes logged by collectors in the period", money=False, cells=("collector",))
def minutes_logged(facts: Facts) -> Table:
    """Minutes of contacts of the period that name a collector."""
    met = within_period(facts, facts.contacts(), "contacted_on")
    met = met.filter(met.collector.notnull())
    return met.mutate(amount=met.minutes.fill_null(0), cell_collector=met.collector)


@measure("cash without a contact before it, or settled otherwise")
def cash_without_contact(facts: Facts, *, days: int = 14) -> Table:
    """Cash of the period that goes to no collector, and what is no cash."""
    alone = _cash(facts).anti_join(_following(facts, days), MOVE)
    alone = alone.mutate(reason=ibis.literal(f"no contact by a collector in the {days} days before it"))
    return stacked(alone, not_cash_of_period(facts))
