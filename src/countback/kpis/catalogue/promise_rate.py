"""Promise rate."""

from decimal import Decimal

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.contacts import other_contacts, right_party_contacts
from countback.kpis.measures.promises import promises_made


@kpi(
    unit="%",
    better="higher",
    numerator=promises_made,
    denominator=right_party_contacts,
    left_out=other_contacts,
)
def promise_rate(numerator: Decimal, denominator: Decimal) -> Figure:
    """Promise rate.

    How often talking to the person who decides ends in a promise to pay.

    Formula
    -------
    promises made in the period / right-party contacts in the period * 100

    Unit
    ----
    %

    Source
    ------
    Countback's KPI definitions, promises

    No value when
    -------------
    nobody of the right party was reached in the period

    Notes
    -----
    Every promise made in the period counts, also one that is withdrawn later. Contacts count in either
    direction and by any channel, where the right party was reached; the others are listed as left out, with
    what came of them. A promise made without a recorded contact can lift the figure above 100.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 30 | 120 | 25.00 |
    | 0 | 120 | 0 |
    | 3 | 0 | |
    """
    return percent(numerator, denominator, zero="no right-party contacts in the period")
