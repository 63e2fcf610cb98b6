"""Loss allowance."""

from decimal import Decimal

from countback.kpis.figure import Figure, undefined
from countback.kpis.kpi import kpi
from countback.kpis.measures.losses import expected_loss, without_rate
from countback.kpis.measures.positions import Disputed


@kpi(unit="money", better="lower", numerator=expected_loss, denominator=without_rate, explainable=False)
def loss_allowance(
    numerator: Decimal,
    denominator: Decimal,
    *,
    rates: tuple[Decimal, ...] | None = None,
    bounds: tuple[int, ...] = (30, 60, 90),
    history: int = 365,
    disputed: Disputed = "include",
) -> Figure:
    """Loss allowance.

    What of open receivables is expected to be lost, by a provision matrix: open amounts by age, each at its
    rate of loss.

    Formula
    -------
    sum over ageing buckets of (open amount * rate of loss)

    Unit
    ----
    money, in the reporting currency

    Source
    ------
    IFRS 9, B5.5.35, provision matrix; published example of an IFRS community

    No value when
    -------------
    something is open in a bucket for which no rate is given and the books hold no history to take one from
    (the denominator says how much)

    Notes
    -----
    `rates`: per cent of loss for current and each overdue bucket, such as 2,4,8,25,100. Without them the
    books' own roll to write-off serves: of what stood in the bucket `history` days before, the part written
    off since, by currency, over the whole books, so that groups sum to the whole; to six decimals. Ask it by
    bucket for the lines of the matrix. Credits are not set off.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 27567.391302 | 0 | 27567.39 |
    """
    if denominator != 0:
        return undefined(
            f"something is open at an age at which nothing was open {history} days before: give rates of loss"
        )
    return Figure(numerator)
