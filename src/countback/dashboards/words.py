"""Values as a table writes them: in full, all of a column with the same decimals."""

from __future__ import annotations

from decimal import Decimal

from countback.core.money import NO_CURRENCY
from countback.report.words import DASH, full_money, number

PLACES = {"%": 2, "days": 1, "times": 2, "count": 0}


def code(currency: str | None) -> str:
    """EUR; nothing for amounts that name no currency."""
    return "" if currency in (None, NO_CURRENCY) else currency


def behind(unit: str) -> str:
    """Behind the words of a heading, the unit that its values are in: ", EUR". Nothing behind what is counted, or where
    amounts name no currency."""
    return f", {unit}" if unit != "count" and code(unit) else ""


def written(value: Decimal | None, unit: str) -> str:
    """A value in its unit, which the heading names: money to the cent, a share to two decimals, days to one.

    >>> written(Decimal("1234.5"), "EUR"), written(Decimal("12.3456"), "%"), written(None, "days")
    ('1,234.50', '12.35', '—')
    """
    if value is None:
        return DASH
    return number(value, PLACES[unit]) if unit in PLACES else full_money(value, unit)


def plainly(value: Decimal | None) -> str:
    """A side of a ratio: a count as a count, amounts to two decimals.

    >>> plainly(Decimal(12)), plainly(Decimal("12.5"))
    ('12', '12.50')
    """
    if value is None:
        return DASH
    return number(value, 0 if value == value.to_integral_value() and abs(value) < 1_000_000 else 2)
