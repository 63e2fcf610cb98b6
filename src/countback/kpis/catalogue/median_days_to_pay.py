"""Median days to pay."""

from collections.abc import Mapping
from decimal import Decimal

from countback.kpis.figure import Figure
from countback.kpis.kpi import kpi
from countback.kpis.measures.survival import invoices_before, invoices_settled, invoices_watched
from countback.kpis.survival import median_figure


@kpi(
    unit="days",
    better="lower",
    numerator=invoices_settled,
    denominator=invoices_watched,
    left_out=invoices_before,
    explainable=False,
)
def median_days_to_pay(
    numerator: Mapping[int, Decimal], denominator: Mapping[int, Decimal], *, window: int = 365
) -> Figure:
    """Median days to pay.

    After how many days half of the invoices are settled, counting those that are still open for as long as
    they have been.

    Formula
    -------
    smallest number of days by which the Kaplan-Meier estimate of invoices still open is one half or less;
    from the issue of an invoice to its full settlement, open ones censored at the date

    Unit
    ----
    days

    Source
    ------
    Kaplan and Meier, Nonparametric estimation from incomplete observations, Journal of the American
    Statistical Association 53 (1958)

    No value when
    -------------
    no invoice was issued in the window, or more than half stay open longer than any was watched

    Notes
    -----
    The invoices issued in the 365 days to the date count (`window`), each as one, whatever its amount. One
    is settled on the day from which nothing of it is open, whether by cash, credit note or write-off; one
    of instalments with the last of them. A settlement that was reversed by the date does not count. An
    average over those paid alone, as `average_days_to_pay`, looks faster the more is still open.

    Example
    -------
    Remission times under 6-mercaptopurine and under placebo (Freireich and others, 1963), as textbooks
    print them.

    | numerator | denominator | value |
    |---|---|---|
    | 6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1 | 6: 4, 7: 1, 9: 1, 10: 2, 11: 1, 13: 1, 16: 1, 17: 1, 19: 1, 20: 1, 22: 1, 23: 1, 25: 1, 32: 2, 34: 1, 35: 1 | 23 |
    | 1: 2, 2: 2, 3: 1, 4: 2, 5: 2, 8: 4, 11: 2, 12: 2, 15: 1, 17: 1, 22: 1, 23: 1 | 1: 2, 2: 2, 3: 1, 4: 2, 5: 2, 8: 4, 11: 2, 12: 2, 15: 1, 17: 1, 22: 1, 23: 1 | 8 |
    """  # noqa: E501
    return median_figure(
        numerator, denominator, cases=f"invoices issued in the {window} days to the date", still="open"
    )
