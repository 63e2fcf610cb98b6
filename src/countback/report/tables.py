"""The figures that are tables: ageing, where balances roll, and how overdue cohorts are recovered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from countback.analytics.opened import Books

ROLL_MONTHS = 12

Aging = tuple[tuple[str, Decimal], ...]
"""Amounts by bucket in their order, unapplied credit last."""


@dataclass(frozen=True, slots=True)
class RollRates:
    """Rows are buckets at the start of a month, columns where their amount stands at its end; per cent, None where the
    row had no amount."""

    starts: tuple[str, ...]
    ends: tuple[str, ...]
    cells: Mapping[tuple[str, str], Decimal | None]


@dataclass(frozen=True, slots=True)
class Curve:
    """Recovery of what became overdue in one month, by days since: (days, per cent), ripe cells only."""

    month: str
    points: tuple[tuple[int, Decimal], ...]


def ask_tables(
    books: Books, as_of: date, asked: Mapping[str, Any]
) -> tuple[Aging, RollRates, tuple[Curve, ...]]:
    """All three, in one question: ageing, the matrix pooled over the twelve months to the date, the curves."""
    params = {"roll_rates.months": ROLL_MONTHS}
    found: dict[str, list[dict[str, Any]]] = {"aging": [], "roll_rates": [], "recovery_curve": []}
    for row in books.kpis(list(found), as_of=as_of, params=params, **asked):
        found[row["kpi"]].append(row)
    aging = tuple((row["by"]["bucket"], row["value"]) for row in found["aging"])
    return aging, _roll_rates(found["roll_rates"]), _curves(found["recovery_curve"])


def _roll_rates(rows: list[dict[str, Any]]) -> RollRates:
    starts = tuple(dict.fromkeys(row["by"]["from"] for row in rows))
    ends = tuple(dict.fromkeys(row["by"]["to"] for row in rows))
    return RollRates(starts, ends, {(row["by"]["from"], row["by"]["to"]): row["value"] for row in rows})


def _curves(rows: list[dict[str, Any]]) -> tuple[Curve, ...]:
    """One curve a month of entry, oldest first."""
    found: dict[str, list[tuple[int, Decimal]]] = {}
    for row in rows:
        if row["value"] is not None:
            found.setdefault(row["by"]["month"], []).append((int(row["by"]["horizon"]), row["value"]))
    return tuple(Curve(month, tuple(sorted(points))) for month, points in sorted(found.items()))
