"""The overview for paper: what is seen, in the order of the page."""

from __future__ import annotations

from collections.abc import Iterator

from countback.dashboards.overview import Overview
from countback.dashboards.paper import (
    Bar,
    Block,
    bars_block,
    cells_of,
    chart_block,
    figure_block,
    table_block,
    words_block,
)
from countback.dashboards.words import behind
from countback.report.words import day_words

LAST = ("cei", "overdue", "cash", "cost", "rolls", "curves", "promises", "disputes")
"""Charts below the tables."""

OLDEST = "Oldest, days"


def blocks_of(shown: Overview) -> list[Block]:
    """The page, block by block."""
    return [*_head(shown), *_tables(shown), *_charts(shown, LAST), *_foot(shown)]


def _head(shown: Overview) -> Iterator[Block]:
    yield from (figure_block(one) for one in shown.headline)
    bar = Bar(
        shown.content.currency,
        tuple((bucket.line.shade, bucket.line.part * 100) for bucket in shown.buckets),
        tuple(
            (bucket.line.shade, bucket.line.name, bucket.line.full, bucket.line.share)
            for bucket in shown.buckets
        ),
    )
    yield bars_block("Ageing", f"open {shown.owed} by days past due, {day_words(shown.content.as_of)}", [bar])
    yield from _charts(shown, ("dso", "why"))


def _tables(shown: Overview) -> Iterator[Block]:
    content = shown.content
    yield from (figure_block(one) for one in shown.second)
    if shown.customers:
        sub = (
            f"{len(shown.customers)} of {content.customers_overdue}, largest first{behind(content.currency)}"
        )
        lines = [cells_of(line) for line in shown.customers]
        yield table_block("Overdue customers", sub, ("Customer", "Overdue", "Open", OLDEST), lines)
    else:
        yield words_block("Overdue customers", "No customer owes anything that is overdue.")
    if shown.risky:
        risk_headings = ("Customer", "Open", f"{shown.risk_bucket} days".capitalize(), "Limit used, %", "Why")
        sub = f"{len(shown.risky)} of {shown.risks}, by what is at risk"
        yield table_block("Customers at risk", sub, risk_headings, [cells_of(line) for line in shown.risky])
    if shown.segments:
        headings = (content.segments_by.capitalize(), *shown.segment_headings)
        lines = [cells_of(line) for line in shown.segments]
        yield table_block(f"Overdue by {content.segments_by}", "largest overdue first", headings, lines)


def _charts(shown: Overview, names: tuple[str, ...]) -> Iterator[Block]:
    for name in names:
        if name in shown.charts:
            drawn = shown.charts[name]
            yield chart_block(drawn, 2 if drawn.width == "half" else 4)


def _foot(shown: Overview) -> Iterator[Block]:
    if shown.missing:
        yield words_block("Not drawn", f"{shown.missing}.")
