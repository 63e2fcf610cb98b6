"""Unapplied credits."""

from decimal import Decimal

from countback.kpis.kpi import kpi
from countback.kpis.measures.positions import unapplied_at_end


@kpi(unit="money", numerator=unapplied_at_end)
def unapplied_credits(numerator: Decimal) -> Decimal:
    """Unapplied credits.

    Payments received and credit notes issued that no invoice has been settled with yet.

    Formula
    -------
    payments received and not reversed, and credit notes issued, by the date, less what of them is applied by
    the date

    Unit
    ----
    money, in the reporting currency; positive

    Source
    ------
    Countback's KPI definitions, conventions on unapplied credit; the ageing users expect: OCA
    account-financial-reporting #546

    No value when
    -------------
    never: where all is applied it is 0

    Notes
    -----
    An allocation counts from the day it takes effect, so that a payment is unapplied between its receipt and
    a later invoice. In the ageing it has a column of its own, with its sign turned.

    Example
    -------
    | numerator | value |
    |---|---|
    | 1000 | 1000 |
    """
    return numerator
