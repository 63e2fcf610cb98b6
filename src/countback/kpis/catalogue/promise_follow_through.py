"""Promise follow-through."""

from decimal import Decimal

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.promises import (
    KEPT_FROM,
    judged_times_contacts,
    kept_times_made,
    promises_not_judged,
)


@kpi(
    unit="%",
    better="higher",
    numerator=kept_times_made,
    denominator=judged_times_contacts,
    left_out=promises_not_judged,
    explainable=False,
)
def promise_follow_through(
    numerator: Decimal, denominator: Decimal, *, kept_from: Decimal = KEPT_FROM
) -> Figure:
    """Promise follow-through.

    How often talking to the person who decides ends in a promise that is kept.

    Formula
    -------
    promise rate * promises kept / 100
    = (promises kept * promises made) / (promises judged * right-party contacts) * 100

    Unit
    ----
    %

    Source
    ------
    Countback's KPI definitions, promises

    No value when
    -------------
    nobody of the right party was reached in the period, or no promise's deadline fell in it

    Notes
    -----
    The product of `promise_rate` and `promise_kept_rate`, written as one fraction so that its rows add up:
    each kept promise counts as often as promises were made in the period, each judged promise as often as
    the right party was reached. The sides of groups therefore do not add up to those of the whole; each
    group's figure is the product of its own rates.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 1260 | 7200 | 17.50 |
    | 0 | 0 | |
    """
    return percent(
        numerator,
        denominator,
        zero="no right-party contacts in the period, or no promise was to be judged in it",
    )
