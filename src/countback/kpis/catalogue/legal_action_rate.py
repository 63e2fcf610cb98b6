"""Legal action rate."""

from decimal import Decimal

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.legal import customers_claimed, customers_overdue, other_legal_actions


@kpi(
    unit="%",
    numerator=customers_claimed,
    denominator=customers_overdue,
    left_out=other_legal_actions,
)
def legal_action_rate(numerator: Decimal, denominator: Decimal, *, window: int = 365) -> Figure:
    """Legal action rate.

    How many of the customers that were overdue were taken to court.

    Formula
    -------
    customers overdue on some day of the 365 days with a claim started in them / customers overdue on some
      day of them * 100

    Unit
    ----
    %

    Source
    ------
    Countback's KPI definitions, legal actions

    No value when
    -------------
    no customer was overdue on any day of the window

    Notes
    -----
    The window ends with the date and counts it; `window` changes its days. A customer counts once, whatever
    it owed and however many claims were started. A letter before action does not count and is listed as
    left out, as are judgments, enforcement, and claims against customers that were not overdue.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 3 | 150 | 2.00 |
    | 0 | 0 | |
    """
    return percent(numerator, denominator, zero=f"no customer was overdue in the {window} days to the date")
