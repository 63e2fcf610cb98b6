"""Delinquent days sales outstanding."""

from decimal import Decimal

from countback.kpis.benchmarks import credit_research_foundation
from countback.kpis.figure import Figure, ratio
from countback.kpis.kpi import kpi
from countback.kpis.measures.positions import Basis, Disputed, overdue_at_end
from countback.kpis.measures.sales import sales_in_window


@kpi(
    unit="days",
    better="lower",
    numerator=overdue_at_end,
    denominator=sales_in_window,
    benchmark=credit_research_foundation("3.00"),
)
def delinquent_dso(
    numerator: Decimal,
    denominator: Decimal,
    *,
    window: int = 90,
    basis: Basis = "gross",
    disputed: Disputed = "include",
) -> Figure:
    """Delinquent days sales outstanding.

    The days of credit sales that are overdue, also known as average days delinquent (ADD).

    Formula
    -------
    overdue receivables / credit sales of the window * days of the window

    Unit
    ----
    days

    Source
    ------
    creditguru.com, average days delinquent; paidnice.com, best possible DSO

    No value when
    -------------
    the window has no credit sales, or more credit notes than invoices

    Notes
    -----
    `dso` less `best_possible_dso`. `basis=net` takes unapplied credits off, from the overdue part;
    `disputed=exclude` takes off what is disputed.

    Example
    -------
    | numerator | denominator | window | value |
    |---|---|---|---|
    | 2750 | 10890 | 90 | 22.73 |
    | 40000 | 300000 | 90 | 12.0 |
    """
    return ratio(
        numerator, denominator, times=window, zero=f"no credit sales in the {window} days to the date"
    )
