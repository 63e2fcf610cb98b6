"""Credit sales: invoices issued less credit notes issued, gross of tax."""

from __future__ import annotations

from countback.kpis.facts import Facts, Table
from countback.kpis.measure import measure
from countback.kpis.measures.windows import add_months_back, month_of, within_days, within_period

LONGEST_COUNTBACK = 36
"""Months that the count-back method looks back at most."""


@measure("credit sales of the period")
def sales_in_period(facts: Facts) -> Table:
    """Invoices less credit notes issued in the period."""
    return within_period(facts, facts.documents(), "issued_on")


@measure("credit sales of the window")
def sales_in_window(facts: Facts, *, window: int = 90) -> Table:
    """Invoices less credit notes issued in the `window` days that end with the period."""
    return within_days(facts, facts.documents(), "issued_on", window)


@measure("credit sales of 365 days")
def sales_in_year(facts: Facts) -> Table:
    """Invoices less credit notes issued in the 365 days that end with the period."""
    return within_days(facts, facts.documents(), "issued_on", 365)


@measure("credit sales by month, latest first", series=True)
def sales_by_month(facts: Facts) -> Table:
    """Invoices less credit notes of the running month and the 35 before it; `series`: first day of the month."""
    documents = facts.documents()
    periods = facts.periods
    first = add_months_back(periods.end_on, LONGEST_COUNTBACK - 1)
    met = documents.join(periods, [documents.issued_on >= first, documents.issued_on <= periods.end_on])
    return met.mutate(series=month_of(met.issued_on))
