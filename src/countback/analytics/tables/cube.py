"""The cube: movements of open balances added up by due date, month of effect and the asked dimensions.

Ten million invoices make some thousands of rows of it, and every month end's receivables, current and overdue, by age,
come from it. `effective_on` is the last day of effect within its month, so that the sum up to a month end is
exact; a day
within a month needs that month's entries themselves (`tail`).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from countback.kpis.facts import Table
from countback.kpis.measures.windows import month_of


def build(entries: Table, dims: tuple[str, ...]) -> Table:
    """`due_on`, `effective_on`, `currency`, `dim_…`, `amount`. `entries`: with the dimensions as columns."""
    moves = entries.filter(entries.kind != "recovery")
    month = month_of(moves.effective_on)
    keys: dict[str, Any] = {"due_on": moves.due_on, "month": month, "currency": moves.currency}
    keys |= {name: moves[name] for name in dims}
    cells = moves.group_by(**keys).agg(amount=moves.amount.sum(), effective_on=moves.effective_on.max())
    return cells.filter(cells.amount != 0).select("due_on", "effective_on", "currency", *dims, "amount")


def tail(entries: Table, dims: tuple[str, ...], since: date) -> Table:
    """The same shape by day, for entries that take effect on `since` or later."""
    moves = entries.filter(entries.kind != "recovery", entries.effective_on >= since)
    return moves.group_by("due_on", "effective_on", "currency", *dims).agg(amount=moves.amount.sum())
