"""Figures in words: how a value, a change and a period are written for people."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal

from babel.dates import format_date
from babel.numbers import get_currency_symbol

from countback.core.money import NO_CURRENCY, decimals

LOCALE = "en_GB"
DASH = "—"
MINUS = "−"
THIN = "\u202f"

_SCALES = ((Decimal(10) ** 9, "bn"), (Decimal(10) ** 6, "m"), (Decimal(10) ** 3, "k"))
_WIDE = Context(prec=80)
"""Wider than any sum of the books, so that rounding never fails."""


def money(amount: Decimal, currency: str) -> str:
    """Short, three digits that matter: `€ 8.42 m`, `−€ 0.09 m`, `£ 312 k`, `€ 87.50`.

    >>> money(Decimal("8421345"), "EUR"), money(Decimal("-950"), "GBP")
    ('€ 8.42 m', '−£ 950.00')
    """
    symbol = "" if currency == NO_CURRENCY else f"{get_currency_symbol(currency, locale=LOCALE)} "
    sign = MINUS if amount < 0 else ""
    size = abs(amount)
    for scale, letter in _SCALES if size >= 10_000 else ():
        if size >= scale * Decimal("0.9995"):  # 999,950 is 1.00 m, not 1,000 k
            return f"{sign}{symbol}{three_digits(size / scale)} {letter}"
    return f"{sign}{symbol}{number(size, decimals(currency))}"


def full_money(amount: Decimal, currency: str) -> str:
    """To the cent, with thousands marks: `8,421,345.00`; the currency stands in the heading."""
    return number(amount, decimals(currency))


def three_digits(value: Decimal) -> str:
    """Three digits that matter: 8.42, 84.2, 842.

    >>> [three_digits(Decimal(size)) for size in ("9.994", "9.996", "99.96", "842.1")]
    ['9.99', '10.0', '100', '842']
    """
    places = 2 if value < Decimal("9.995") else 1 if value < Decimal("99.95") else 0
    return number(value, places)


def number(value: Decimal, places: int) -> str:
    """With thousands marks, that many decimals, and a minus that is a minus.

    >>> number(Decimal("-1234.5"), 1)
    '−1,234.5'
    """
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN, context=_WIDE)
    text = f"{rounded.copy_abs():,f}"
    return f"{MINUS}{text}" if rounded < 0 else text


def signed(value: Decimal) -> str:
    """A step of days with its sign, as many decimals as it needs not to read as nothing.

    >>> signed(Decimal("4.12")), signed(Decimal("-0.02")), signed(Decimal("-0.0004"))
    ('+4.1', '−0.02', '−0.00')
    """
    places = 1 if abs(value) >= Decimal("0.05") else 2
    return f"{MINUS if value < 0 else '+'}{number(abs(value), places)}"


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
    """What changed since the period before, and its direction (-1, 0, 1): ("2.4 days", -1), ("3.1 %", 1)."""
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


def moment_words(moment: datetime) -> str:
    """21 Nov 2026 17:05, with its zone where it says one."""
    return f"{day_words(moment.date())} {moment:%H:%M %Z}".strip()


def tick_words(day: date) -> str:
    """Nov 26, under an axis."""
    return str(format_date(day, "MMM yy", locale=LOCALE))


def month_words(day: date) -> str:
    """Nov 2026."""
    return str(format_date(day, "MMM yyyy", locale=LOCALE))
