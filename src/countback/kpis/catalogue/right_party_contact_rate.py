"""Right-party contact rate."""

from decimal import Decimal

from countback.kpis.figure import Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.contacts import contacts_made, right_party_contacts


@kpi(
    unit="%",
    better="higher",
    numerator=right_party_contacts,
    denominator=contacts_made,
)
def right_party_contact_rate(numerator: Decimal, denominator: Decimal) -> Figure:
    """Right-party contact rate.

    How often a contact reaches the person who decides on the payment.

    Formula
    -------
    contacts with the outcome right party / contacts * 100

    Unit
    ----
    %

    Source
    ------
    Countback's KPI definitions, contacts

    No value when
    -------------
    there were no contacts in the period

    Notes
    -----
    All contacts of the period are the base: every channel, both directions, also those that bounced or have
    no outcome. Ask with `where` for one collector or segment.

    Example
    -------
    | numerator | denominator | value |
    |---|---|---|
    | 45 | 180 | 25.00 |
    | 0 | 0 | |
    """
    return percent(numerator, denominator, zero="no contacts in the period")
