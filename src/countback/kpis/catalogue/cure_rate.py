"""Cure rate."""

from decimal import Decimal

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.cures import cured, overdue_earlier, overdue_since


@kpi(unit="%", better="higher", numerator=cured, denominator=overdue_earlier, left_out=overdue_since)
def cure_rate(numerator: Decimal, denominator: Decimal, *, days: int = 30) -> Figure:
    """Cure rate.

    Of the customers who were overdue 30 days before the date, the part with nothing overdue at the date.

    Formula
    -------
    customers overdue 30 days before with nothing overdue at the date / customers overdue 30 days before * 100

    Unit
    ----
    %

    Source
    ------
    Countback's KPI definitions; cure rates of credit-risk practice, on customers

    No value when
    -------------
    no customer was overdue 30 days before the date

    Notes
    -----
    Each customer counts one. It is looked at on the two days only: who was cured and fell overdue again in
    between counts as not cured. By a dimension of invoices, a customer counts in each group in which it had
    something overdue, so that groups may add up to more than the whole. `days` sets how long before.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 9 | 24 | 37.50 |
    """
    return percent(numerator, denominator, zero=f"no customer was overdue {days} days before the date")
