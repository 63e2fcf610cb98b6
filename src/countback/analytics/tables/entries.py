"""Entries: every signed movement on every open item, on its effective date.

`amount` is the movement of the open balance: an issue adds, cash, credit and write-off take away, a reversal adds
again. Cash on what was written off before is kind `recovery`; it moves no balance and its amount is what was recovered,
negative as cash is.

Most invoices are one item without write-off: their settlements are entries as they stand. For the careful ones
(instalments or write-offs) each settlement is weighed against what stands by then. One that names its instalment goes
there. The others raise a level from zero towards the invoice's amount: each item owns a stretch of that height, as much
as no settlement named it takes, earliest due first, and is settled as far as the level has risen into its stretch. What
rises above the whole is recovery.
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
    return ibis.union(issues, _plain(items, rest), _filled(hard_items, hard))


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
    """Movements of the items of careful invoices: what each holds after a settlement less what it held before."""
    held = _held(items, _in_turn(settlements))
    earlier = ibis.window(group_by="item_id", order_by="turn")
    moved = held.mutate(
        taken=held.settled - held.settled.lag().over(earlier).fill_null(0),
        above=held.beyond - held.beyond.lag().over(earlier).fill_null(0),
    )
    recovered = moved.mutate(taken=moved.above, kind=ibis.literal("recovery"))
    return _moves(moved.filter(moved.taken != 0)).union(_moves(recovered.filter(recovered.taken != 0)))


def _in_turn(settlements: Table) -> Table:
    """Settlements numbered in their order within the invoice (`turn`)."""
    settled = _renamed(settlements)
    last = ibis.ifelse(settled.kind == "write_off", 2, 1)
    order = ibis.window(group_by="invoice_id", order_by=["effective_on", last, "row_id", "reverses"])
    return settled.mutate(turn=ibis.row_number().over(order))


def _held(items: Table, settled: Table) -> Table:
    """Every item after every settlement of its invoice: `settled` of it, and on the item due last what is `beyond` the
    whole invoice. Only what has happened by then decides, so that a later settlement changes nothing before it."""
    nothing = ibis.literal(0, type="decimal(18, 4)")
    met = items.join(settled, "invoice_id")
    met = met.mutate(
        named=ibis.ifelse((met.instalment == met.number).fill_null(False), met.taken, nothing),
        loose=ibis.ifelse(met.instalment.isnull(), met.taken, nothing),
    )
    upto = ibis.window(group_by="item_id", order_by="turn", preceding=None, following=0)
    met = met.mutate(named=met.named.sum().over(upto), level=met.loose.sum().over(upto))
    met = met.mutate(room=met.item_amount - met.named)
    stack = ibis.window(
        group_by=["invoice_id", "turn"], order_by=["due_on", "item_id"], preceding=None, following=0
    )
    met = met.mutate(top=met.room.sum().over(stack))
    from_last = ibis.window(
        group_by=["invoice_id", "turn"], order_by=[ibis.desc("due_on"), ibis.desc("item_id")]
    )
    met = met.mutate(foot=met.top - met.room, place=ibis.row_number().over(from_last))
    return met.mutate(
        settled=met.named + _clamp(met.level, met.foot, met.top) - met.foot,
        beyond=ibis.ifelse(met.place == 0, ibis.greatest(met.level - met.top, 0), 0),
    )


def _clamp(value: Any, low: Any, high: Any) -> Any:
    return ibis.greatest(low, ibis.least(value, high))
