"""Collection effectiveness index."""

from decimal import Decimal

from countback.kpis.benchmarks import credit_research_foundation
from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.effectiveness import (
    Method,
    open_at_start,
    sales_meanwhile,
    still_current,
    still_open,
)
from countback.kpis.measures.positions import Basis, Disputed


@kpi(
    unit="%",
    better="higher",
    numerator=open_at_start + sales_meanwhile - still_open,
    denominator=open_at_start + sales_meanwhile - still_current,
    benchmark=credit_research_foundation("86.52"),
)
def collection_effectiveness_index(
    numerator: Decimal,
    denominator: Decimal,
    *,
    months: int | None = None,
    method: Method = "whole",
    basis: Basis = "gross",
    disputed: Disputed = "include",
) -> Figure:
    """Collection effectiveness index.

    What of the collectable was collected: 100 means that nothing overdue is left.

    Formula
    -------
    (open at the start + credit sales - open at the end) / (open at the start + credit sales - current at the
    end) * 100

    Unit
    ----
    per cent

    Source
    ------
    creditguru.com, collection effectiveness index

    No value when
    -------------
    nothing was to be collected: open at the start and credit sales are all current at the end

    Notes
    -----
    Over the period: by default the calendar month up to the date. `months=3` asks the three calendar months
    that end with it. `method=whole` takes the credit sales of all months; `method=crf` their monthly mean.
    With `crf` both sides are multiplied with the number of months, so that no amount is divided. `basis=net`
    takes unapplied credits off, from the overdue part; `disputed=exclude` takes off what is disputed.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 3490 | 6240 | 55.93 |
    | 10470 | 18720 | 55.93 |
    | 10750 | 13500 | 79.63 |
    | 3810 | 6250 | 60.96 |
    | 3550 | 6300 | 56.35 |
    """
    return percent(numerator, denominator, zero="nothing was to be collected")
