"""Current receivables."""

from decimal import Decimal

from countback.kpis.kpi import kpi
from countback.kpis.measures.positions import Disputed, current_at_end


@kpi(unit="money", numerator=current_at_end)
def current_receivables(numerator: Decimal, *, disputed: Disputed = "include") -> Decimal:
    """Current receivables.

    The part of open receivables that is not overdue: due on the day itself or later.

    Formula
    -------
    sum of the open amounts with due date >= the date

    Unit
    ----
    money, in the reporting currency

    Source
    ------
    Countback's KPI definitions, conventions on overdue

    No value when
    -------------
    never: where nothing is current it is 0

    Notes
    -----
    Due today is not overdue. Each instalment counts by its own due date. Unapplied credits are never taken
    from it: they come off the overdue part.

    Example
    -------
    | numerator | value |
    |---|---|
    | 3590 | 3590 |
    """
    return numerator
