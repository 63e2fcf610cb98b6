"""Cost of collection."""

from decimal import Decimal

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.effort import cash_after_due, cash_not_after_due, costs_in_period


@kpi(
    unit="%",
    better="lower",
    numerator=costs_in_period,
    denominator=cash_after_due,
    left_out=cash_not_after_due,
)
def cost_of_collection(numerator: Decimal, denominator: Decimal) -> Figure:
    """Cost of collection.

    What it costs to bring in a hundred of overdue money.

    Formula
    -------
    collection cost of the period / cash applied in it to invoices after their due date * 100

    Unit
    ----
    %

    Source
    ------
    Countback's KPI definitions, costs

    No value when
    -------------
    no cash came in after its due date in the period, or more of such cash was returned

    Notes
    -----
    Cash that was applied by the due date came without collecting, and does not count; nor do credit notes,
    nor recoveries after a write-off. A returned payment takes back what it had brought after the due date,
    on the day of its return.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 1200 | 48000 | 2.50 |
    | 1200 | 0 | |
    """
    return percent(numerator, denominator, zero="no cash came in after its due date in the period")
