"""Days sales outstanding."""

from decimal import Decimal

from countback.kpis.benchmarks import credit_research_foundation
from countback.kpis.figure import Figure, ratio
from countback.kpis.kpi import kpi
from countback.kpis.measures.positions import Basis, Disputed, open_at_end
from countback.kpis.measures.sales import sales_in_window


@kpi(
    unit="days",
    better="lower",
    numerator=open_at_end,
    denominator=sales_in_window,
    benchmark=credit_research_foundation("38.04"),
)
def dso(
    numerator: Decimal,
    denominator: Decimal,
    *,
    window: int = 90,
    basis: Basis = "gross",
    disputed: Disputed = "include",
) -> Figure:
    """Days sales outstanding.

    How many days of credit sales are waiting to be paid: the average method over a rolling window of days.

    Formula
    -------
    open receivables / credit sales of the window * days of the window

    Unit
    ----
    days

    Source
    ------
    creditguru.com, days sales outstanding; JD Edwards, current balance divided by sales

    No value when
    -------------
    the window has no credit sales, or more credit notes than invoices

    Notes
    -----
    The window ends with the period's last day, that day counted; `window` may be 30, 90 or 365. Credit sales are
    invoices less credit notes issued, gross of tax. The count-back method is `dso_countback`.

    Example
    -------
    | numerator | denominator | window | value |
    |---|---|---|---|
    | 6340 | 10890 | 90 | 52.40 |
    | 10869 | 17674 | 90 | 55.35 |
    | 50000 | 150000 | 365 | 121.67 |
    | 50000 | 150000 | 183 | 61.00 |
    """
    return ratio(
        numerator, denominator, times=window, zero=f"no credit sales in the {window} days to the date"
    )
