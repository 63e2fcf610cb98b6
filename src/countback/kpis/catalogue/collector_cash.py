"""Cash after contacts."""

from decimal import Decimal
from typing import Literal

from countback.kpis.figure import Figure, ratio
from countback.kpis.kpi import kpi
from countback.kpis.measures.effort import cash_after_contact, cash_without_contact, minutes_logged


@kpi(
    unit="money",
    better="higher",
    numerator=cash_after_contact,
    denominator=minutes_logged,
    left_out=cash_without_contact,
)
def collector_cash(
    numerator: Decimal, denominator: Decimal, *, per: Literal["total", "hour"] = "total", days: int = 14
) -> Figure:
    """Cash after contacts.

    Cash that follows a collector's contact with the customer, per collector.

    Formula
    -------
    cash applied in the period within 14 days after the collector's contact with that customer
    per=hour: the same / minutes logged in the period * 60

    Unit
    ----
    money, in the reporting currency

    Source
    ------
    Countback's KPI definitions, collectors

    No value when
    -------------
    with per=hour: the collector logged no time in the period

    Notes
    -----
    An association, not a cause: part of this cash would have come anyway, and a collector who is given the
    customers that pay will look good. Each allocation counts once, for the collector of the latest contact;
    the day of the contact counts, as do contacts that the customer made, but not messages that bounced. A
    returned payment takes back what it had brought, on the day of its return. Cash with no contact before
    it, credit notes and recoveries after a write-off are listed as left out. Hours are the minutes of all
    contacts of the period; `days` changes the 14.

    Example
    -------
    | numerator | denominator | per | value |
    |---|---|---|---|
    | 5400 | 120 | total | 5400 |
    | 5400 | 120 | hour | 2700 |
    | 5400 | 0 | hour | |
    """
    if per == "total":
        return Figure(numerator)
    return ratio(numerator, denominator, times=60, zero="no time was logged in the period")
