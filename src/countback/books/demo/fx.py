"""Daily exchange rates to the reporting currency: a slow random walk, in millionths."""

from __future__ import annotations

import math

from countback.books.demo.account import Row
from countback.books.demo.chance import stream

_FIRST_RATE = {"CHF": 1.045, "GBP": 1.158, "USD": 0.928}
_DAILY_VOLATILITY = {"CHF": 0.0026, "GBP": 0.0032, "USD": 0.0042}
_PULL = 0.004
"""Part of the distance to the first rate that is made good each day, so that no rate runs away."""


def rates(seed: int, first: int, last: int) -> list[Row]:
    """Rows of `fx_rates` for every day, weekends too (which repeat Friday's rate)."""
    rows: list[Row] = []
    for currency, start in _FIRST_RATE.items():
        rng = stream(seed, "fx", currency)
        level = 0.0
        for day in range(first, last + 1):
            if (day - 1) % 7 < 5:
                level += rng.gauss(0, _DAILY_VOLATILITY[currency]) - _PULL * level
            rows.append([day, currency, round(start * math.exp(level) * 1_000_000), None])
    return sorted(rows, key=lambda row: (row[0], row[1]))
