"""Figures over time: all of them in one question, in the one currency of the report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from countback.kpis.catalogue import find
from countback.report.tiles import HEADLINE, SECOND, SHORT

if TYPE_CHECKING:
    from countback.analytics.opened import Books

MONTHS = 24
YEAR = 12
"""Months whose credit sales decide which of several currencies is the main one."""

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

NEEDS = {
    "promise_kept_rate": "promises",
    "promise_kept_amount_rate": "promises",
    "collection_cost": "costs",
    "cost_of_collection": "costs",
    "disputed_receivables": "disputes",
    "bad_debt_ratio": "write_offs",
}
"""Tables without which a figure would read as a good zero; it says instead that the books hold none."""


@dataclass(frozen=True, slots=True)
class Series:
    """A KPI over time: one value a period, oldest first, each with a reason where it has none."""

    kpi: str
    title: str
    unit: str
    days: tuple[date, ...]
    values: tuple[Decimal | None, ...]
    reasons: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Trends:
    """Series by KPI. `currency`: of every amount. `left_aside`: other currencies that no rate leads to it, with what is
    open in them; where there are any, `alone` filters every further question to the report's own."""

    series: Mapping[str, Series]
    currency: str
    left_aside: tuple[tuple[str, Decimal], ...] = ()
    alone: Mapping[str, str] | None = None


def ask_trends(books: Books, as_of: date, asked: Mapping[str, Any]) -> Trends:
    """Every series. Where the books hold several currencies and no rates between all of them, those of the currency in
    which most was sold over the last twelve months."""
    wanted = list(dict.fromkeys((*TRENDS, *HEADLINE, *SECOND)))
    months = _months(books, as_of)
    rows = books.kpis(wanted, as_of=as_of, trend=months, **asked).to_dicts()
    mixed = any("currency" in row["by"] for row in rows) or not {"open_receivables"} <= {
        row["kpi"] for row in rows
    }
    if not mixed:
        return Trends(_series(books, rows), _unit(rows))
    main, aside = _main_currency(books, rows)
    alone = {"currency": main}
    asked = {**asked, "where": {**asked["where"], **alone}}
    rows = books.kpis(wanted, as_of=as_of, trend=months, **asked).to_dicts()
    return Trends(_series(books, rows), main, aside, alone)


def _unit(rows: Iterable[Mapping[str, Any]]) -> str:
    return next(str(row["unit"]) for row in rows if row["kpi"] == "open_receivables")


def _main_currency(books: Books, rows: list[dict[str, Any]]) -> tuple[str, tuple[tuple[str, Decimal], ...]]:
    """The currency with the largest credit sales, and what the others hold open on the last day."""
    last = max((row["period_end"] for row in rows), default=None)
    days = sorted({row["period_end"] for row in rows})[-YEAR:]
    sold: dict[str, Decimal] = {}
    held: dict[str, Decimal] = {}
    for row in rows:
        currency = row["by"].get("currency")
        if currency and row["kpi"] == "credit_sales" and row["period_end"] in days:
            sold[currency] = sold.get(currency, Decimal(0)) + row["value"]
        if currency and row["kpi"] == "open_receivables" and row["period_end"] == last:
            held[currency] = row["value"]
    found = sorted(set(sold) | set(held)) or list(books.currencies)
    main = max(found, key=lambda name: (sold.get(name, Decimal(0)), held.get(name, Decimal(0)), name))
    aside = [(name, held.get(name, Decimal(0))) for name in found if name != main]
    return main, tuple(aside) if sold or held else ()


def _series(books: Books, rows: Iterable[dict[str, Any]]) -> dict[str, Series]:
    by_kpi: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_kpi.setdefault(row["kpi"], []).append(row)
    return {kpi: _one(books, kpi, found) for kpi, found in by_kpi.items()}


def _one(books: Books, kpi: str, rows: list[dict[str, Any]]) -> Series:
    values = [row["value"] for row in rows]
    reasons = [row["reason"] for row in rows]
    table = NEEDS.get(kpi)
    if table is not None and not books.holds(table):
        values, reasons = [None] * len(rows), [f"the books hold no {table.replace('_', '-')}"] * len(rows)
    return Series(
        kpi=kpi,
        title=SHORT.get(kpi, find(kpi).title),
        unit=rows[0]["unit"],
        days=tuple(row["period_end"] for row in rows),
        values=tuple(values),
        reasons=tuple(reasons),
    )


def _months(books: Books, as_of: date) -> int:
    """Months to draw: 24, or as many as the books have, but two at least so that a change can be told."""
    first = books.first_entry_on()
    if first is None or first > as_of:
        return 2
    return max(2, min(MONTHS, (as_of.year - first.year) * 12 + as_of.month - first.month + 1))
