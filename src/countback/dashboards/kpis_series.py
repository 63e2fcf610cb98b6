"""Figures over time, for these pages: many in one question."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from countback.dashboards.asked import Asked
from countback.dashboards.remembered import remembered
from countback.kpis.catalogue import find
from countback.ledger.figures import Figures
from countback.report.series import NEEDS, Series
from countback.report.tiles import SHORT

MONTHS = 24
"""Periods of a trend."""


def name_of(kpi: str) -> str:
    """What people call the figure."""
    return SHORT.get(kpi, find(kpi).title)


def ask_series(
    figures: Figures, asked: Asked, kpis: Sequence[str], points: int = MONTHS
) -> dict[str, Series]:
    """A series of each KPI, oldest point first, and no point before the books begin. Asked once until they move."""
    first = figures.books.first_entry_on()
    count = 2 if first is None else max(2, min(points, _periods(asked, first)))
    question = (
        "series",
        tuple(kpis),
        count,
        asked.as_of,
        asked.where,
        asked.currency,
        asked.every,
        asked.params,
    )
    return remembered(figures, question, lambda: _asked(figures, asked, kpis, count))


def _periods(asked: Asked, first: date) -> int:
    days = (asked.as_of - first).days
    lengths = {"day": 1, "week": 7, "quarter": 91}
    if asked.every in lengths:
        return days // lengths[asked.every] + 1
    return (asked.as_of.year - first.year) * 12 + asked.as_of.month - first.month + 1


def _asked(figures: Figures, asked: Asked, kpis: Sequence[str], points: int) -> dict[str, Series]:
    params = {f"{kpi}.{name}": value for kpi in kpis for name, value in asked.params}
    found: dict[str, list[dict[str, Any]]] = {kpi: [] for kpi in kpis}
    for row in figures.kpis(list(kpis), trend=points, params=params, **asked.arguments()):
        found[row["kpi"]].append(row)
    return {kpi: _series(figures, kpi, rows) for kpi, rows in found.items() if rows}


def _series(figures: Figures, kpi: str, rows: list[dict[str, Any]]) -> Series:
    values, reasons = [row["value"] for row in rows], [row["reason"] for row in rows]
    table = NEEDS.get(kpi)
    if table is not None and not figures.books.holds(table):
        values, reasons = [None] * len(rows), [f"the books hold no {table.replace('_', '-')}"] * len(rows)
    return Series(
        kpi=kpi,
        title=name_of(kpi),
        unit=rows[0]["unit"],
        days=tuple(row["period_end"] for row in rows),
        values=tuple(values),
        reasons=tuple(reasons),
    )
