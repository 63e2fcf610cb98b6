"""Average days to pay."""

from decimal import Decimal

from countback.kpis.figure import Figure, ratio
from countback.kpis.kpi import kpi
from countback.kpis.measures.behaviour import cash_days_since_issue, cash_standing, not_standing


@kpi(
    unit="days",
    better="lower",
    numerator=cash_days_since_issue,
    denominator=cash_standing,
    left_out=not_standing,
)
def average_days_to_pay(numerator: Decimal, denominator: Decimal) -> Figure:
    """Average days to pay.

    How many days after issue invoices were paid, weighted by amount.

    Formula
    -------
    sum(amount * (day of payment - day of issue)) / sum(amount), over cash allocations of the period

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
    Part payments count each on their own day. Left out: payments returned by the end of the period, credit
    notes, recoveries. Invoices still open are not in it: see `median_days_to_pay`.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 195000 | 6000 | 32.5 |
    """
    return ratio(numerator, denominator, zero="no cash was applied in the period")
