"""Receivables turnover."""

from decimal import Decimal
from fractions import Fraction

from countback.kpis.figure import Figure, ratio
from countback.kpis.kpi import kpi
from countback.kpis.measures.positions import Basis, Disputed, open_at_end, open_year_before
from countback.kpis.measures.sales import sales_in_year


@kpi(
    unit="times",
    better="higher",
    numerator=sales_in_year,
    denominator=(open_year_before + open_at_end) * Fraction(1, 2),
)
def receivables_turnover(
    numerator: Decimal, denominator: Decimal, *, basis: Basis = "gross", disputed: Disputed = "include"
) -> Figure:
    """Receivables turnover.

    How often a year receivables are sold anew and collected.

    Formula
    -------
    credit sales of 365 days / mean of open receivables at their two ends

    Unit
    ----
    times a year

    Source
    ------
    Countback's KPI definitions

    No value when
    -------------
    nothing was open at either end of the 365 days

    Notes
    -----
    The ends are the date itself and the day 365 days before it. `basis=net` takes unapplied credits off, from
    the overdue part; `disputed=exclude` takes off what is disputed.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 43560 | 6270 | 6.95 |
    """
    return ratio(numerator, denominator, zero="nothing was open at either end of the 365 days")
