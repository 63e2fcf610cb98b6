"""The overview as a table: every number that it shows, one a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from countback.analytics.answer import NUMBER, Answer
from countback.dashboards.at_risk import AtRisk
from countback.dashboards.overview import RISKS, SEGMENT_KPIS
from countback.kpis.catalogue import find
from countback.report.content import Content
from countback.report.tables import ROLL_MONTHS

Row = tuple[str, str, str, date, Decimal | None, str, str | None]
COLUMNS = ("section", "figure", "part", "as_of", "value", "unit", "reason")


def overview_table(content: Content, risk: tuple[str, Sequence[AtRisk]] = ("", ())) -> Answer:
    """Every number of the page. `part`: the bucket, segment, customer or cell; `reason`: why there is no value. `risk`:
    as `at_risk` gives it."""
    risky = risk_rows(risk[1][:RISKS], risk[0], content.as_of)
    return table_of_rows(
        [
            *_tiles(content),
            *_parts(content),
            *_customers(content),
            *risky,
            *_cells(content),
            *_months(content),
        ]
    )


def table_of_rows(rows: Sequence[Row]) -> Answer:
    """Rows as an answer, to be written to a file."""
    kinds = (pa.string(), pa.string(), pa.string(), pa.date32(), NUMBER, pa.string(), pa.string())
    columns: list[tuple[Any, ...]] = list(zip(*rows, strict=True)) or [() for _ in COLUMNS]
    return Answer(
        pa.table(
            {name: pa.array(column, kind) for name, kind, column in zip(COLUMNS, kinds, columns, strict=True)}
        )
    )


def risk_rows(risky: Sequence[AtRisk], bucket: str, as_of: date) -> Iterator[Row]:
    """Customers at risk; `reason`: why they are."""
    for one in risky:
        line = one.line
        name = f"{line.customer_id} {line.name}"
        yield "customers at risk", "Open", name, as_of, line.open, line.currency, one.why
        yield "customers at risk", f"Ageing {bucket}", name, as_of, one.oldest, line.currency, one.why
        used = None if line.used is None else round(line.used, 2)
        yield "customers at risk", "Limit used", name, as_of, used, "%", one.why


def _tiles(content: Content) -> Iterator[Row]:
    for tile in (*content.headline, *content.second):
        unit = content.series[tile.kpi].unit
        yield "tile", tile.title, "", content.as_of, tile.exact, unit, tile.reason


def _parts(content: Content) -> Iterator[Row]:
    for bucket, amount in content.aging:
        yield "ageing", find("aging").title, bucket, content.as_of, amount, content.currency, None
    for part in content.segments:
        for kpi in SEGMENT_KPIS:
            name = f"{content.segments_by} {part.name}"
            unit = find(kpi).unit
            shown = content.currency if unit == "money" else unit
            yield "segments", find(kpi).title, name, content.as_of, part.values.get(kpi), shown, None


def _customers(content: Content) -> Iterator[Row]:
    for line in content.customers:
        name = f"{line.customer_id} {line.name}"
        yield "overdue customers", "Overdue", name, content.as_of, line.overdue, content.currency, None
        yield "overdue customers", "Open", name, content.as_of, line.open, content.currency, None
        days = Decimal(line.oldest_days)
        yield "overdue customers", "Oldest", name, content.as_of, days, "days", None
        for bucket, amount in line.aging:
            yield "overdue customers", f"Ageing {bucket}", name, content.as_of, amount, content.currency, None


def _cells(content: Content) -> Iterator[Row]:
    for (start, end), value in content.rolls.cells.items():
        title = f"{find('roll_rates').title}, {ROLL_MONTHS} months"
        yield "roll rates", title, f"{start} to {end}", content.as_of, value, "%", None
    for curve in content.curves:
        for days, value in curve.points:
            part = f"{curve.month} in {days} days"
            yield "recovery", find("recovery_curve").title, part, content.as_of, value, "%", None
    for step in content.why.steps:
        yield "why DSO moved", f"by {content.why.by}", step.words, content.as_of, step.amount, "days", None


def _months(content: Content) -> Iterator[Row]:
    for line in content.series.values():
        for day, value, reason in zip(line.days, line.values, line.reasons, strict=True):
            yield "trend", line.title, "", day, value, line.unit, reason
