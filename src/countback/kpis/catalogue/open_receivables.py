"""Open receivables."""

from decimal import Decimal

from countback.kpis.kpi import kpi
from countback.kpis.measures.positions import Basis, Disputed, open_at_end


@kpi(unit="money", numerator=open_at_end)
def open_receivables(
    numerator: Decimal, *, basis: Basis = "gross", disputed: Disputed = "include"
) -> Decimal:
    """Open receivables.

    What customers owe on invoices at the end of the period, whether due or not.

    Formula
    -------
    sum of the open amounts of all invoices issued by the date

    Unit
    ----
    money, in the reporting currency

    Source
    ------
    Countback's KPI definitions, conventions on open amounts

    No value when
    -------------
    never: without open invoices it is 0

    Notes
    -----
    The open amount is the invoice less allocations and write-offs effective by the date, never today's balance.
    `basis=net` takes unapplied credit off; `disputed=exclude` takes off what is disputed.

    Example
    -------
    | numerator | value |
    |---|---|
    | 6340 | 6340 |
    """
    return numerator
