"""What of the collectable was collected: the parts of the collection effectiveness index, over one period or
several months.

By the method `crf` sales count with the mean of their months. So that every amount stays exact, all amounts are counted
as often as there are months, and sales once: both sides of the ratio grow alike, and no sales are divided.
"""

from __future__ import annotations

from typing import Any, Literal

import ibis

from countback.kpis.facts import At, Facts, Table
from countback.kpis.measure import measure
from countback.kpis.measures.positions import Basis, Disputed, open_items
from countback.kpis.measures.windows import within_months, within_period

Method = Literal["whole", "crf"]


def _open(
    facts: Facts, at: At, basis: Basis, disputed: Disputed, months: int | None, method: Method
) -> Table:
    """Open items at `at` (the start of the window where that is `before_on`), counted once for each month where
    asked."""
    if months is None or at == "end_on":
        items = open_items(facts, at, basis, disputed)
    else:
        items = open_items(facts, "end_on", basis, disputed, months=months)
    if method == "whole":
        return items
    times = facts.periods.select("period", times=_months(facts.periods, months))
    met = items.join(times, "period")
    return met.mutate(amount=(met.amount * met.times).cast("decimal(38, 4)")).drop("times")


def _months(periods: Table, months: int | None) -> Any:
    """Calendar months of the window: as asked, or those that the period touches."""
    if months is not None:
        return ibis.literal(months)
    first, last = periods.start_on, periods.end_on
    return (last.year() - first.year()) * 12 + last.month() - first.month() + 1


@measure("open receivables at the start")
def open_at_start(
    facts: Facts,
    *,
    months: int | None = None,
    method: Method = "whole",
    basis: Basis = "gross",
    disputed: Disputed = "include",
) -> Table:
    """Open items on the day before the period, or the window of `months`, starts."""
    return _open(facts, "before_on", basis, disputed, months, method)


@measure("credit sales")
def sales_meanwhile(facts: Facts, *, months: int | None = None) -> Table:
    """Invoices less credit notes issued in the period, or the window of `months`."""
    documents = facts.documents()
    if months is None:
        return within_period(facts, documents, "issued_on")
    return within_months(facts, documents, "issued_on", months)


@measure("open receivables at the end")
def still_open(
    facts: Facts,
    *,
    months: int | None = None,
    method: Method = "whole",
    basis: Basis = "gross",
    disputed: Disputed = "include",
) -> Table:
    """Open items at the end of the period."""
    return _open(facts, "end_on", basis, disputed, months, method)


@measure("current receivables at the end")
def still_current(
    facts: Facts, *, months: int | None = None, method: Method = "whole", disputed: Disputed = "include"
) -> Table:
    """Open items at the end of the period that are due that day or later."""
    items = _open(facts, "end_on", "gross", disputed, months, method)
    return items.filter(items.due_on >= items.at_on)
