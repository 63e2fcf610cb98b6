"""Figures in words: how a value, a change and a period are written for people."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal

from babel.dates import format_date
from babel.numbers import format_decimal, get_currency_symbol

from countback.core.money import NO_CURRENCY, decimals

LOCALE = "en_GB"
DASH = "—"
MINUS = "−"
THIN = "\u202f"

_SCALES = ((Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "m"), (Decimal(10) ** 3, "k"))


def money(amount: Decimal, currency: str) -> str:
    """Short, three digits that matter: `€ 8.42 m`, `−€ 0.09 m`, `£ 312 k`, `€ 87.50`.

    >>> money(Decimal("8421345"), "EUR"), money(Decimal("-950"), "GBP")
    ('€ 8.42 m', '−£ 950.00')
    """
    symbol = "" if currency == NO_CURRENCY else f"{get_currency_symbol(currency, locale=LOCALE)} "
    sign = MINUS if amount < 0 else ""
    size = abs(amount)
    for scale, letter in _SCALES:
        if size >= scale and size >= 10_000:
            return f"{sign}{symbol}{three_digits(size / scale)} {letter}"
    return f"{sign}{symbol}{number(size, decimals(currency))}"


def full_money(amount: Decimal, currency: str) -> str:
    """To the cent, with thousands marks: `8,421,345.00`; the currency stands in the heading."""
    return number(amount, decimals(currency))


def three_digits(value: Decimal) -> str:
    """Three digits that matter: 8.42, 84.2, 842."""
    places = 2 if value < 10 else 1 if value < 100 else 0
    return number(value, places)


def number(value: Decimal, places: int) -> str:
    """With thousands marks, that many decimals, and a minus that is a minus.

    >>> number(Decimal("-1234.5"), 1)
    '−1,234.5'
    """
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    pattern = "#,##0" + ("." + "0" * places if places else "")
    text: str = format_decimal(abs(rounded), format=pattern, locale=LOCALE)
    return f"{MINUS}{text}" if rounded < 0 else text


def value_words(value: Decimal | None, unit: str) -> tuple[str, str]:
    """A value and its small unit: ("47.3", "days"), ("€ 8.42 m", ""), ("—", "")."""
    if value is None:
        return DASH, ""
    if unit == "%":
        return number(value, 2 if 0 < abs(value) < 10 else 1), "%"
    if unit in ("days", "times", "count"):
        return number(value, 0 if unit == "count" else 1), "" if unit == "count" else unit
    return money(value, unit), ""


def change_words(before: Decimal | None, after: Decimal | None, unit: str) -> tuple[str, int]:
    """What changed since the period before, and its direction (-1, 0, 1): ("2.4 days", -1), ("3.1 %", 1), ("1.8 points", 1)."""
    if before is None or after is None:
        return "", 0
    plain = unit in ("%", "days", "times", "count")
    if not plain and not before:
        return "", 0
    moved = after - before if plain else (after - before) / abs(before) * 100
    places = 0 if unit == "count" else 1
    size = number(abs(moved), places)
    words = {"%": "points", "days": "days", "times": "times", "count": ""}.get(unit, "%")
    if not Decimal(size.replace(",", "")):
        return "unchanged", 0
    return f"{size} {words}".strip(), 1 if moved > 0 else -1


def day_words(day: date) -> str:
    """21 Nov 2026."""
    return str(format_date(day, "d MMM yyyy", locale=LOCALE))


def month_words(day: date) -> str:
    """Nov 2026."""
    return str(format_date(day, "MMM yyyy", locale=LOCALE))
