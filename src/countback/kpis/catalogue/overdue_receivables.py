"""Overdue receivables."""

from decimal import Decimal

from countback.kpis.kpi import kpi
from countback.kpis.measures.positions import Basis, Disputed, overdue_at_end


@kpi(unit="money", numerator=overdue_at_end)
def overdue_receivables(
    numerator: Decimal, *, basis: Basis = "gross", disputed: Disputed = "include"
) -> Decimal:
    """Overdue receivables.

    The part of open receivables that should have been paid before the date.

    Formula
    -------
    sum of the open amounts with due date < the date

    Unit
    ----
    money, in the reporting currency

    Source
    ------
    Countback's KPI definitions, conventions on overdue

    No value when
    -------------
    never: where nothing is overdue it is 0

    Notes
    -----
    Due today is not overdue. Each instalment counts by its own due date. `basis=net` takes unapplied credits
    off, from the overdue part; `disputed=exclude` takes off what is disputed. Net it may be negative: then
    more credit waits than is overdue.

    Example
    -------
    | numerator | value |
    |---|---|
    | 2750 | 2750 |
    """
    return numerator
