"""Balances: what of each open item is open, as intervals of days `[from_on, to_on)`.

The item's balance on a day is in exactly one row; a query as of any date reads it without adding up entries.
"""

from __future__ import annotations

import ibis

from countback.analytics.tables.entries import RANK
from countback.kpis.facts import FOREVER, Table

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
    "from_on",
    "to_on",
    "amount",
)


def build(entries: Table) -> Table:
    """One row an item and change of its balance. `entries`: the table of that module, cut as it may be."""
    moves = entries.filter(entries.kind != "recovery")
    rank = moves.kind.cases(*RANK.items(), else_=9)
    order = ["effective_on", rank, "row_id", "reverses"]
    item = ibis.window(group_by="item_id", order_by=order)
    upto = ibis.window(group_by="item_id", order_by=order, preceding=None, following=0)
    moves = moves.mutate(
        from_on=moves.effective_on,
        to_on=moves.effective_on.lead().over(item).fill_null(FOREVER),
        balance=moves.amount.sum().over(upto).cast("decimal(18, 4)"),
    )
    standing = moves.filter(moves.from_on < moves.to_on).drop("amount").rename(amount="balance")
    return standing.select(*COLUMNS)
