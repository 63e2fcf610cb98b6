"""Promises by outcome."""

from decimal import Decimal

from countback.kpis.kpi import kpi
from countback.kpis.measures.promises import KEPT_FROM, OUTCOMES, promises_by_outcome


@kpi(
    unit="count",
    numerator=promises_by_outcome,
    every_cell=lambda _: [(outcome,) for outcome in OUTCOMES],
)
def promise_outcomes(numerator: Decimal, *, window: int = 365, kept_from: Decimal = KEPT_FROM) -> Decimal:
    """Promises by outcome.

    What became of the promises of the last year, by number.

    Formula
    -------
    number of promises made in the window, by outcome

    Unit
    ----
    number of promises

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
    | 12 | 12 |
    """
    return numerator
