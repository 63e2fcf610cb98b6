"""Share of overdue accounts."""

from decimal import Decimal

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.accounts import customers_not_overdue, customers_open, customers_overdue
from countback.kpis.measures.positions import Disputed


@kpi(
    unit="%",
    better="lower",
    numerator=customers_overdue,
    denominator=customers_open,
    left_out=customers_not_overdue,
)
def overdue_accounts_share(
    numerator: Decimal, denominator: Decimal, *, disputed: Disputed = "include"
) -> Figure:
    """Share of overdue accounts.

    What part of the customers that owe anything is overdue with something.

    Formula
    -------
    customers with an overdue open invoice / customers with an open invoice * 100

    Unit
    ----
    per cent of customers

    Source
    ------
    Countback's KPI definitions

    No value when
    -------------
    no customer has an open invoice

    Notes
    -----
    A customer counts once, whatever is owed. By a dimension of invoices, such as salesperson, currency or
    bucket, a customer counts in each group where something is owed, so that groups may sum to more than the
    whole. `disputed=exclude` takes off what is disputed.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 3 | 8 | 37.5 |
    """
    return percent(numerator, denominator, zero="no customer has an open invoice")
