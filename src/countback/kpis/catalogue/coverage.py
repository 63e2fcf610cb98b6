"""Coverage."""

from decimal import Decimal

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.contacts import contacts_bounced, overdue_contacted
from countback.kpis.measures.positions import Disputed, overdue_at_end


@kpi(
    unit="%",
    better="higher",
    numerator=overdue_contacted,
    denominator=overdue_at_end,
    left_out=contacts_bounced,
)
def coverage(
    numerator: Decimal, denominator: Decimal, *, days: int = 30, disputed: Disputed = "include"
) -> Figure:
    """Coverage.

    How much of the overdue money is being worked.

    Formula
    -------
    overdue amount of customers contacted in the last 30 days / overdue receivables * 100

    Unit
    ----
    %

    Source
    ------
    Countback's KPI definitions, collectors

    No value when
    -------------
    nothing is overdue

    Notes
    -----
    A customer counts as contacted by any contact in the 30 days that end with the date, in either direction
    and by any channel; only a message that bounced is none, and is listed as left out. `days` changes the
    30.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 18000 | 24000 | 75.00 |
    | 0 | 0 | |
    """
    return percent(numerator, denominator, zero="nothing is overdue")
