"""Collection cost."""

from decimal import Decimal

from countback.kpis.kpi import kpi
from countback.kpis.measures.effort import costs_in_period


@kpi(
    unit="money",
    better="lower",
    numerator=costs_in_period,
)
def collection_cost(numerator: Decimal) -> Decimal:
    """Collection cost.

    What collecting cost: staff, systems, agencies, courts.

    Formula
    -------
    sum of the costs incurred in the period

    Unit
    ----
    money, in the reporting currency

    Source
    ------
    Countback's KPI definitions, costs

    No value when
    -------------
    never: without costs it is 0

    Notes
    -----
    Costs count on the day they were incurred, as they were booked; time logged on contacts is no cost of
    its own. A cost that names no customer has no segment. By kind of cost it is `collection_cost_by_kind`.

    Example
    -------
    | numerator | value |
    |---|---|
    | 812.50 | 812.50 |
    """
    return numerator
