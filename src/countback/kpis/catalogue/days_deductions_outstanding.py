"""Days deductions outstanding."""

from decimal import Decimal

from countback.kpis.figure import Figure, ratio
from countback.kpis.kpi import kpi
from countback.kpis.measures.deductions import (
    Limit,
    disputed_at_end,
    disputes_opened_in_window,
    disputes_resolved,
)


@kpi(
    unit="days",
    better="lower",
    numerator=disputed_at_end,
    denominator=disputes_opened_in_window,
    left_out=disputes_resolved,
)
def days_deductions_outstanding(
    numerator: Decimal, denominator: Decimal, *, window: int = 90, limit: Limit = "none"
) -> Figure:
    """Days deductions outstanding.

    How many days of disputes are waiting to be resolved.

    Formula
    -------
    disputed amount open at the date / (disputed amount opened in 90 days / 90)

    Unit
    ----
    days

    Source
    ------
    Countback's KPI definitions, disputes

    No value when
    -------------
    nothing was disputed in the window

    Notes
    -----
    The window ends with the date and counts it; `window` changes its days. Amounts are those claimed, as in
    `disputed_receivables`; `limit=open` counts at most what of the invoice is still open.

    Example
    -------
    | numerator | denominator | window | value |
    |---|---|---|---|
    | 4000 | 9000 | 90 | 40.00 |
    | 4000 | 0 | 90 | |
    """
    return ratio(
        numerator, denominator, times=window, zero=f"nothing was disputed in the {window} days to the date"
    )
