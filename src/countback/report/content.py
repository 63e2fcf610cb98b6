"""What the report says: every figure asked once, laid out for whichever form is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from countback.core.money import NO_CURRENCY
from countback.kpis.catalogue import find
from countback.report.customers import CustomerLine, top_overdue
from countback.report.reasons import Step, why_moved
from countback.report.tables import Curve, RollRates, recovery_curves, roll_rates
from countback.report.tiles import HEADLINE, SECOND, SHORT, Tile, tile

if TYPE_CHECKING:
    from countback.analytics.opened import Books
    from countback.analytics.question import Where

MONTHS = 24

TRENDS = (
    "open_receivables",
    "overdue_receivables",
    "overdue_share",
    "dso",
    "dso_countback",
    "best_possible_dso",
    "collection_effectiveness_index",
    "credit_sales",
    "cash_applied",
    "promise_kept_rate",
    "promise_kept_amount_rate",
    "disputed_receivables",
    "collection_cost",
    "cost_of_collection",
)
"""KPIs that are drawn over time; tiles draw theirs too."""

SEGMENTS = ("segment", "region", "country", "entity", "type", "collector")
"""Dimensions by which overdue is broken down: the first that cuts these books into 2 to 12 parts."""

SEGMENT_KPIS = ("open_receivables", "overdue_receivables", "overdue_share", "over_90_share", "dso")


NEEDS = {"promise_kept_rate": "promises", "cost_of_collection": "costs", "bad_debt_ratio": "write_offs"}
"""Tables without which a figure would read as a good zero; the tile says that the books hold none."""


@dataclass(frozen=True, slots=True)
class Series:
    """A KPI over time: one value a period, oldest first."""

    kpi: str
    title: str
    unit: str
    days: tuple[date, ...]
    values: tuple[Decimal | None, ...]
    reasons: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of the breakdown, with its figures by KPI."""

    name: str
    values: Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Content:
    """Everything on the report. Amounts are in `currency`; `left_aside`: other currencies that no rate converts, with their
    open amount; `units`: of each KPI."""

    name: str
    as_of: date
    known_at: datetime | None
    currency: str
    filters: tuple[tuple[str, str], ...]
    left_aside: tuple[tuple[str, Decimal], ...]
    headline: tuple[Tile, ...]
    second: tuple[Tile, ...]
    ageing: tuple[tuple[str, Decimal], ...]
    series: Mapping[str, Series]
    steps: tuple[Step, ...]
    steps_by: str
    rolls: RollRates
    curves: tuple[Curve, ...]
    customers: tuple[CustomerLine, ...]
    customers_overdue: int
    segments: tuple[Segment, ...]
    segments_by: str
    warnings: tuple[str, ...] = field(default=())


def gather(
    books: Books,
    *,
    as_of: date,
    known_at: datetime | None,
    currency: str | None,
    where: Where | None,
    targets: Mapping[str, Decimal],
    progress: Callable[[str, float], None] | None,
) -> Content:
    """Ask the books everything that the report says."""
    tell = progress or (lambda _words, _done: None)
    filters = dict(where or {})
    aside: tuple[tuple[str, Decimal], ...] = ()
    reporting = _reporting(books, as_of, known_at, currency, filters)
    if reporting is None:
        reporting, aside = _main_currency(books, as_of, known_at, filters)
        filters["currency"] = reporting
    asked: dict[str, Any] = {"known_at": known_at, "where": filters, "currency": currency}
    tell("trends of 24 months", 0.1)
    series = _series(books, as_of, asked)
    missing = {kpi: table for kpi, table in NEEDS.items() if not books.holds(table)}
    tell("ageing and segments", 0.5)
    segments_by, segments = _segments(books, as_of, asked)
    tell("overdue customers", 0.6)
    customers, count = top_overdue(books, as_of, asked)
    tell("why it moved", 0.7)
    steps = why_moved(books, series["dso"], segments_by or "customer", asked)
    tell("roll rates and recovery", 0.8)
    return Content(
        name=books.name,
        as_of=as_of,
        known_at=known_at,
        currency=reporting,
        filters=tuple((name, _words(value)) for name, value in filters.items() if name != "currency"),
        left_aside=aside,
        headline=tuple(tile(series, kpi, targets, missing.get(kpi)) for kpi in HEADLINE),
        second=tuple(tile(series, kpi, targets, missing.get(kpi)) for kpi in SECOND),
        ageing=_ageing(books, as_of, asked),
        series=series,
        steps=steps,
        steps_by=segments_by or "customer",
        rolls=roll_rates(books, as_of, asked),
        curves=recovery_curves(books, as_of, asked),
        customers=customers,
        customers_overdue=count,
        segments=segments,
        segments_by=segments_by,
        warnings=tuple(str(problem) for problem in books.warnings),
    )


