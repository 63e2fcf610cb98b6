"""Share of late payments."""

from decimal import Decimal

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.behaviour import cash_late, cash_standing, not_standing


@kpi(unit="%", better="lower", numerator=cash_late, denominator=cash_standing, left_out=not_standing)
def late_payment_share(numerator: Decimal, denominator: Decimal) -> Figure:
    """Share of late payments.

    What part of the cash of the period came after the due date.

    Formula
    -------
    cash applied in the period after the due date / cash applied in the period * 100

    Unit
    ----
    per cent, by amount

    Source
    ------
    Countback's KPI definitions

    No value when
    -------------
    no cash was applied in the period

    Notes
    -----
    Paid on the due date is in time. Left out: payments returned by the end of the period, credit notes,
    recoveries.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 2500 | 6000 | 41.67 |
    """
    return percent(numerator, denominator, zero="no cash was applied in the period")
