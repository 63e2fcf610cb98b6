"""Median days to resolve."""

from collections.abc import Mapping
from decimal import Decimal

from countback.kpis.figure import Figure
from countback.kpis.kpi import kpi
from countback.kpis.measures.survival import spells_before, spells_ended, spells_watched
from countback.kpis.survival import median_figure


@kpi(
    unit="days",
    better="lower",
    numerator=spells_ended,
    denominator=spells_watched,
    left_out=spells_before,
    explainable=False,
)
def median_days_to_resolve(
    numerator: Mapping[int, Decimal], denominator: Mapping[int, Decimal], *, window: int = 365
) -> Figure:
    """Median days to resolve.

    After how many days half of the customers who become overdue have nothing overdue any more, counting
    those that still are for as long as they have been.

    Formula
    -------
    smallest number of days by which the Kaplan-Meier estimate of customers still overdue is one half or
    less; from the first day on which a customer has something overdue to the first on which it has nothing,
    censored at the date

    Unit
    ----
    days

    Source
    ------
    Kaplan and Meier, Nonparametric estimation from incomplete observations, Journal of the American
    Statistical Association 53 (1958)

    No value when
    -------------
    no customer became overdue in the window, or more than half stay overdue longer than any was watched

    Notes
    -----
    Each unbroken stretch of days with something overdue counts as one case, so that a customer may count
    several times; those that began in the 365 days to the date count (`window`). By a dimension of
    invoices, a stretch is one of that group's invoices alone.

    Example
    -------
    Remission under maintenance chemotherapy in acute myelogenous leukemia (Miller, 1981; data set aml of R).

    | numerator | denominator | value |
    |---|---|---|
    | 9: 1, 13: 1, 18: 1, 23: 1, 31: 1, 34: 1, 48: 1 | 9: 1, 13: 2, 18: 1, 23: 1, 28: 1, 31: 1, 34: 1, 45: 1, 48: 1, 161: 1 | 31 |
    """  # noqa: E501
    return median_figure(
        numerator,
        denominator,
        cases=f"customers that became overdue in the {window} days to the date",
        still="overdue",
    )
