"""Disputed receivables."""

from decimal import Decimal

from countback.kpis.kpi import kpi
from countback.kpis.measures.deductions import Limit, disputed_at_end, disputes_resolved


@kpi(
    unit="money",
    better="lower",
    numerator=disputed_at_end,
    left_out=disputes_resolved,
)
def disputed_receivables(numerator: Decimal, *, limit: Limit = "none") -> Decimal:
    """Disputed receivables.

    What customers dispute at the date.

    Formula
    -------
    sum of the amounts of disputes opened by the date and not resolved by it

    Unit
    ----
    money, in the reporting currency

    Source
    ------
    Countback's KPI definitions, disputes

    No value when
    -------------
    never: without open disputes it is 0

    Notes
    -----
    A dispute counts with the amount that was claimed; with `limit=open` at most with what of its invoice is
    still open, which is what `disputed=exclude` takes off other figures. A dispute resolved on the date is
    no longer open. What was resolved in the period is listed as left out, with its outcome.

    Example
    -------
    | numerator | value |
    |---|---|
    | 940 | 940 |
    """
    return numerator
