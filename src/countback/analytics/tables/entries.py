"""Entries: every signed movement on every open item, on its effective date.

`amount` is the movement of the open balance: an issue adds, cash, credit and write-off take away, a reversal adds
again. Cash on what was written off before is kind `recovery`; it moves no balance and its amount is what was recovered,
negative as cash is.

Most invoices are one item without write-off: their settlements are entries as they stand. For the careful ones
(instalments or write-offs) settlements in the order of their dates raise a level from zero towards the invoice's
amount; each item owns a stretch of that height, earliest due first, and takes what of the level moves within it. What
rises above the whole is recovery. A settlement that names its instalment goes there.
"""

from __future__ import annotations

from typing import Any

import ibis

from countback.analytics.tables.books import BookTables, latest
from countback.kpis.facts import Table

COLUMNS = (
    "item_id",
    "invoice_id",
    "number",
    "customer_id",
    "entity_id",
    "currency",
    "issued_on",
    "due_on",
    "item_amount",
    "kind",
    "effective_on",
    "amount",
    "source_id",
    "row_id",
    "reverses",
    "reversed_on",
    "recorded_at",
)

RANK = {"issue": 0, "cash": 1, "credit": 1, "write_off": 2, "recovery": 3}
"""Order of entries of one item on one day."""


def build(books: BookTables, items: Table, settlements: Table) -> Table:
    """All entries. `items`, `settlements`: tables of the modules of these names."""
    issues = _issues(items)
    careful = _careful_invoices(books)
    if careful is None:
        return issues.union(_plain(items, settlements))
    rest = settlements.anti_join(careful, "invoice_id")
    hard_items = items.semi_join(careful, "invoice_id")
    hard = settlements.semi_join(careful, "invoice_id")
    named = _named(hard_items, hard.filter(hard.instalment.notnull()))
    filled = _filled(hard_items, hard)
    return ibis.union(issues, _plain(items, rest), named, filled)


def _careful_invoices(books: BookTables) -> Table | None:
    parts = [books[name].select("invoice_id") for name in ("instalments", "write_offs") if books.has(name)]
    if not parts:
        return None
    return (parts[0] if len(parts) == 1 else ibis.union(*parts)).distinct()


def _issues(items: Table) -> Table:
    return items.mutate(
        kind=ibis.literal("issue"),
        effective_on=items.issued_on,
        amount=items.item_amount.cast("decimal(18, 4)"),
        source_id=items.invoice_id,
        row_id=items.item_id,
        reverses=ibis.literal(False),
        reversed_on=ibis.null("date"),
    ).select(*COLUMNS)


def _plain(items: Table, settlements: Table) -> Table:
    return _moves(items.join(_renamed(settlements), "invoice_id"))


def _named(items: Table, settlements: Table) -> Table:
    settled = _renamed(settlements)
    return _moves(items.join(settled, ["invoice_id", items.number == settled.instalment]))


def _renamed(settlements: Table) -> Table:
    return settlements.select(
        "invoice_id",
        "instalment",
        "kind",
        "effective_on",
        "source_id",
        "row_id",
        "reverses",
        "reversed_on",
        taken="amount",
        settled_recorded="recorded_at",
    )


def _moves(met: Table) -> Table:
    return met.mutate(
        amount=(-met.taken).cast("decimal(18, 4)"),
        recorded_at=latest(met.recorded_at, met.settled_recorded),
    ).select(*COLUMNS)


def _filled(items: Table, settlements: Table) -> Table:
    stretches = _stretches(items, settlements)
    levels = _levels(stretches, _renamed(settlements.filter(settlements.instalment.isnull())))
    met = stretches.join(levels, "invoice_id")
    taken = _clamp(met.level, met.foot, met.top) - _clamp(met.level_before, met.foot, met.top)
    open_moves = met.mutate(taken=taken).filter(taken != 0)
    return _moves(open_moves).union(_recoveries(stretches, levels))


def _stretches(items: Table, settlements: Table) -> Table:
    """Items with the stretch of the level that each owns: its amount, less what names it, stacked by due date."""
    named = settlements.filter(settlements.instalment.notnull())
    direct = named.group_by("invoice_id", "instalment").agg(direct=named.amount.sum())
    direct = direct.select("direct", direct_invoice="invoice_id", direct_number="instalment")
    met = items.left_join(
        direct, [items.invoice_id == direct.direct_invoice, items.number == direct.direct_number]
    )
    room = (met.item_amount - met.direct.fill_null(0)).cast("decimal(38, 4)")
    stack = ibis.window(group_by="invoice_id", order_by=["due_on", "item_id"], preceding=None, following=0)
    met = met.mutate(room=room)
    met = met.mutate(top=met.room.sum().over(stack))
    return met.mutate(foot=met.top - met.room).drop("direct", "direct_invoice", "direct_number", "room")


def _levels(stretches: Table, settled: Table) -> Table:
    """Settlements in order, with the level before and after each, never above the whole."""
    whole = stretches.group_by("invoice_id").agg(whole=stretches.top.max())
    order = ["effective_on", _rank(settled.kind), "row_id", "reverses"]
    rising = ibis.window(group_by="invoice_id", order_by=order, preceding=None, following=0)
    settled = settled.mutate(raw=settled.taken.sum().over(rising)).join(whole, "invoice_id")
    settled = settled.mutate(raw_before=settled.raw - settled.taken)
    return settled.mutate(
        level=ibis.least(settled.raw, settled.whole),
        level_before=ibis.least(settled.raw_before, settled.whole),
    ).drop("taken")


def _rank(kind: Any) -> Any:
    return ibis.ifelse(kind == "write_off", 2, 1)


def _recoveries(stretches: Table, levels: Table) -> Table:
    """What rose above the whole, booked on the item that is due last."""
    last = ibis.window(group_by="invoice_id", order_by=[ibis.desc("due_on"), ibis.desc("item_id")])
    ends = stretches.mutate(place=ibis.row_number().over(last))
    ends = ends.filter(ends.place == 0).drop("place")
    met = ends.join(levels, "invoice_id")
    above = (met.raw - met.level) - (met.raw_before - met.level_before)
    met = met.mutate(taken=above, kind=ibis.literal("recovery"))
    return _moves(met.filter(met.taken != 0))


def _clamp(value: Any, low: Any, high: Any) -> Any:
    return ibis.greatest(low, ibis.least(value, high))
