"""Collection cost by kind."""

from decimal import Decimal

from countback.kpis.kpi import kpi
from countback.kpis.measures.effort import COST_KINDS, costs_by_kind


@kpi(
    unit="money",
    better="lower",
    numerator=costs_by_kind,
    every_cell=lambda _: [(kind,) for kind in COST_KINDS],
)
def collection_cost_by_kind(numerator: Decimal) -> Decimal:
    """Collection cost by kind.

    What collecting cost, by kind of cost.

    Formula
    -------
    sum of the costs incurred in the period, by kind

    Unit
    ----
    money, in the reporting currency

    Source
    ------
    Countback's KPI definitions, costs

    No value when
    -------------
    never: a kind without costs is 0

    Notes
    -----
    Kinds are staff, system, agency_fee, legal and other. They sum to `collection_cost`.

    Example
    -------
    | numerator | value |
    |---|---|
    | 300 | 300 |
    """
    return numerator
