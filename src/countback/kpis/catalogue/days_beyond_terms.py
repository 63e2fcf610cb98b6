"""Days beyond terms."""

from decimal import Decimal

from countback.kpis.figure import Figure, ratio
from countback.kpis.kpi import kpi
from countback.kpis.measures.behaviour import cash_days_since_due, cash_standing, not_standing


@kpi(
    unit="days",
    better="lower",
    numerator=cash_days_since_due,
    denominator=cash_standing,
    left_out=not_standing,
)
def days_beyond_terms(numerator: Decimal, denominator: Decimal, *, floor: int | None = None) -> Figure:
    """Days beyond terms.

    How many days after the due date invoices were paid, weighted by amount.

    Formula
    -------
    sum(amount * (day of payment - due date)) / sum(amount), over cash allocations of the period

    Unit
    ----
    days, weighted by amount

    Source
    ------
    published calculator of weighted days to pay

    No value when
    -------------
    no cash was applied in the period

    Notes
    -----
    Early payments count negative; `floor=0` counts them as on time. Left out: payments returned by the end of
    the period, credit notes, recoveries.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 5000 | 1000 | 5 |
    | -2000 | 1000 | -2 |
    """
    return ratio(numerator, denominator, zero="no cash was applied in the period")
