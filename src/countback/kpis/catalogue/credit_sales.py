"""Credit sales."""

from decimal import Decimal

from countback.kpis.kpi import kpi
from countback.kpis.measures.sales import sales_in_period


@kpi(unit="money", numerator=sales_in_period)
def credit_sales(numerator: Decimal) -> Decimal:
    """Credit sales.

    What was invoiced in the period, less what was credited in it.

    Formula
    -------
    invoices issued in the period - credit notes issued in the period

    Unit
    ----
    money, in the reporting currency; gross of tax

    Source
    ------
    Countback's KPI definitions, conventions on credit sales

    No value when
    -------------
    never: without documents it is 0

    Notes
    -----
    By the date of issue, in full, whatever was paid or written off since. Negative where more was credited
    than invoiced.

    Example
    -------
    | numerator | value |
    |---|---|
    | 3890 | 3890 |
    """
    return numerator
