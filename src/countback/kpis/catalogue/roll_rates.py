"""Roll rates."""

from decimal import Decimal

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.rolls import open_at_start, opened_since, rolled, starts_and_ends


@kpi(unit="%", numerator=rolled, denominator=open_at_start, left_out=opened_since, every_cell=starts_and_ends)
def roll_rates(
    numerator: Decimal,
    denominator: Decimal,
    *,
    bounds: tuple[int, ...] = (30, 60, 90),
    months: int = 1,
) -> Figure:
    """Roll rates.

    Where the amount that was open in each ageing bucket at the start of the month stands at its end: in a
    bucket, paid, credited or written off.

    Formula
    -------
    amount of the bucket that stands there at the end / amount of the bucket at the start * 100; each row
    sums to 100

    Unit
    ----
    %

    Source
    ------
    Countback's KPI definitions; roll-rate (migration) analysis, as in IFRS 9 provision matrices

    No value when
    -------------
    nothing was open in the bucket at the start

    Notes
    -----
    Start is the evening before the period, end its last day. What was issued in between is not in; a part
    payment splits its item. A payment reversed in the period counts as paid less and open more, so that a
    bucket can end with more than it had. `months` pools the last so many calendar months, each from its own
    start (12 for a matrix to plan with); `bounds` set the buckets.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 300 | 1200 | 25.00 |
    """
    return percent(numerator, denominator, zero="nothing was open in the bucket at the start")
