"""Weighted payment terms."""

from decimal import Decimal

from countback.kpis.figure import Figure, ratio
from countback.kpis.kpi import kpi
from countback.kpis.measures.behaviour import issued_days_of_terms, issued_items


@kpi(unit="days", numerator=issued_days_of_terms, denominator=issued_items)
def weighted_terms(numerator: Decimal, denominator: Decimal) -> Figure:
    """Weighted payment terms.

    How many days customers were given to pay, weighted by amount.

    Formula
    -------
    sum(amount * (due date - day of issue)) / sum(amount), over invoices issued in the period

    Unit
    ----
    days, weighted by amount

    Source
    ------
    Countback's KPI definitions

    No value when
    -------------
    no invoice was issued in the period

    Notes
    -----
    Each instalment counts with its own amount and due date. Credit notes have no terms and do not count.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 90000 | 3000 | 30 |
    """
    return ratio(numerator, denominator, zero="no invoice was issued in the period")
