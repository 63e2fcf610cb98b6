"""Concentration."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from countback.kpis.figure import EXACT, Figure, percent
from countback.kpis.kpi import kpi
from countback.kpis.measures.accounts import open_by_customer
from countback.kpis.measures.positions import Disputed


@kpi(unit="%", better="lower", numerator=open_by_customer, explainable=False)
def concentration(numerator: Mapping[str, Decimal], *, disputed: Disputed = "include") -> Figure:
    """Concentration.

    How much open receivables hang on few customers: the Herfindahl index of what each owes.

    Formula
    -------
    sum over customers of (open receivables of the customer / open receivables)^2 * 100

    Unit
    ----
    per cent: 100 where one customer owes all, 100 / n where n owe the same

    Source
    ------
    Herfindahl-Hirschman index, on a scale of 100 instead of 10,000

    No value when
    -------------
    nothing is open

    Notes
    -----
    Its rows are all open items: square each customer's part. Amounts are compared in the reporting currency.
    `disputed=exclude` takes off what is disputed.

    Example
    -------
    | numerator | value |
    |---|---|
    | A: 100 | 100 |
    | A: 50, B: 50 | 50 |
    | A: 60, B: 30, C: 10 | 46 |
    """
    owed = sum(numerator.values(), Decimal(0))
    squares = EXACT.multiply(owed, owed)
    value = percent(
        sum((EXACT.multiply(amount, amount) for amount in numerator.values()), Decimal(0)),
        squares,
        zero="nothing is open",
    )
    return replace(value, numerator=owed)
