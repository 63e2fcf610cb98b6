"""Figures in words: reading them back gives the figure, but for what rounding took."""

from __future__ import annotations

from decimal import Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countback.report.words import MINUS, change_words, full_money, money, number, signed, value_words

AMOUNTS = st.decimals(min_value=-(10**14), max_value=10**14, places=2)
EXACT = Context(prec=80)
SCALES = {"": 1, "k": 10**3, "m": 10**6, "bn": 10**9}


def read(words: str) -> Decimal:
    """A number as people write it."""
    digits, _, scale = words.removeprefix(MINUS).replace("€ ", "").replace(",", "").partition(" ")
    size = EXACT.multiply(Decimal(digits), Decimal(SCALES[scale]))
    return size.copy_negate() if words.startswith(MINUS) else size


@given(AMOUNTS)
def test_money_is_read_back_within_half_a_per_cent(amount: Decimal) -> None:
    found = read(money(amount, "EUR"))
    assert abs(found - amount) <= max(abs(amount) * Decimal("0.005"), Decimal("0.005"))
    assert abs(amount) >= 10_000 or found == amount


@given(AMOUNTS)
def test_money_never_shows_more_than_three_digits_and_a_scale(amount: Decimal) -> None:
    words = money(amount, "EUR")
    shown = [digit for digit in words if digit.isdigit()]
    assert abs(amount) < 10_000 or abs(amount) >= 10**12 * Decimal("0.9995") or len(shown) == 3


@given(AMOUNTS)
def test_full_money_is_exact(amount: Decimal) -> None:
    assert read(full_money(amount, "EUR")) == amount


@given(st.decimals(min_value=-(10**30), max_value=10**30, places=10), st.integers(0, 3))
def test_numbers_are_read_back_within_rounding(value: Decimal, places: int) -> None:
    words = number(value, places)
    assert abs(EXACT.subtract(read(words), value)) <= Decimal(5).scaleb(-places - 1)
    assert "-" not in words
    assert words != f"{MINUS}0"


@given(st.decimals(min_value=-1000, max_value=1000, places=10), st.sampled_from(["%", "days", "times"]))
def test_values_are_read_back_within_rounding(value: Decimal, unit: str) -> None:
    words, shown = value_words(value, unit)
    assert shown == unit
    assert abs(read(words) - value) <= Decimal("0.05")


@given(st.decimals(min_value=-100, max_value=100, places=4))
def test_a_step_says_its_direction(value: Decimal) -> None:
    assert signed(value).startswith(MINUS if value < 0 else "+")
    assert abs(read(signed(value).removeprefix("+")) - value) <= Decimal("0.05")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("999949.99", "€ 1.00 m"),
        ("999499.99", "€ 999 k"),
        ("999500", "€ 1.00 m"),
        ("9999.99", "€ 9,999.99"),
        ("-0.01", f"{MINUS}€ 0.01"),
        ("99950", "€ 100 k"),
    ],
)
def test_money_at_the_edges(amount: str, words: str) -> None:
    assert money(Decimal(amount), "EUR") == words


def test_currencies_have_their_own_decimals() -> None:
    assert full_money(Decimal(1234), "JPY") == "1,234"
    assert full_money(Decimal("1.5"), "KWD") == "1.500"


@pytest.mark.parametrize(
    ("before", "after", "unit", "words"),
    [
        ("50", "47.6", "days", ("2.4 days", -1)),
        ("50", "50.04", "days", ("unchanged", 0)),
        ("100", "103.1", "EUR", ("3.1 %", 1)),
        ("-100", "-50", "EUR", ("50.0 %", 1)),
        ("0", "5", "EUR", ("", 0)),
        (None, "5", "%", ("", 0)),
    ],
)
def test_changes(before: str | None, after: str, unit: str, words: tuple[str, int]) -> None:
    assert change_words(before and Decimal(before), Decimal(after), unit) == words
