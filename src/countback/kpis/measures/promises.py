"""Promises to pay: made, kept, kept in part, broken, still open, withdrawn.

A promise is judged on its deadline, two working days after its due date, and not before: until then it is open, however
much has been paid. One that is withdrawn by the asked date is not judged at all.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import ibis

from countback.core.problem import Misuse
from countback.kpis.facts import Facts, Table
from countback.kpis.measure import measure
from countback.kpis.measures.contacts import right_party_contacts
from countback.kpis.measures.positions import stacked
from countback.kpis.measures.windows import within_days, within_period

KEPT_FROM = Decimal(95)
"""Per cent of the promised amount from which a promise counts as kept."""

OUTCOMES = ("kept", "partly kept", "broken", "open", "withdrawn")


def one_each(table: Table) -> Table:
    """Each row counts one."""
    return table.mutate(amount=ibis.literal(1, type="int32"))


def _withdrawn(met: Table) -> Any:
    return met.withdrawn_on.notnull() & (met.withdrawn_on <= met.end_on)


def _kept(met: Table, kept_from: Decimal) -> Any:
    """Whether enough was paid. Raises Misuse where `kept_from` is no such percentage."""
    if not 0 < kept_from <= 100 or kept_from != round(kept_from, 2):
        raise Misuse(
            "no promise was judged",
            f"kept_from={kept_from} is no such percentage",
            "give a number above 0, up to 100",
        )
    return met.paid >= met.amount * ibis.literal(kept_from / 100, type="decimal(6, 4)")


def judged(facts: Facts) -> Table:
    """Promises whose deadline lies in the period and that are not withdrawn by its end."""
    met = within_period(facts, facts.promises(), "deadline_on")
    return met.filter(~_withdrawn(met))


@measure("promises made in the period", money=False)
def promises_made(facts: Facts) -> Table:
    """Every promise made in the period counts one, whatever became of it."""
    return one_each(within_period(facts, facts.promises(), "made_on"))


@measure("promises judged in the period", money=False)
def promises_judged(facts: Facts) -> Table:
    """Each promise whose deadline lies in the period counts one."""
    return one_each(judged(facts))


@measure("promises kept", money=False)
def promises_kept(facts: Facts, *, kept_from: Decimal = KEPT_FROM) -> Table:
    """Those of them on which at least `kept_from` per cent was paid in time."""
    met = judged(facts)
    return one_each(met.filter(_kept(met, kept_from)))


@measure("amounts promised")
def amounts_promised(facts: Facts) -> Table:
    """The amount of each promise whose deadline lies in the period."""
    return judged(facts)


@measure("amounts paid as promised")
def amounts_kept(facts: Facts) -> Table:
    """What was paid in time on each of them, at most what was promised."""
    met = judged(facts)
    return met.mutate(amount=ibis.least(met.paid, met.amount).cast("decimal(18, 4)"))


def _not_judged(facts: Facts) -> Table:
    due = within_period(facts, facts.promises(), "deadline_on")
    withdrawn = due.filter(_withdrawn(due)).mutate(reason=ibis.literal("withdrawn by the date"))
    made = facts.promises()
    periods = facts.periods
    waiting = made.join(periods, [made.made_on <= periods.end_on, made.deadline_on > periods.end_on])
    reason = ibis.cases(
        (_withdrawn(waiting), "withdrawn by the date"),
        (waiting.promised_on > waiting.end_on, "not yet due"),
        (waiting.promised_on == waiting.end_on, "due on the date itself"),
        else_="due, but within its two working days of grace",
    )
    return stacked(withdrawn, waiting.mutate(reason=reason))


@measure("promises not judged in the period", money=False)
def promises_not_judged(facts: Facts) -> Table:
    """Promises withdrawn, or standing at the end of the period with a deadline after it."""
    return one_each(_not_judged(facts))


@measure("amounts promised and not judged in the period")
def amounts_not_judged(facts: Facts) -> Table:
    """The same, by amount."""
    return _not_judged(facts)


def _outcomes(facts: Facts, window: int, kept_from: Decimal) -> Table:
    met = within_days(facts, facts.promises(), "made_on", window)
    outcome = ibis.cases(
        (_withdrawn(met), "withdrawn"),
        (met.deadline_on > met.end_on, "open"),
        (_kept(met, kept_from), "kept"),
        (met.paid > 0, "partly kept"),
        else_="broken",
    )
    return met.mutate(cell_outcome=outcome)


@measure("promises made in the window", money=False, cells=("outcome",))
def promises_by_outcome(facts: Facts, *, window: int = 365, kept_from: Decimal = KEPT_FROM) -> Table:
    """Each promise made in the window counts one under what became of it by the end of the period."""
    return one_each(_outcomes(facts, window, kept_from))


@measure("amounts promised in the window", cells=("outcome",))
def amounts_by_outcome(facts: Facts, *, window: int = 365, kept_from: Decimal = KEPT_FROM) -> Table:
    """The same, by promised amount."""
    return _outcomes(facts, window, kept_from)


def _times_number_of(facts: Facts, rows: Table, others: Table) -> Table:
    """`rows`, each with the number of `others` in the same period and group as its amount."""
    both = stacked(one_each(rows).mutate(weighs=0), one_each(others).mutate(weighs=1))
    group = ibis.window(group_by=["period", *(f"dim_{name}" for name in facts.dims)])
    both = both.mutate(amount=both.weighs.sum().over(group))
    return both.filter(both.weighs == 0).drop("weighs")


@measure("promises kept * promises made in the period", money=False)
def kept_times_made(facts: Facts, *, kept_from: Decimal = KEPT_FROM) -> Table:
    """Each kept promise counts as often as promises were made in the period."""
    return _times_number_of(facts, promises_kept(facts, kept_from=kept_from), promises_made(facts))


@measure("promises judged * right-party contacts in the period", money=False)
def judged_times_contacts(facts: Facts) -> Table:
    """Each judged promise counts as often as the right party was reached in the period."""
    return _times_number_of(facts, promises_judged(facts), right_party_contacts(facts))
