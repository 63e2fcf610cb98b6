"""Recovery rate."""

from decimal import Decimal

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.recovery import entered_amount, entered_too_late, recovered_amount


@kpi(
    unit="%",
    better="higher",
    numerator=recovered_amount,
    denominator=entered_amount,
    left_out=entered_too_late,
)
def recovery_rate(
    numerator: Decimal, denominator: Decimal, *, entry_age: int = 30, horizon: int = 90, cohort: int = 365
) -> Figure:
    """Recovery rate.

    Of what was still open 30 days past due, the part that came in within the next 90 days.

    Formula
    -------
    cash applied in the 90 days after the 30th day past due / open amount on that day * 100

    Unit
    ----
    %

    Source
    ------
    Countback's KPI definitions; a static-pool recovery rate, as agencies and rating agencies compute it

    No value when
    -------------
    no item of the cohort was open on its 30th day past due

    Notes
    -----
    An item (an invoice, or each of its instalments) belongs to the cohort where its 30th day past due fell
    in the 365 days that end 90 days before the date, so that every one has had its 90 days. `entry_age`,
    `horizon` and `cohort` set these three. Credit notes and write-offs bring no cash; nor does what is
    recovered after a write-off count. A payment reversed within the horizon is taken off again.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 250 | 1000 | 25.00 |
    """
    window = f"the {cohort} days ending {horizon} days before the date"
    zero = f"nothing was open {entry_age} days past due in {window}"
    return percent(numerator, denominator, zero=zero)
