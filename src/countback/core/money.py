"""Money: decimal amounts, each with its currency, never a float."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from babel.numbers import UnknownCurrencyError, get_currency_precision, list_currencies, validate_currency

NO_CURRENCY = "XXX"
"""ISO 4217's code for 'no currency': of amounts whose currency nobody stated."""


@cache
def decimals(currency: str) -> int:
    """Decimal places of a currency's smallest coin (EUR 2, JPY 0, KWD 3); 2 where the code is unknown or XXX.

    >>> decimals("EUR"), decimals("JPY"), decimals("KWD")
    (2, 0, 3)
    """
    if currency == NO_CURRENCY:
        return 2
    return get_currency_precision(currency)


@cache
def is_currency(code: str) -> bool:
    """Whether `code` is an ISO 4217 currency code, in capitals."""
    try:
        validate_currency(code)
    except UnknownCurrencyError:
        return False
    return True


def currencies() -> list[str]:
    """All known currency codes, sorted."""
    return sorted(list_currencies())


def cents(amount: Decimal, currency: str) -> Decimal:
    """`amount` rounded half up to the smallest coin of its currency.

    >>> cents(Decimal("11.645"), "EUR")
    Decimal('11.65')
    """
    return amount.quantize(Decimal(1).scaleb(-decimals(currency)), rounding=ROUND_HALF_UP)


def plain(number: Decimal, places: int = 0) -> str:
    """A number as digits only: no exponent, no needless zeros, at least `places` decimals.

    >>> plain(Decimal("5725.0600"), 2), plain(Decimal("1E+3")), plain(Decimal("-0.00"), 2)
    ('5725.06', '1000', '0.00')
    """
    if not number:
        number = Decimal(0)
    text = format(number, "f")
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0").ljust(places, "0")
    return f"{whole}.{fraction}" if fraction else whole
