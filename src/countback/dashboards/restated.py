"""What changed in a past month since it was reported: its figures then and now, and each entry that made the change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from countback.analytics.answer import Answer
from countback.core.money import is_currency
from countback.core.period import month_end
from countback.core.problem import Misuse
from countback.dashboards.asked import Asked
from countback.dashboards.kpis_series import name_of
from countback.dashboards.links import Cell, kpi_page, rows_page
from countback.dashboards.remembered import remembered
from countback.dashboards.words import written
from countback.kpis.catalogue import find
from countback.ledger import figures as ledger_figures
from countback.ledger import restated
from countback.ledger.figures import Figures
from countback.ledger.models import Import
from countback.report.tiles import HEADLINE, SECOND
from countback.report.words import change_words

KPIS = (*HEADLINE, *SECOND, "credit_sales", "cash_applied")
"""Figures that are compared."""

OPEN = "open_receivables"
CLOSING_DAYS = 5
"""Days after a month's end at which it is taken as reported where the books were there before the first import, and say
themselves when each of their rows was recorded."""

MONTHS = 24
MOST_MOMENTS = 12
"""Imports that are offered as moments of reporting, the earliest after the month's end."""

WORDS = {"added": "added", "removed": "ended"}
BOTH = "corrected"
"""What is said of an entry whose document has others that were ended and added."""

_SAME = ("customer_id", "item_id", "kind", "source_id", "row_id")


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure then and now. `tone`: whether the change is good."""

    title: str
    page: str
    unit: str
    then: Cell
    now: Cell
    change: str
    direction: int
    tone: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The open receivables in one currency: what they were, what they are, and what the listed entries add."""

    currency: str
    then: Cell
    now: Cell
    change: Decimal
    listed: Decimal

    @property
    def agrees(self) -> bool:
        """Whether the entries are the change, to the cent."""
        return self.change == self.listed


@dataclass(frozen=True, slots=True)
class Restated:
    """The page. `entries`: as `ledger.restated` gives them, each with its `word`."""

    figures: tuple[Compared, ...]
    receivables: tuple[Closed, ...]
    entries: Answer


def month_of(asked: Asked, given: bool, today: date) -> date:
    """The day asked, or the last month's end before today where none was. Raises Misuse for one that is not over."""
    if not given:
        return min(month_end(asked.as_of), today.replace(day=1) - timedelta(days=1))
    if asked.as_of >= today:
        why = f"{asked.as_of} is not over, so nothing was reported of it"
        raise Misuse("the restatement was not shown", why, "choose a day before today")
    return asked.as_of


def month_ends(asked: Asked, first: date | None) -> list[date]:
    """Month ends to choose from, the newest first, back to the first entry."""
    found, day = [], asked.as_of.replace(day=1) + timedelta(days=62)
    for _ in range(MONTHS + 2):
        day = day.replace(day=1) - timedelta(days=1)
        if first is None or day >= first:
            found.append(day)
    return found


def moments_after(day: date, zone: tzinfo) -> list[Import]:
    """Imports after a day, the earliest first: each a moment at which it may have been reported."""
    return list(Import.of_books.filter(at__gt=_end_of(day, zone)).order_by("at", "id")[:MOST_MOMENTS])


def usual_moment(day: date, figures: Figures, moments: Sequence[Import], zone: tzinfo) -> datetime | None:
    """When a day is taken as reported, unasked: after the first import that follows it. Of days before the very first
    import there was no report from here: the books' own recording times say what was known then. None where nothing
    says so."""
    if moments and Import.of_books.filter(at__lt=moments[0].at).exists():
        return moments[0].at
    closed_at = _end_of(day, zone) + timedelta(days=CLOSING_DAYS)
    if figures.books.loaded.has_recorded_at and closed_at < figures.known_through:
        return closed_at
    return moments[0].at if moments else None


def _end_of(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time.max, zone)


def restatement(figures: Figures, asked: Asked, reported_at: datetime) -> Restated:
    """The page of a day, compared once until the books move."""
    question = ("restated", reported_at, asked.as_of, asked.known_at, asked.where, asked.currency)
    return remembered(figures, question, lambda: _compared(figures, asked, reported_at))


