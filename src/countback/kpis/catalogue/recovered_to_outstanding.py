"""Recovered to outstanding."""

from decimal import Decimal

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.cash import cash_on_overdue, not_recovered
from countback.kpis.measures.positions import Basis, Disputed, overdue_before


@kpi(unit="%", better="higher", numerator=cash_on_overdue, denominator=overdue_before, left_out=not_recovered)
def recovered_to_outstanding(
    numerator: Decimal, denominator: Decimal, *, basis: Basis = "gross", disputed: Disputed = "include"
) -> Figure:
    """Recovered to outstanding.

    What part of the money that was overdue at the start of the period was paid in it.

    Formula
    -------
    cash applied in the period to invoices that were overdue on the day before it / overdue receivables on
    that day * 100

    Unit
    ----
    per cent

    Source
    ------
    Countback's KPI definitions

    No value when
    -------------
    nothing was overdue on the day before the period

    Notes
    -----
    Returned payments count negative on the day of their return. What became overdue within the period is left
    out. `basis=net` takes unapplied credits off, from the overdue part; `disputed=exclude` takes off what is
    disputed.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 1200 | 2750 | 43.64 |
    """
    return percent(numerator, denominator, zero="nothing was overdue at the start of the period")
