"""Cash applied."""

from decimal import Decimal

from countback.kpis.kpi import kpi
from countback.kpis.measures.cash import cash_in_period, not_cash_applied


@kpi(unit="money", better="higher", numerator=cash_in_period, left_out=not_cash_applied)
def cash_applied(numerator: Decimal) -> Decimal:
    """Cash applied.

    Payments as far as they settled invoices in the period.

    Formula
    -------
    sum of the allocations of payments that took effect in the period, less those that a returned payment
    undid in it

    Unit
    ----
    money, in the reporting currency

    Source
    ------
    Countback's KPI definitions, conventions on allocations and reversed payments

    No value when
    -------------
    never: without payments it is 0

    Notes
    -----
    By the day on which the allocation takes effect, never by the day on which someone matched it. A returned
    payment counts negative on the day of its return and changes nothing before it. Not counted: credit notes
    applied, cash on invoices that were written off (a recovery), and payments not yet applied.

    Example
    -------
    | numerator | value |
    |---|---|
    | 6578.02 | 6578.02 |
    """
    return numerator
