"""Promised amounts by outcome."""

from decimal import Decimal

from countback.kpis.kpi import kpi
from countback.kpis.measures.promises import KEPT_FROM, OUTCOMES, amounts_by_outcome


@kpi(
    unit="money",
    numerator=amounts_by_outcome,
    every_cell=lambda _: [(outcome,) for outcome in OUTCOMES],
)
def promise_outcome_amounts(
    numerator: Decimal, *, window: int = 365, kept_from: Decimal = KEPT_FROM
) -> Decimal:
    """Promised amounts by outcome.

    What became of the promises of the last year, by promised amount.

    Formula
    -------
    sum of the amounts promised in the window, by outcome

    Unit
    ----
    money, in the reporting currency

    Source
    ------
    Countback's KPI definitions, the identity of promises

    No value when
    -------------
    never: an outcome that no promise had is 0

    Notes
    -----
    Every promise made in the `window` days to the date stands in one cell: *withdrawn* by the date; *open*
    where its deadline, two working days after its due date, is still to come; else by what was paid by the
    deadline: *kept* from `kept_from` per cent of the amount, *broken* where nothing was paid, *partly kept*
    between. The cells sum to the promises made.

    Example
    -------
    | numerator | value |
    |---|---|
    | 1200.50 | 1200.50 |
    """
    return numerator
