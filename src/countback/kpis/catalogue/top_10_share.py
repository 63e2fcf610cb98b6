"""Share of the ten largest."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from heapq import nlargest

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.accounts import open_by_customer
from countback.kpis.measures.positions import Basis, Disputed, open_at_end

LARGEST = 10


@kpi(unit="%", better="lower", numerator=open_by_customer, denominator=open_at_end, explainable=False)
def top_10_share(
    numerator: Mapping[str, Decimal],
    denominator: Decimal,
    *,
    basis: Basis = "gross",
    disputed: Disputed = "include",
) -> Figure:
    """Share of the ten largest.

    What part of open receivables the ten customers owe that owe most.

    Formula
    -------
    open receivables of the ten customers with most of it / open receivables * 100

    Unit
    ----
    per cent

    Source
    ------
    Countback's KPI definitions

    No value when
    -------------
    nothing is open

    Notes
    -----
    Within each group that is asked: by segment, the ten largest of each. Amounts are compared in the
    reporting currency. `basis=net` takes unapplied credits off, from the overdue part; `disputed=exclude`
    takes off what is disputed.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | A: 60, B: 20 | 80 | 100 |
    | A: 9, B: 9, C: 9, D: 9, E: 9, F: 9, G: 9, H: 9, I: 9, J: 9, K: 5, L: 5 | 100 | 90 |
    """
    largest = nlargest(LARGEST, numerator.items(), key=lambda owed: (owed[1], owed[0]))
    owed = sum((amount for _, amount in largest), Decimal(0))
    share = percent(owed, denominator, zero="nothing is open")
    return replace(share, numerator=owed, used=[customer for customer, _ in largest])
