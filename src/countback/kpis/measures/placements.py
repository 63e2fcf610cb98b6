"""Placements with agencies: what was placed, what came back, and what that cost.

A placement lasts from the day after `placed_on` to `recalled_on`, or to the asked date. What is applied in that time to
the placed invoice, or to the customer's invoices where none is named, is its own; where several placements could claim
the same row, the one that names the invoice has it, then the latest.
"""

from __future__ import annotations

from typing import Any

import ibis

from countback.kpis.facts import FOREVER, Facts, Table
from countback.kpis.measure import measure
from countback.kpis.measures.effort import MOVE, as_applied
from countback.kpis.measures.positions import stacked
from countback.kpis.measures.windows import month_of, up_to

CELLS = ("agency", "placement_month")
OWN = ("placement_id", "placed_on", "recalled_on", "fee_rate", "cell_agency", "cell_placement_month")


def _placed(facts: Facts) -> Table:
    """Every placement made by the end of the period, with its cells."""
    met = up_to(facts, facts.placements(), "placed_on")
    month = month_of(met.placed_on).cast("string").substr(0, 7)
    return met.mutate(cell_agency=met.agency, cell_placement_month=month)


def _claims(facts: Facts) -> Table:
    """Placements as what rows are matched with. Names do not collide with theirs; rows have no dimensions but those of
    their placement."""
    placed = _placed(facts)
    until = ibis.least(placed.recalled_on.fill_null(FOREVER), placed.end_on)
    names: dict[str, Any] = {name: name for name in (*OWN, *_labels(facts))}
    return placed.select(
        "period", "end_on", claim_customer="customer_id", claim_invoice="invoice_id", until_on=until, **names
    )


def _labels(facts: Facts) -> list[str]:
    return [f"dim_{name}" for name in facts.dims]


def _matched(rows: Table, claims: Table, key: tuple[str, ...], *, since: Any, until: Any) -> Table:
    """`rows` with the placement that has them, each once. `since`, `until`: conditions on a row and a placement, as
    functions of both joined. `key`: what names a row."""
    by_invoice = rows.join(claims, [rows.invoice_id == claims.claim_invoice])
    anyway = claims.filter(claims.claim_invoice.isnull())
    by_customer = rows.join(anyway, [rows.customer_id == anyway.claim_customer])
    both = by_invoice.union(by_customer)
    both = both.filter(since(both), until(both))
    order = [both.claim_invoice.isnull(), ibis.desc("placed_on"), ibis.desc("placement_id")]
    first = ibis.window(group_by=["period", *key], order_by=order)
    both = both.mutate(place=ibis.row_number().over(first))
    return both.filter(both.place == 0).drop("place")


def _applied(facts: Facts, *kinds: str) -> Table:
    """Entries applied while placed, and returned by the end of the period if at all, with their placement."""
    moves = as_applied(facts.everything(), *kinds)
    return _matched(
        moves,
        _claims(facts),
        MOVE[1:],
        since=lambda t: (t.applied_on > t.placed_on) & (t.effective_on <= t.end_on),
        until=lambda t: t.applied_on <= t.until_on,
    )


def _charged(facts: Facts, kind: str) -> Table:
    """Costs of that kind and of the customer, incurred while placed, with the customer's latest placement."""
    costs = facts.everything().costs()
    costs = costs.filter(costs.kind == kind).drop("invoice_id")
    claims = _claims(facts)
    met = costs.join(
        claims,
        [
            costs.customer_id == claims.claim_customer,
            costs.incurred_on >= claims.placed_on,
            costs.incurred_on <= claims.until_on,
        ],
    )
    latest = ibis.window(
        group_by=["period", "cost_id"], order_by=[ibis.desc("placed_on"), ibis.desc("placement_id")]
    )
    met = met.mutate(invoice_id=ibis.null("string"), place=ibis.row_number().over(latest))
    return met.filter(met.place == 0).drop("place")


@measure("amounts placed", cells=CELLS)
def amounts_placed(facts: Facts) -> Table:
    """The amount of each placement."""
    return _placed(facts)


@measure("recovered after placement", cells=CELLS)
def recovered_after_placement(facts: Facts) -> Table:
    """Cash applied while placed, also what comes in after a write-off, less what of it is returned."""
    return _applied(facts, "cash", "recovery")


@measure("discounts", cells=CELLS)
def credited_after_placement(facts: Facts) -> Table:
    """Credit notes applied while placed."""
    return _applied(facts, "credit")


@measure("legal costs", cells=CELLS)
def legal_costs_after_placement(facts: Facts) -> Table:
    """Legal costs of the customer while placed."""
    return _charged(facts, "legal")


@measure("fees", cells=CELLS)
def agency_fees(facts: Facts) -> Table:
    """The agency's fees as booked; where none of the customer is booked while placed, its rate on what came back."""
    booked = _charged(facts, "agency_fee")
    recovered = _applied(facts, "cash", "recovery")
    billed = booked.select("period", billed_customer="customer_id", billed_on="incurred_on")
    unbilled = recovered.anti_join(
        billed,
        [
            recovered.period == billed.period,
            recovered.claim_customer == billed.billed_customer,
            recovered.placed_on <= billed.billed_on,
            recovered.until_on >= billed.billed_on,
        ],
    )
    fee = unbilled.amount.cast("decimal(18, 4)") * unbilled.fee_rate.fill_null(0).cast("decimal(18, 10)")
    unbilled = unbilled.mutate(amount=fee)
    return _stacked_exactly(unbilled, booked)


def _stacked_exactly(fees: Table, booked: Table) -> Table:
    """Both, with room for the decimals of a rate."""
    wide = [table.mutate(exact=table.amount.cast("decimal(38, 14)")) for table in (fees, booked)]
    both = stacked(*wide)
    return both.mutate(amount=both.exact).drop("exact")


@measure("cash after a recall", cells=CELLS)
def recovered_after_recall(facts: Facts) -> Table:
    """Cash on what had been placed, applied after the placement was recalled and while no other lasted."""
    later = _matched(
        as_applied(facts.everything(), "cash", "recovery"),
        _claims(facts),
        MOVE[1:],
        since=lambda t: (t.applied_on > t.recalled_on) & (t.effective_on <= t.end_on),
        until=lambda t: t.applied_on <= t.end_on,
    )
    kept = _applied(facts, "cash", "recovery").select(*MOVE)
    return later.anti_join(kept, MOVE).mutate(reason=ibis.literal("applied after the placement was recalled"))
