"""Net receivables."""

from decimal import Decimal

from countback.kpis.kpi import kpi
from countback.kpis.measures.positions import Disputed, open_at_end, unapplied_at_end


@kpi(unit="money", numerator=open_at_end - unapplied_at_end)
def net_receivables(numerator: Decimal, *, disputed: Disputed = "include") -> Decimal:
    """Net receivables.

    What customers owe after the credit that already waits for them: the balance of the receivables ledger.

    Formula
    -------
    open receivables - unapplied credits

    Unit
    ----
    money, in the reporting currency

    Source
    ------
    Countback's KPI definitions; check 1 of the acceptance list

    No value when
    -------------
    never: without invoices and payments it is 0

    Notes
    -----
    All columns of the ageing sum to it, unapplied credits included. It is negative where customers are owed
    more than they owe.

    Example
    -------
    | numerator | value |
    |---|---|
    | 149000 | 149000 |
    """
    return numerator
