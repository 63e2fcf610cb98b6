"""Legal action: of the customers that were overdue, which were taken to court."""

from __future__ import annotations

from typing import Any

import ibis

from countback.kpis.facts import Facts, Table
from countback.kpis.measure import measure
from countback.kpis.measures.positions import stacked
from countback.kpis.measures.windows import minus_days, refuse_below, within_days

CLAIM = "claim"


def _overdue_customers(facts: Facts, window: int) -> Table:
    """One row a customer and period; `happened_on`: its first overdue day in the `window` days that end the period."""
    refuse_below(1, window=window)
    held = facts.balances()
    held = held.filter(held.amount > 0)
    periods = facts.periods.select("period", "end_on", first_on=minus_days(facts.periods.end_on, window - 1))
    met = held.join(
        periods,
        [held.from_on <= periods.end_on, held.to_on > periods.first_on, held.due_on < periods.end_on],
    )
    since = ibis.greatest(met.from_on, minus_days(met.due_on, -1), met.first_on)
    met = met.mutate(since=since).filter(lambda t: t.since < t.to_on)
    keys: list[Any] = ["period", "customer_id", *(f"dim_{name}" for name in facts.dims)]
    found = met.group_by(keys).agg(happened_on=met.since.min())
    nothing = {"invoice_id": "string", "currency": "string", "issued_on": "date", "due_on": "date"}
    return found.mutate(
        amount=ibis.literal(1, type="int32"),
        row=ibis.literal("customer"),
        row_id=found.customer_id,
        **{name: ibis.null(kind) for name, kind in nothing.items()},
    )


def _started(facts: Facts, window: int) -> Table:
    met = within_days(facts, facts.legal_actions(), "started_on", window)
    return met.mutate(amount=ibis.literal(1, type="int32"))


@measure("customers overdue on a day of the window", money=False)
def customers_overdue(facts: Facts, *, window: int = 365) -> Table:
    """Customers with an overdue open invoice on some day of the `window` days that end with the period."""
    return _overdue_customers(facts, window)


@measure("of them, customers with a claim started", money=False)
def customers_claimed(facts: Facts, *, window: int = 365) -> Table:
    """Those of them against whom a claim was started in the same days."""
    claims = _started(facts.everything(), window)
    claims = claims.filter(claims.kind == CLAIM).select("period", "customer_id")
    return _overdue_customers(facts, window).semi_join(claims, ["period", "customer_id"])


@measure("legal actions that do not count", money=False)
def other_legal_actions(facts: Facts, *, window: int = 365) -> Table:
    """Letters before action and later stages, and claims against customers who were never overdue in the window."""
    started = _started(facts, window)
    words = [("letter_before_action", "a letter before action is no claim")]
    words += [("judgment", "a judgment is no new claim"), ("enforcement", "enforcement is no new claim")]
    others = started.filter(started.kind != CLAIM)
    others = others.mutate(reason=others.kind.cases(*words, else_="no claim"))
    overdue = _overdue_customers(facts.everything(), window).select("period", "customer_id")
    early = started.filter(started.kind == CLAIM).anti_join(overdue, ["period", "customer_id"])
    return stacked(
        others, early.mutate(reason=ibis.literal(f"the customer was overdue on none of the {window} days"))
    )
