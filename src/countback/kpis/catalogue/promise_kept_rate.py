"""Promises kept."""

from decimal import Decimal

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.promises import KEPT_FROM, promises_judged, promises_kept, promises_not_judged


@kpi(
    unit="%",
    better="higher",
    numerator=promises_kept,
    denominator=promises_judged,
    left_out=promises_not_judged,
)
def promise_kept_rate(numerator: Decimal, denominator: Decimal, *, kept_from: Decimal = KEPT_FROM) -> Figure:
    """Promises kept.

    How many of the promises that fell due were kept.

    Formula
    -------
    promises paid to at least 95 % by their deadline / promises whose deadline fell in the period * 100

    Unit
    ----
    %

    Source
    ------
    Countback's KPI definitions, promises

    No value when
    -------------
    no promise's deadline fell in the period

    Notes
    -----
    A promise falls into the period of its deadline: its due date plus two working days, Monday to Friday.
    Cash counts that was applied to the promised invoice, or to any invoice of the customer where the
    promise names none, from the day the promise was made to the deadline, both counted, and that was not
    returned by then. Promises withdrawn by the date, and those whose deadline is still to come, are left
    out and listed with the reason. `kept_from` is the per cent of the amount from which a promise counts as
    kept.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 42 | 60 | 70.00 |
    | 0 | 0 | |
    """
    return percent(numerator, denominator, zero="no promise was to be judged in the period")
