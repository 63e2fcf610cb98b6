"""Share over 90 days."""

from decimal import Decimal

from countback.kpis.benchmarks import credit_research_foundation
from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.positions import Basis, Disputed, open_at_end, over_90_at_end


@kpi(
    unit="%",
    better="lower",
    numerator=over_90_at_end,
    denominator=open_at_end,
    benchmark=credit_research_foundation("0.56"),
)
def over_90_share(
    numerator: Decimal, denominator: Decimal, *, basis: Basis = "gross", disputed: Disputed = "include"
) -> Figure:
    """Share over 90 days.

    What part of open receivables is more than 90 days past due.

    Formula
    -------
    open amounts more than 90 days past due / open receivables * 100

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
    90 days past due are not over 90; 91 are. The benchmark counts over 91 days. With `basis=net` credits come
    off the younger overdue part, so that only the whole is smaller. `basis=net` takes unapplied credits off,
    from the overdue part; `disputed=exclude` takes off what is disputed.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 5000 | 528000 | 0.95 |
    """
    return percent(numerator, denominator, zero="nothing is open")
