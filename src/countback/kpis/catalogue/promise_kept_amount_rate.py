"""Promised amounts kept."""

from decimal import Decimal

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.promises import amounts_kept, amounts_not_judged, amounts_promised


@kpi(
    unit="%",
    better="higher",
    numerator=amounts_kept,
    denominator=amounts_promised,
    left_out=amounts_not_judged,
)
def promise_kept_amount_rate(numerator: Decimal, denominator: Decimal) -> Figure:
    """Promised amounts kept.

    How much of the money promised for the period came in as promised.

    Formula
    -------
    sum of (paid by the deadline, at most the promised amount) / sum of promised amounts * 100

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
    out and listed with the reason. The promises are those of `promise_kept_rate`; a part payment counts
    here with its part.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 1500 | 2000 | 75.00 |
    | 0 | 0 | |
    """
    return percent(numerator, denominator, zero="no promise was to be judged in the period")
