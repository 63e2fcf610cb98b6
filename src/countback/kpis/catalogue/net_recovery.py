"""Net recovery of placements."""

from decimal import Decimal

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.placements import (
    agency_fees,
    amounts_placed,
    credited_after_placement,
    legal_costs_after_placement,
    recovered_after_placement,
    recovered_after_recall,
)


@kpi(
    unit="%",
    better="higher",
    numerator=recovered_after_placement
    - agency_fees
    - legal_costs_after_placement
    - credited_after_placement,
    denominator=amounts_placed,
    left_out=recovered_after_recall,
)
def net_recovery(numerator: Decimal, denominator: Decimal) -> Figure:
    """Net recovery of placements.

    What comes back of debts placed with an agency, after all that it costs, by agency and month of
    placement.

    Formula
    -------
    (recovered after placement - fees - legal costs - discounts) / placed * 100

    Unit
    ----
    %

    Source
    ------
    Countback's KPI definitions, agency placements

    No value when
    -------------
    nothing was placed

    Notes
    -----
    Recovered is cash applied to the placed invoice, or to the customer's invoices where the placement names
    none, after `placed_on` and up to `recalled_on` or the date; also what comes in after a write-off; less
    what of it is returned by the date. Discounts are credit notes applied in the same time. Fees are the
    costs of kind agency_fee of the customer from `placed_on` on; where none is booked, the placement's fee
    rate on what was recovered. Legal costs are the customer's costs of kind legal. What two placements
    could claim goes to the one that names the invoice, then to the latest. A month is young until its
    placements had time: compare months of the same age.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 5400 | 12000 | 45.00 |
    | -120 | 12000 | -1.00 |
    | 0 | 0 | |
    """
    return percent(numerator, denominator, zero="nothing was placed")
