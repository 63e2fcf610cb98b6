"""At-risk rate."""

from collections.abc import Mapping
from decimal import Decimal

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.vintages import (
    RIPE,
    UNRIPE,
    at_risk_by_month,
    issued_by_month,
    months_of_issue,
    not_yet_at_age,
)


@kpi(
    unit="%",
    better="lower",
    numerator=at_risk_by_month,
    denominator=issued_by_month,
    left_out=not_yet_at_age,
    every_cell=months_of_issue,
)
def at_risk_rate(
    numerator: Decimal,
    denominator: Mapping[str, Decimal],
    *,
    age: int = 90,
    months: int = 24,
    ripe_only: bool = False,
) -> Figure:
    """At-risk rate.

    Of the invoices issued in a month, by amount, the part that was still open 90 days past due.

    Formula
    -------
    open amount on the 90th day past due / amount of the invoices issued in the month * 100, by month of issue

    Unit
    ----
    %

    Source
    ------
    Countback's KPI definitions; vintage analysis, as lenders use it on loans ("ever 90 days past due")

    No value when
    -------------
    no invoice was issued in the month; or the month is unripe: an invoice of it is not yet 90 days past due

    Notes
    -----
    What was open on its 90th day past due counts for good, also where it is paid later. A month is shown
    once each of its invoices (or instalments) has had its 90 days, since those with short terms alone would
    say something else. `ripe_only=true` shows it earlier, over those that have had them; the rest are then
    left out. `age` sets the days, `months` how many months of issue are shown. Credit notes and write-offs
    before that day have reduced what is open.

    Example
    -------
    | numerator | denominator | ripe_only | value |
    |---|---|---|---|
    | 120 | ripe: 4000 | false | 3.00 |
    | 120 | ripe: 4000, unripe: 1000 | true | 3.00 |
    """
    ripe, unripe = denominator.get(RIPE, Decimal(0)), denominator.get(UNRIPE, Decimal(0))
    used = {RIPE} if ripe_only else {RIPE, UNRIPE}
    counted = ripe if ripe_only else ripe + unripe
    if unripe and not (ripe_only and ripe):
        words = f"unripe: {unripe:.2f} of the {ripe + unripe:.2f} issued is not yet {age} days past due"
        return Figure(None, words, denominator=counted, used=used)
    share = percent(numerator, counted, zero="no invoices were issued in the month")
    return Figure(share.value, share.reason, denominator=counted, used=used)
