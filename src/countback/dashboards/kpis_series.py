"""Figures over time, for these pages: many in one question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from countback.analytics.answer import Answer
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
    question = _question("series", figures, asked, kpis, points)
    return remembered(
        figures, question, lambda: _read(figures, kpis, ask_points(figures, asked, kpis, points))
    )


def ask_points(figures: Figures, asked: Asked, kpis: Sequence[str], points: int = MONTHS) -> Answer:
    """The same as the engine gives it."""
    question = _question("points", figures, asked, kpis, points)

    def found() -> Answer:
        params = {f"{kpi}.{name}": value for kpi in kpis for name, value in asked.params}
        count = _count(figures, asked, points)
        return figures.kpis(list(kpis), trend=count, params=params, **asked.arguments())

    return remembered(figures, question, found)


def ask_last(figures: Figures, asked: Asked, kpis: Sequence[str], points: int) -> Answer:
    """Of these points the last one of each KPI, which is that of the asked day."""
    answer = ask_points(figures, asked, kpis, points)
    return replace(answer, table=answer.table.filter(pc.equal(answer.table["as_of"], pa.scalar(asked.as_of))))


def _question(
    kind: str, figures: Figures, asked: Asked, kpis: Sequence[str], points: int
) -> tuple[object, ...]:
    return (
        kind,
        tuple(kpis),
        _count(figures, asked, points),
        asked.as_of,
        asked.where,
        asked.currency,
        asked.every,
        asked.params,
    )


def _count(figures: Figures, asked: Asked, points: int) -> int:
    first = figures.books.first_entry_on()
    return 2 if first is None else max(2, min(points, _periods(asked, first)))


def _periods(asked: Asked, first: date) -> int:
    days = (asked.as_of - first).days
    lengths = {"day": 1, "week": 7, "quarter": 91}
    if asked.every in lengths:
        return days // lengths[asked.every] + 1
    return (asked.as_of.year - first.year) * 12 + asked.as_of.month - first.month + 1


def _read(figures: Figures, kpis: Sequence[str], points: Answer) -> dict[str, Series]:
    found: dict[str, list[dict[str, Any]]] = {kpi: [] for kpi in kpis}
    for row in points:
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
