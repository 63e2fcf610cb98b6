"""Figures in the words of an alert: with their digits, because the difference to a bound may lie in the last."""

from __future__ import annotations

from decimal import Decimal

from countback.kpis.catalogue import find
from countback.report.tiles import SHORT
from countback.report.words import full_money, number

PLAIN_UNITS = ("days", "times", "count", "%")
FINEST = 6


def title_of(kpi: str) -> str:
    """What people call a KPI."""
    return SHORT.get(kpi, find(kpi).title)


def told(value: Decimal, unit: str, places: int | None = None) -> str:
    """A value with its unit: 53.2 days, 33.3 %, 370,846.56 EUR, 12.

    >>> told(Decimal("53.24"), "days"), told(Decimal(12), "count"), told(Decimal("1234.5"), "EUR")
    ('53.2 days', '12', '1,234.50 EUR')
    """
    digits = bare(value, unit, places)
    return digits if unit == "count" else f"{digits} {unit}"


def bare(value: Decimal, unit: str, places: int | None = None) -> str:
    """The same without the unit."""
    if unit not in PLAIN_UNITS:
        return full_money(value, unit) if unit else number(value, 2)
    return number(value, (0 if unit == "count" else 1) if places is None else places)


def places_apart(first: Decimal, second: Decimal, unit: str) -> int | None:
    """How many decimals tell two different values apart; None: as many as the unit has anyway.

    >>> places_apart(Decimal("50.04"), Decimal(50), "days"), places_apart(Decimal(60), Decimal(50), "days")
    (2, None)
    """
    if first == second or bare(first, unit) != bare(second, unit) or unit not in PLAIN_UNITS:
        return None
    for places in range(1, FINEST + 1):
        if number(first, places) != number(second, places):
            return places
    return FINEST


def listed(parts: list[str], shown: int = 5) -> str:
    """The first few, and how many more there are.

    >>> listed(["a", "b", "c"], 2)
    'a; b; and 1 more'
    """
    more = len(parts) - shown
    return "; ".join([*parts[:shown], *([f"and {more:,} more"] if more > 0 else [])])
