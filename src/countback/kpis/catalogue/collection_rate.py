"""Collection rate."""

from decimal import Decimal

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.cash import cash_on_due, due_issued, due_open_before, not_collected_on_due


@kpi(
    unit="%",
    better="higher",
    numerator=cash_on_due,
    denominator=due_open_before + due_issued,
    left_out=not_collected_on_due,
)
def collection_rate(numerator: Decimal, denominator: Decimal) -> Figure:
    """Collection rate.

    What part of the money that was due was paid in the period.

    Formula
    -------
    cash applied in the period / (open at the start where issued before the period, else the amount) * 100,
    over invoices issued and due by the end of the period

    Unit
    ----
    per cent

    Source
    ------
    published example: 1,123,000 due, 581,000 left

    No value when
    -------------
    nothing was due by the end of the period

    Notes
    -----
    Each instalment counts by its own due date. Cash on invoices that are due later is left out, as are credit
    notes and recoveries.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 542000 | 1123000 | 48.26 |
    """
    return percent(numerator, denominator, zero="nothing was due by the end of the period")
