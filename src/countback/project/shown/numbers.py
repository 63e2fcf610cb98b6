"""Numbers for people: thousands apart, as many decimals as the unit has, a dash where there is no value."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from countback.core.money import decimals
from countback.kpis.figure import EXACT

DASH = "–"
"""Stands where a figure has no value."""

_PLACES = {"%": 2, "days": 2, "times": 2, "count": 0}


def places_of(unit: str | None) -> int:
    """Decimals in which a unit is shown: those of the currency for money, two for the rest, none for counts."""
    return _PLACES[unit] if unit in _PLACES else decimals(unit) if unit else 2


def shown(number: Decimal | None, unit: str | None = None, *, signed: bool = False) -> str:
    """A number in its unit, rounded half up. `signed`: a plus before what is positive.

    >>> shown(Decimal("5725.065"), "EUR"), shown(None, "days"), shown(Decimal("-0.001"), "%")
    ('5,725.07', '–', '0.00')
    """
    if number is None:
        return DASH
    rounded = number.quantize(Decimal(1).scaleb(-places_of(unit)), rounding=ROUND_HALF_UP, context=EXACT)
    return format(rounded if rounded else abs(rounded), "+,f" if signed and rounded else ",f")