def _words(value: Any) -> str:
    if value is None or value == "":
        return "(blank)"
    return value if isinstance(value, str) else " or ".join(map(str, value))


def _reporting(
    books: Books, as_of: date, known_at: datetime | None, currency: str | None, where: Mapping[str, Any]
) -> str | None:
    """The one currency of the report; None where several are left and no rate leads to one."""
    figures = books.kpis("open_receivables", as_of=as_of, known_at=known_at, where=where, currency=currency).to_dicts()
    if len(figures) == 1 and "currency" not in figures[0]["by"]:
        return str(figures[0]["unit"])
    found = [row["by"]["currency"] for row in figures]
    return found[0] if len(found) == 1 else (NO_CURRENCY if not found else None)


def _main_currency(
    books: Books, as_of: date, known_at: datetime | None, where: Mapping[str, Any]
) -> tuple[str, tuple[tuple[str, Decimal], ...]]:
    """The currency with the largest credit sales of the year to the date, and what the others hold open."""
    kpis = {"receivables_turnover": "numerator", "open_receivables": "value"}
    rows = books.kpis(list(kpis), as_of=as_of, known_at=known_at, where=where, by="currency").to_dicts()
    sales = {row["by"]["currency"]: row["numerator"] for row in rows if row["kpi"] == "receivables_turnover"}
    held = {row["by"]["currency"]: row["value"] for row in rows if row["kpi"] == "open_receivables"}
    main = max(sales, key=lambda name: (sales[name], name))
    return main, tuple((name, held.get(name) or Decimal(0)) for name in sorted(set(sales) | set(held)) if name != main)


def _series(books: Books, as_of: date, asked: Mapping[str, Any]) -> dict[str, Series]:
    wanted = list(dict.fromkeys((*TRENDS, *HEADLINE, *SECOND)))
    by_kpi: dict[str, list[dict[str, Any]]] = {}
    for row in books.kpis(wanted, as_of=as_of, trend=_months(books, as_of), **asked):
        by_kpi.setdefault(row["kpi"], []).append(row)
    return {kpi: _one_series(kpi, rows) for kpi, rows in by_kpi.items()}


def _months(books: Books, as_of: date) -> int:
    """Months to draw: 24, or as many as the books have, but two at least so that a change can be told."""
    first = books.first_entry_on()
    if first is None or first > as_of:
        return 2
    return max(2, min(MONTHS, (as_of.year - first.year) * 12 + as_of.month - first.month + 1))


def _one_series(kpi: str, rows: list[dict[str, Any]]) -> Series:
    return Series(
        kpi=kpi,
        title=SHORT.get(kpi, find(kpi).title),
        unit=rows[0]["unit"],
        days=tuple(row["period_end"] for row in rows),
        values=tuple(row["value"] for row in rows),
        reasons=tuple(row["reason"] for row in rows),
    )


def _ageing(books: Books, as_of: date, asked: Mapping[str, Any]) -> tuple[tuple[str, Decimal], ...]:
    rows = books.kpis("aging", as_of=as_of, **asked).to_dicts()
    return tuple((row["by"]["bucket"], row["value"]) for row in rows)


def _segments(books: Books, as_of: date, asked: Mapping[str, Any]) -> tuple[str, tuple[Segment, ...]]:
    for dimension in SEGMENTS:
        rows = books.kpis(list(SEGMENT_KPIS), as_of=as_of, by=dimension, **asked).to_dicts()
        found: dict[str, dict[str, Decimal | None]] = {}
        for row in rows:
            found.setdefault(row["by"][dimension] or "(blank)", {})[row["kpi"]] = row["value"]
        if 2 <= len(found) <= 12:
            parts = [Segment(name, values) for name, values in found.items()]
            order = sorted(parts, key=lambda part: -(part.values.get("overdue_receivables") or Decimal(0)))
            return dimension, tuple(order)
    return "", ()
