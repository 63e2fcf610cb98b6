"""Median dispute days."""

from collections.abc import Mapping
from decimal import Decimal

from countback.kpis.figure import Figure
from countback.kpis.kpi import kpi
from countback.kpis.measures.survival import disputes_before, disputes_resolved, disputes_watched
from countback.kpis.survival import median_figure


@kpi(
    unit="days",
    better="lower",
    numerator=disputes_resolved,
    denominator=disputes_watched,
    left_out=disputes_before,
    explainable=False,
)
def median_dispute_days(
    numerator: Mapping[int, Decimal], denominator: Mapping[int, Decimal], *, window: int = 365
) -> Figure:
    """Median dispute days.

    After how many days half of the disputes are resolved, counting those that are still open for as long as
    they have been.

    Formula
    -------
    smallest number of days by which the Kaplan-Meier estimate of disputes still open is one half or less;
    from opening to resolution, open ones censored at the date

    Unit
    ----
    days

    Source
    ------
    Kaplan and Meier, Nonparametric estimation from incomplete observations, Journal of the American
    Statistical Association 53 (1958)

    No value when
    -------------
    no dispute was opened in the window, or more than half stay open longer than any was watched

    Notes
    -----
    The disputes opened in the 365 days to the date count (`window`), each as one, whatever its amount and
    outcome.

    Example
    -------
    Remission without maintenance chemotherapy in acute myelogenous leukemia (Miller, 1981; data set aml of
    R).

    | numerator | denominator | value |
    |---|---|---|
    | 5: 2, 8: 2, 12: 1, 23: 1, 27: 1, 30: 1, 33: 1, 43: 1, 45: 1 | 5: 2, 8: 2, 12: 1, 16: 1, 23: 1, 27: 1, 30: 1, 33: 1, 43: 1, 45: 1 | 23 |
    """  # noqa: E501
    return median_figure(
        numerator, denominator, cases=f"disputes opened in the {window} days to the date", still="open"
    )
