"""Values of figures: a decimal number, or none with a reason; never zero or infinity instead."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction

EXACT = Context(prec=76)
"""Precision of formulas: two numbers of 38 digits multiply exactly."""

PLACES = Decimal("1e-10")
"""Ratios are given to ten decimals."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Outcome of a formula. `value` None: undefined, and `reason` says why. `numerator` and `denominator`: set
    where the
    formula itself says what they are (a figure that is no plain ratio). `used`: which values of the series counted.
    A `reason` beside a value is something to know about it ("truncated at 36 months")."""

    value: Decimal | None
    reason: str | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    used: Collection[object] | None = None


def undefined(reason: str) -> Figure:
    """No value, and why."""
    return Figure(None, reason)


def ratio(numerator: Decimal, denominator: Decimal, *, times: Decimal | int = 1, zero: str) -> Figure:
    """`numerator / denominator * times`, to ten decimals; undefined for the reason `zero` where the denominator is
    not positive.

    >>> ratio(Decimal(6340), Decimal(10890), times=90, zero="no sales").value
    Decimal('52.3966942149')
    >>> ratio(Decimal(1), Decimal(0), zero="no sales in the window").reason
    'no sales in the window'
    """
    if denominator <= 0:
        return undefined(zero)
    value = EXACT.divide(EXACT.multiply(numerator, Decimal(times)), denominator)
    return Figure(value.quantize(PLACES, context=EXACT))


def rounded(value: Fraction) -> Decimal:
    """An exact number to ten decimals."""
    return EXACT.divide(Decimal(value.numerator), Decimal(value.denominator)).quantize(PLACES, context=EXACT)


def percent(numerator: Decimal, denominator: Decimal, *, zero: str) -> Figure:
    """`ratio` times 100."""
    return ratio(numerator, denominator, times=100, zero=zero)
