"""Rolls: where what was open at the start of a month stands at its end."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import ibis

from countback.core.aging import CURRENT, Buckets
from countback.core.problem import Misuse
from countback.kpis.facts import Facts, Table
from countback.kpis.measure import measure
from countback.kpis.measures.positions import bucket_of, stacked
from countback.kpis.measures.windows import add_months_back, minus_days

MOST_MONTHS = 60
"""Months pooled at most."""

ENDS = {"cash": "paid", "credit": "credited", "write_off": "written off"}
"""What an entry makes of the amount it settles."""


def starts_and_ends(params: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Every cell of the matrix: each bucket at the start with each place at the end."""
    buckets = (CURRENT, *Buckets(params["bounds"]).overdue)
    return list(product(buckets, (*buckets, *ENDS.values())))


def _spans(facts: Facts, months: int) -> Table:
    """`period`, `opened_on` (the day before the span), `closed_on` (its last day).

    A span is the period itself, or with `months` each of so many calendar months that end with it.
    """
    if not 1 <= months <= MOST_MONTHS:
        raise Misuse("roll rates were not computed", f"months is {months}", f"give 1 to {MOST_MONTHS}")
    periods = facts.periods
    if months == 1:
        return periods.select("period", opened_on="before_on", closed_on="end_on")
    spans = []
    for back in range(months):
        first = add_months_back(periods.end_on, back)
        last = minus_days(add_months_back(periods.end_on, back - 1), 1) if back else periods.end_on
        spans.append(periods.select("period", opened_on=minus_days(first, 1), closed_on=last))
    return ibis.union(*spans)


def _open_at(facts: Facts, spans: Table, day: str) -> Table:
    """Open items on the day `day` of each span."""
    held = facts.balances()
    held = held.filter(held.amount != 0)
    met = held.join(spans, [held.from_on <= spans[day], held.to_on > spans[day]])
    return met.mutate(happened_on=met[day])


def _started(facts: Facts, bounds: tuple[int, ...], months: int) -> Table:
    items = _open_at(facts, _spans(facts, months), "opened_on")
    return items.mutate(cell_from=bucket_of(items.due_on, items.opened_on, bounds))


@measure("open amount at the start of the month", cells=("from",))
def open_at_start(facts: Facts, *, bounds: tuple[int, ...] = (30, 60, 90), months: int = 1) -> Table:
    """Items open on the day before the month, by their bucket on that day."""
    return _started(facts, bounds, months)


@measure("the same amount at the end of the month", cells=("from", "to"))
def rolled(facts: Facts, *, bounds: tuple[int, ...] = (30, 60, 90), months: int = 1) -> Table:
    """What is left open of those items at the end of the month, by bucket, and what settled them in it."""
    spans = _spans(facts, months)
    starts = _started(facts, bounds, months).select("period", "opened_on", "item_id", "cell_from")
    left = _open_at(facts, spans, "closed_on")
    left = left.mutate(cell_to=bucket_of(left.due_on, left.closed_on, bounds))
    moves = facts.entries(*ENDS)
    moves = moves.join(spans, [moves.effective_on > spans.opened_on, moves.effective_on <= spans.closed_on])
    moves = moves.mutate(cell_to=moves.kind.cases(*ENDS.items(), else_=moves.kind))
    keys = ["period", "opened_on", "item_id"]
    return stacked(left.join(starts, keys), moves.join(starts, keys))


@measure("items that were not open at the start of the month")
def opened_since(facts: Facts, *, months: int = 1) -> Table:
    """Items open at the end of the month that were not at its start."""
    starts = _open_at(facts, _spans(facts, months), "opened_on").select("period", "opened_on", "item_id")
    left = _open_at(facts, _spans(facts, months), "closed_on")
    fresh = left.anti_join(starts, ["period", "opened_on", "item_id"])
    why = ibis.ifelse(
        fresh.issued_on > fresh.opened_on,
        "issued in the month",
        "settled at the start, re-opened in the month",
    )
    return fresh.mutate(reason=why)
