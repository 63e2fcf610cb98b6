"""Best possible days sales outstanding."""

from decimal import Decimal

from countback.kpis.benchmarks import credit_research_foundation
from countback.kpis.figure import Figure, ratio
from countback.kpis.kpi import kpi
from countback.kpis.measures.positions import Basis, Disputed, current_at_end
from countback.kpis.measures.sales import sales_in_window


@kpi(
    unit="days",
    better="lower",
    numerator=current_at_end,
    denominator=sales_in_window,
    benchmark=credit_research_foundation("32.02"),
)
def best_possible_dso(
    numerator: Decimal,
    denominator: Decimal,
    *,
    window: int = 90,
    basis: Basis = "gross",
    disputed: Disputed = "include",
) -> Figure:
    """Best possible days sales outstanding.

    The days of credit sales that would wait for payment if every customer paid on the due date.

    Formula
    -------
    current receivables / credit sales of the window * days of the window

    Unit
    ----
    days

    Source
    ------
    creditguru.com, best possible DSO; paidnice.com, best possible DSO

    No value when
    -------------
    the window has no credit sales, or more credit notes than invoices

    Notes
    -----
    Together with `delinquent_dso` it is `dso`. Unapplied credits are taken from the overdue part, so that
    `basis` changes nothing here; it is taken so that all three may be asked alike.

    Example
    -------
    | numerator | denominator | window | value |
    |---|---|---|---|
    | 3590 | 10890 | 90 | 29.67 |
    | 80000 | 300000 | 90 | 24.0 |
    """
    return ratio(
        numerator, denominator, times=window, zero=f"no credit sales in the {window} days to the date"
    )
