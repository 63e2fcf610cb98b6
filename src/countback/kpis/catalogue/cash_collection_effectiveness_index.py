"""Cash collection effectiveness index."""

from decimal import Decimal

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.cash import cash_in_period, not_cash_applied
from countback.kpis.measures.effectiveness import open_at_start, sales_meanwhile, still_current
from countback.kpis.measures.positions import Basis, Disputed


@kpi(
    unit="%",
    better="higher",
    numerator=cash_in_period,
    denominator=open_at_start + sales_meanwhile - still_current,
    left_out=not_cash_applied,
)
def cash_collection_effectiveness_index(
    numerator: Decimal, denominator: Decimal, *, basis: Basis = "gross", disputed: Disputed = "include"
) -> Figure:
    """Cash collection effectiveness index.

    The collection effectiveness index with cash alone: what of the collectable was paid.

    Formula
    -------
    cash applied / (open at the start + credit sales - current at the end) * 100

    Unit
    ----
    per cent

    Source
    ------
    Countback's KPI definitions

    No value when
    -------------
    nothing was to be collected: open at the start and credit sales are all current at the end

    Notes
    -----
    Unlike `collection_effectiveness_index` it does not count credit notes and write-offs as collected.
    `basis=net` takes unapplied credits off, from the overdue part; `disputed=exclude` takes off what is
    disputed.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 3500 | 6250 | 56 |
    """
    return percent(numerator, denominator, zero="nothing was to be collected")
