"""Dispute rate."""

from decimal import Decimal

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.deductions import disputes_opened
from countback.kpis.measures.sales import sales_in_period


@kpi(
    unit="%",
    better="lower",
    numerator=disputes_opened,
    denominator=sales_in_period,
)
def dispute_rate(numerator: Decimal, denominator: Decimal) -> Figure:
    """Dispute rate.

    How much of what is sold is disputed.

    Formula
    -------
    disputed amount opened in the period / credit sales of the period * 100

    Unit
    ----
    %

    Source
    ------
    Countback's KPI definitions, disputes

    No value when
    -------------
    the period has no credit sales, or more credit notes than invoices

    Notes
    -----
    Disputes count in the period in which they were opened, whatever came of them, and whenever the invoice
    was issued.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 1500 | 60000 | 2.50 |
    | 1500 | 0 | |
    """
    return percent(numerator, denominator, zero="no credit sales in the period")
