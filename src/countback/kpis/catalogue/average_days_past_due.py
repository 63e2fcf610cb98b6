"""Average days past due."""

from decimal import Decimal

from countback.kpis.figure import Figure, ratio
from countback.kpis.kpi import kpi
from countback.kpis.measures.positions import Disputed, overdue_at_end, overdue_days_at_end


@kpi(unit="days", better="lower", numerator=overdue_days_at_end, denominator=overdue_at_end)
def average_days_past_due(
    numerator: Decimal, denominator: Decimal, *, disputed: Disputed = "include"
) -> Figure:
    """Average days past due.

    How long overdue receivables have been overdue, weighted by amount.

    Formula
    -------
    sum(open amount * days past due) / overdue receivables, over overdue items

    Unit
    ----
    days

    Source
    ------
    Countback's KPI definitions

    No value when
    -------------
    nothing is overdue

    Notes
    -----
    At least 1 where it has a value: due today is not overdue. Credits have no due date, so that there is no
    net variant; `disputed=exclude` takes off what is disputed.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 31000 | 1000 | 31 |
    | 9000 | 400 | 22.5 |
    """
    return ratio(numerator, denominator, zero="nothing is overdue")
