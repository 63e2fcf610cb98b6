"""Overdue share."""

from decimal import Decimal

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.positions import Basis, Disputed, open_at_end, overdue_at_end


@kpi(unit="%", better="lower", numerator=overdue_at_end, denominator=open_at_end)
def overdue_share(
    numerator: Decimal, denominator: Decimal, *, basis: Basis = "gross", disputed: Disputed = "include"
) -> Figure:
    """Overdue share.

    What part of open receivables is overdue.

    Formula
    -------
    overdue receivables / open receivables * 100

    Unit
    ----
    per cent

    Source
    ------
    Countback's KPI definitions

    No value when
    -------------
    nothing is open; with `basis=net` also: unapplied credits are as much as what is open

    Notes
    -----
    100 less `current_share`. `basis=net` takes unapplied credits off, from the overdue part;
    `disputed=exclude` takes off what is disputed.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 2750 | 6340 | 43.38 |
    """
    return percent(numerator, denominator, zero="nothing is open")
