"""What the overview says: the report's content, each number with the way to its rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from countback.core.aging import UNAPPLIED
from countback.dashboards.asked import Asked
from countback.dashboards.at_risk import AtRisk, cells_of, page_of
from countback.dashboards.charts import Drawn
from countback.dashboards.links import Cell, customer_page, kpi_page, rows_page
from countback.report.charts import charts
from countback.report.content import Content
from countback.report.customers import CustomerLine
from countback.report.drawn import aging_bar, sparkline
from countback.report.lines import SEGMENT_HEADINGS, BucketLine, bucket_lines
from countback.report.series import Series
from countback.report.tables import ROLL_MONTHS
from countback.report.tiles import Tile
from countback.report.titles import chart_titles, chart_words, undrawn_words
from countback.report.words import full_money, money, tick_words, value_words

RISKS = 10
"""Customers at risk that the page lists."""

SEGMENT_KPIS = ("open_receivables", "overdue_receivables", "overdue_share", "over_90_share", "dso")
"""Columns of the breakdown, in the order of SEGMENT_HEADINGS."""

TREND_CHARTS = {
    "dso": "dso",
    "cei": "collection_effectiveness_index",
    "overdue": "overdue_share",
    "promises": "promise_kept_rate",
    "disputes": "disputed_receivables",
    "cost": "collection_cost",
}
"""Charts by month -> the figure that a month of theirs leads to."""

PAIRS = (
    ("dso", "why"),
    ("cei", "overdue"),
    ("cash", "cost"),
    ("rolls", "curves"),
    ("promises", "disputes"),
)
"""Charts that stand side by side where both are drawn; one alone has the whole width."""


@dataclass(frozen=True, slots=True)
class ShownTile:
    """A tile, its sparkline drawn, with the way to its page and its rows."""

    tile: Tile
    spark: Markup
    page: str
    rows: str


@dataclass(frozen=True, slots=True)
class ShownBucket:
    """A bucket, with the way to its rows; `exact`: its amount."""

    line: BucketLine
    exact: Decimal
    rows: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a table: a name that may lead on, and its numbers."""

    name: str
    page: str
    cells: tuple[Cell, ...]
    bar: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """The page in its order. `missing`: what could not be drawn, and why. `risky`: customers at risk, of `risks`;
    `risk_bucket`: what is long overdue."""

    content: Content
    headline: tuple[ShownTile, ...]
    second: tuple[ShownTile, ...]
    buckets: tuple[ShownBucket, ...]
    aging: Markup
    owed: str
    charts: Mapping[str, Drawn]
    segment_headings: tuple[str, ...]
    segments: tuple[Line, ...]
    customers: tuple[Line, ...]
    missing: str
    risky: tuple[Line, ...] = ()
    risk_bucket: str = ""
    risks: int = 0


def overview_of(content: Content, asked: Asked, risk: tuple[str, Sequence[AtRisk]] = ("", ())) -> Overview:
    """The page of a content asked so. `risk`: as `at_risk` gives it."""
    bucket, risky = risk
    drawn = charts(content)
    owed = sum((amount for name, amount in content.aging if name != UNAPPLIED), Decimal(0))
    return Overview(
        content=content,
        headline=tuple(shown_tile(tile, asked) for tile in content.headline),
        second=tuple(shown_tile(tile, asked) for tile in content.second),
        buckets=_buckets(content, asked),
        aging=aging_bar(content.aging, 22),
        owed=money(owed, content.currency),
        charts={name: _chart(content, asked, name, spec, drawn) for name, spec in drawn.items()},
        segment_headings=SEGMENT_HEADINGS,
        segments=_segments(content, asked),
        customers=tuple(_customer(line, content, asked) for line in content.customers),
        missing=undrawn_words(content, drawn),
        risky=tuple(risk_line(one, bucket, asked) for one in risky[:RISKS]),
        risk_bucket=bucket,
        risks=len(risky),
    )


def risk_line(one: AtRisk, bucket: str, asked: Asked) -> Line:
    """A customer at risk."""
    return Line(one.line.name, page_of(one, asked), cells_of(one, bucket, asked), note=one.why)


def shown_tile(tile: Tile, asked: Asked) -> ShownTile:
    """A tile with where it leads."""
    rows = rows_page(tile.kpi, asked) if tile.exact is not None else ""
    return ShownTile(tile, sparkline(tile.points, tile.aim), kpi_page(tile.kpi, asked), rows)


