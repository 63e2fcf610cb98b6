"""Bad debt ratio."""

from decimal import Decimal

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.losses import recovered_in_year, written_off_in_year
from countback.kpis.measures.sales import sales_in_year


@kpi(
    unit="%",
    better="lower",
    numerator=written_off_in_year,
    denominator=sales_in_year,
    left_out=recovered_in_year,
)
def bad_debt_ratio(numerator: Decimal, denominator: Decimal, *, net: bool = False) -> Figure:
    """Bad debt ratio.

    What part of a year's credit sales was written off in it.

    Formula
    -------
    write-offs of 365 days / credit sales of 365 days * 100

    Unit
    ----
    per cent

    Source
    ------
    Countback's KPI definitions

    No value when
    -------------
    no credit sales in the 365 days, or more credit notes than invoices

    Notes
    -----
    `net=true` takes off what was recovered in the same days on invoices written off before. What a write-off
    holds beyond the open balance of its invoice moves nothing and does not count.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 350 | 43560 | 0.80 |
    """
    return percent(numerator, denominator, zero="no credit sales in the 365 days to the date")
