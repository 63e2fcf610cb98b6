"""The figures that are tables: where balances roll, and how overdue cohorts are recovered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from countback.analytics.opened import Books

ROLL_MONTHS = 12


@dataclass(frozen=True, slots=True)
class RollRates:
    """Rows are buckets at the start of a month, columns where their amount stands at its end; per cent, None where the row
    had no amount."""

    starts: tuple[str, ...]
    ends: tuple[str, ...]
    cells: Mapping[tuple[str, str], Decimal | None]


@dataclass(frozen=True, slots=True)
class Curve:
    """Recovery of what became overdue in one month, by days since: (days, per cent), ripe cells only."""

    month: str
    points: tuple[tuple[int, Decimal], ...]


def roll_rates(books: Books, as_of: date, asked: Mapping[str, Any]) -> RollRates:
    """The matrix, pooled over the twelve months to the date."""
    rows = books.kpis("roll_rates", as_of=as_of, params={"roll_rates.months": ROLL_MONTHS}, **asked).to_dicts()
    starts = tuple(dict.fromkeys(row["by"]["from"] for row in rows))
    ends = tuple(dict.fromkeys(row["by"]["to"] for row in rows))
    return RollRates(starts, ends, {(row["by"]["from"], row["by"]["to"]): row["value"] for row in rows})


def recovery_curves(books: Books, as_of: date, asked: Mapping[str, Any]) -> tuple[Curve, ...]:
    """One curve a month of entry, oldest first."""
    found: dict[str, list[tuple[int, Decimal]]] = {}
    for row in books.kpis("recovery_curve", as_of=as_of, **asked):
        if row["value"] is not None:
            found.setdefault(row["by"]["month"], []).append((int(row["by"]["horizon"]), row["value"]))
    return tuple(Curve(month, tuple(sorted(points))) for month, points in sorted(found.items()))
