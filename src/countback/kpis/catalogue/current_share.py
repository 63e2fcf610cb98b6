"""Current share."""

from decimal import Decimal

from countback.kpis.benchmarks import credit_research_foundation
from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.positions import Basis, Disputed, current_at_end, open_at_end


@kpi(
    unit="%",
    better="higher",
    numerator=current_at_end,
    denominator=open_at_end,
    benchmark=credit_research_foundation("90.56"),
)
def current_share(
    numerator: Decimal, denominator: Decimal, *, basis: Basis = "gross", disputed: Disputed = "include"
) -> Figure:
    """Current share.

    What part of open receivables is not overdue.

    Formula
    -------
    current receivables / open receivables * 100

    Unit
    ----
    per cent

    Source
    ------
    Countback's KPI definitions; Credit Research Foundation for the benchmark

    No value when
    -------------
    nothing is open; with `basis=net` also: unapplied credits are as much as what is open

    Notes
    -----
    Due today is not overdue. `basis=net` takes unapplied credits off, from the overdue part;
    `disputed=exclude` takes off what is disputed.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 3590 | 6340 | 56.62 |
    """
    return percent(numerator, denominator, zero="nothing is open")