def _compared(figures: Figures, asked: Asked, reported_at: datetime) -> Restated:
    then = ledger_figures.opened(figures.scope, known_at=reported_at)
    sides = replace(asked, known_at=reported_at, own=()), replace(asked, own=())
    found = restated.changes(
        figures.scope,
        month_end=asked.as_of,
        reported_at=reported_at,
        now=asked.known_at,
        where=dict(asked.where),
    )
    values = [_values(*side) for side in zip((then, figures), sides, strict=True)]
    return Restated(
        figures=tuple(_figure(kpi, values[0].get(kpi), values[1].get(kpi), *sides) for kpi in KPIS),
        receivables=tuple(_receivables((then, figures), sides, found.sums)),
        entries=Answer(_worded(found.entries.table)),
    )


def _values(figures: Figures, asked: Asked) -> dict[str, dict[str, Any]]:
    rows = figures.kpis(list(KPIS), **asked.arguments(every="month")).to_dicts()
    return {row["kpi"]: row for row in rows}


def _figure(
    kpi: str, then: Mapping[str, Any] | None, now: Mapping[str, Any] | None, before: Asked, after: Asked
) -> Compared:
    unit = (now or then or {}).get("unit", find(kpi).unit)
    values = [row["value"] if row else None for row in (then, now)]
    change, direction = change_words(values[0], values[1], unit)
    better = find(kpi).better
    good = (direction > 0) == (better == "higher")
    return Compared(
        title=name_of(kpi),
        page=kpi_page(kpi, after),
        unit="" if unit == "count" else unit,
        then=_cell(kpi, then, before, unit),
        now=_cell(kpi, now, after, unit),
        change=change,
        direction=direction,
        tone="" if not direction or better is None else "good" if good else "bad",
    )


def _cell(kpi: str, row: Mapping[str, Any] | None, asked: Asked, unit: str) -> Cell:
    value = row["value"] if row else None
    href = rows_page(kpi, asked) if value is not None else ""
    return Cell(written(value, unit), value, href, (row["reason"] if row else "") or "")


def _receivables(
    sides: tuple[Figures, Figures], asked: tuple[Asked, Asked], sums: Mapping[str, Decimal]
) -> list[Closed]:
    """A line for each currency in which anything is or was open, or changed: never converted, so that rates, which
    change too, are no part of it."""
    chosen = asked[1].chosen("currency")
    every = {*sums, *sides[0].currencies, *sides[1].currencies}
    lines = []
    for currency in sorted(code for code in every if not chosen or code in chosen):
        cells = [_open(*side, currency) for side in zip(sides, asked, strict=True)]
        then, now = (cell.exact or Decimal(0) for cell in cells)
        listed = sums.get(currency, Decimal(0))
        if then or now or listed:
            lines.append(Closed(currency, cells[0], cells[1], now - then, listed))
    return lines


def _open(figures: Figures, asked: Asked, currency: str) -> Cell:
    # Held to one currency and asked in it there is nothing to convert.
    alone = replace(asked.within(currency=currency), currency=currency if is_currency(currency) else None)
    rows = figures.kpis(OPEN, **alone.arguments(every="month")).to_dicts()
    value = rows[0]["value"] if rows else Decimal(0)
    return Cell(written(value, currency), value, rows_page(OPEN, alone))


def _worded(table: pa.Table) -> pa.Table:
    """With a column `word`: a document of which one entry ended and another was added was corrected."""
    kinds = table.group_by(list(_SAME)).aggregate([("change", "count_distinct")])
    both = {
        tuple(row[name] for name in _SAME)
        for row in kinds.filter(pc.equal(kinds["change_count_distinct"], 2)).to_pylist()
    }
    columns = zip(*(table[name].to_pylist() for name in (*_SAME, "change")), strict=True)
    words = [BOTH if tuple(row[:-1]) in both else WORDS[row[-1]] for row in columns]
    return table.append_column("word", pa.array(words, pa.string()))