def _buckets(content: Content, asked: Asked) -> tuple[ShownBucket, ...]:
    return tuple(
        ShownBucket(line, amount, rows_page("aging", asked, {"bucket": name}))
        for line, (name, amount) in zip(bucket_lines(content), content.aging, strict=True)
    )


def _segments(content: Content, asked: Asked) -> tuple[Line, ...]:
    by = content.segments_by
    lines = []
    for part in content.segments:
        within = {by: None if part.name == "(blank)" else part.name}
        cells = [_cell(kpi, part.values.get(kpi), content.currency, asked, within) for kpi in SEGMENT_KPIS]
        lines.append(Line(part.name, asked.here(**within), tuple(cells)))
    return tuple(lines)


def _cell(
    kpi: str, value: Decimal | None, currency: str, asked: Asked, within: Mapping[str, str | None]
) -> Cell:
    money_kpi = kpi in ("open_receivables", "overdue_receivables")
    unit = currency if money_kpi else "days" if kpi == "dso" else "%"
    words = full_money(value, currency) if value is not None and money_kpi else value_words(value, unit)[0]
    return Cell(words, value, rows_page(kpi, asked, within) if value is not None else "")


def _customer(line: CustomerLine, content: Content, asked: Asked) -> Line:
    within = {"customer": line.customer_id}
    cells = (
        Cell(
            full_money(line.overdue, content.currency),
            line.overdue,
            rows_page("overdue_receivables", asked, within),
        ),
        Cell(
            full_money(line.open, content.currency), line.open, rows_page("open_receivables", asked, within)
        ),
    )
    return Line(
        line.name, customer_page(line.customer_id, asked), cells, aging_bar(line.aging), str(line.oldest_days)
    )


def _chart(
    content: Content, asked: Asked, name: str, spec: dict[str, object], drawn: Collection[str]
) -> Drawn:
    title, sub = chart_titles(content)[name]
    keys, links = _leads(content, asked, name)
    return Drawn(
        name=name,
        title=title,
        sub=sub,
        spec=spec,
        spoken=chart_words(content, name),
        href=_page(content, asked, name),
        keys=keys,
        links=links,
        width="half" if any(name in pair and set(pair) <= set(drawn) for pair in PAIRS) else "whole",
    )


def _page(content: Content, asked: Asked, name: str) -> str:
    if name == "why":
        start, end = content.series["dso"].days[-2:]
        return kpi_page("dso", asked, by=content.why.by, start=start, end=end) + "#explain"
    kpis = TREND_CHARTS | {"rolls": "roll_rates", "curves": "recovery_curve", "cash": "cash_applied"}
    return kpi_page(kpis[name], asked)


def _leads(content: Content, asked: Asked, name: str) -> tuple[tuple[str, ...], dict[str, str]]:
    """Where the parts of a chart lead: to the rows of the month, or of the cell, that was clicked."""
    if name in TREND_CHARTS:
        return ("tick",), month_links(content.series[TREND_CHARTS[name]], asked)
    if name == "cash":
        lines = (content.series["cash_applied"], content.series["credit_sales"])
        links = {
            f"{tick}|{line.title}": href for line in lines for tick, href in month_links(line, asked).items()
        }
        return ("tick", "what"), links
    if name == "rolls":
        pooled = (("months", str(ROLL_MONTHS)),)
        cells = {
            f"{start}|{end}": rows_page("roll_rates", asked, {"from": start, "to": end}, params=pooled)
            for (start, end), value in content.rolls.cells.items()
            if value is not None
        }
        return ("from", "to"), cells
    if name == "curves":
        curves = {
            f"{curve.month}|{days}": rows_page(
                "recovery_curve", asked, {"month": curve.month, "horizon": str(days)}
            )
            for curve in content.curves
            for days, _ in curve.points
        }
        return ("month", "days"), curves
    return (), {}


def month_links(line: Series, asked: Asked, **more: Any) -> dict[str, str]:
    """The rows of each month of a series, by the month's name on the axis."""
    return {
        tick_words(day): rows_page(line.kpi, asked, as_of=day, **more)
        for day, value in zip(line.days, line.values, strict=True)
        if value is not None
    }
