"""What the report says: every figure asked once, laid out for whichever form is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from countback.core.problem import Misuse
from countback.report.customers import CustomerLine, top_overdue
from countback.report.reasons import Why, why_moved
from countback.report.series import Series, ask_trends
from countback.report.tables import Aging, Curve, RollRates, ask_tables
from countback.report.tiles import HEADLINE, SECOND, Tile, tile

if TYPE_CHECKING:
    from countback.analytics.opened import Books
    from countback.analytics.question import Where

SEGMENTS = ("segment", "region", "country", "entity", "type", "collector")
"""Dimensions by which overdue is broken down: the first that cuts these books into 2 to 12 parts."""

MOST_SEGMENTS = 12

SEGMENT_KPIS = ("open_receivables", "overdue_receivables", "overdue_share", "over_90_share", "dso")


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of the breakdown, with its figures by KPI."""

    name: str
    values: Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Content:
    """Everything on the report. Amounts are in `currency`; `left_aside`: other currencies that no rate converts, with
    their open amount; `customers_overdue`: how many customers owe anything that is overdue, shown or not."""

    name: str
    as_of: date
    known_at: datetime | None
    currency: str
    filters: tuple[tuple[str, str], ...]
    left_aside: tuple[tuple[str, Decimal], ...]
    headline: tuple[Tile, ...]
    second: tuple[Tile, ...]
    aging: Aging
    series: Mapping[str, Series]
    why: Why
    rolls: RollRates
    curves: tuple[Curve, ...]
    customers: tuple[CustomerLine, ...]
    customers_overdue: int
    segments: tuple[Segment, ...]
    segments_by: str
    warnings: tuple[str, ...] = ()


def gather(
    books: Books,
    *,
    as_of: date,
    known_at: datetime | None = None,
    currency: str | None = None,
    where: Where | None = None,
    targets: Mapping[str, Decimal] | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Content:
    """Ask the books everything that the report says. Raises Misuse for a target of a KPI without a tile."""
    tell = progress or (lambda _words, _done: None)
    aims = _checked(targets or {})
    filters = dict(where or {})
    asked: dict[str, Any] = {"known_at": known_at, "where": filters, "currency": currency}
    tell("trends of 24 months", 0.1)
    trends = ask_trends(books, as_of, asked)
    asked["where"] = filters | dict(trends.alone or {})
    tell("segments", 0.5)
    segments_by, segments = _segments(books, as_of, asked)
    tell("overdue customers", 0.6)
    customers, count = top_overdue(books, as_of, asked)
    tell("why it moved", 0.7)
    why = why_moved(books, trends.series["dso"], segments_by or "customer", asked)
    tell("ageing, roll rates and recovery", 0.8)
    aging, rolls, curves = ask_tables(books, as_of, asked)
    tell("laying it out", 0.9)
    return Content(
        name=books.name,
        as_of=as_of,
        known_at=known_at,
        currency=trends.currency,
        filters=_told(filters, trends.currency),
        left_aside=trends.left_aside,
        headline=tuple(tile(trends.series, kpi, aims) for kpi in HEADLINE),
        second=tuple(tile(trends.series, kpi, aims) for kpi in SECOND),
        aging=aging,
        series=trends.series,
        why=why,
        rolls=rolls,
        curves=curves,
        customers=customers,
        customers_overdue=count,
        segments=segments,
        segments_by=segments_by,
        warnings=tuple(str(problem) for problem in books.warnings),
    )


def _checked(targets: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    for kpi in targets:
        if kpi not in HEADLINE + SECOND:
            raise Misuse(
                f"the target of {kpi} was not drawn",
                "the report has no tile of it",
                f"set targets of {', '.join(HEADLINE + SECOND)}",
            )
    return targets


def _told(filters: Mapping[str, Any], currency: str) -> tuple[tuple[str, str], ...]:
    """Filters in words, but for the one that only says which currency the report is in."""
    told = [(name, _words(value)) for name, value in sorted(filters.items())]
    return tuple(one for one in told if one != ("currency", currency))


def _words(value: Any) -> str:
    if value is None or value == "":
        return "(blank)"
    return value if isinstance(value, str) else " or ".join(_words(one) for one in value)


def _segments(books: Books, as_of: date, asked: Mapping[str, Any]) -> tuple[str, tuple[Segment, ...]]:
    for dimension in SEGMENTS:
        rows = books.kpis(list(SEGMENT_KPIS), as_of=as_of, by=dimension, **asked).to_dicts()
        if 2 <= sum(row["kpi"] == "dso" for row in rows) <= MOST_SEGMENTS:
            return dimension, _parts(rows, dimension)
    return "", ()


def _parts(rows: list[dict[str, Any]], dimension: str) -> tuple[Segment, ...]:
    found: dict[str, dict[str, Decimal | None]] = {}
    for row in rows:
        found.setdefault(row["by"][dimension] or "(blank)", {})[row["kpi"]] = row["value"]
    parts = [Segment(name, values) for name, values in found.items()]
    return tuple(
        sorted(parts, key=lambda part: (-(part.values.get("overdue_receivables") or Decimal(0)), part.name))
    )
