"""Recovery curve."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from countback.core.period import month_end
from countback.kpis.figure import Figure, percent, undefined
from countback.kpis.kpi import kpi
from countback.kpis.measures.recovery import (
    HORIZONS,
    entered_by_month,
    months_and_horizons,
    recovered_by_horizon,
)


@kpi(
    unit="%",
    better="higher",
    numerator=recovered_by_horizon,
    denominator=entered_by_month,
    every_cell=months_and_horizons,
)
def recovery_curve(
    numerator: Decimal,
    denominator: Decimal,
    *,
    entry_age: int = 30,
    months: int = 24,
    horizons: tuple[int, ...] = HORIZONS,
    cell: Mapping[str, str],
    end_on: date,
) -> Figure:
    """Recovery curve.

    Of what was still open 30 days past due, the part that came in within 30, 60, 90, 180 and 365 days, by
    the month in which it got there.

    Formula
    -------
    cash applied within the horizon after the 30th day past due / open amount on that day * 100, by month of
    that day

    Unit
    ----
    %

    Source
    ------
    Countback's KPI definitions; static-pool recovery curves, as agencies and rating agencies draw them

    No value when
    -------------
    nothing was open on its 30th day past due in the month; or the cell is unripe: the horizon of the
    month's last day lies after the date, so that its share could still rise

    Notes
    -----
    `months` are the months of entry shown, the last being that of the date; `horizons` the days after
    entry; `entry_age` the day past due. What came in so far on an unripe month stands in the numerator.
    Cash counts as in `recovery_rate`.

    Example
    -------
    | numerator | denominator | cell | end_on | value |
    |---|---|---|---|---|
    | 250 | 1000 | month: 2024-01, horizon: 30 | 2024-03-01 | 25.00 |
    """
    month, horizon = cell["month"], int(cell["horizon"])
    ripe_on = month_end(date.fromisoformat(f"{month}-01")) + timedelta(days=horizon)
    if ripe_on > end_on:
        return undefined(f"unripe: the last entries of {month} have their {horizon} days on {ripe_on}")
    return percent(numerator, denominator, zero=f"nothing was open {entry_age} days past due in {month}")
