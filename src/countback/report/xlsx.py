"""The report as a workbook: real numbers with their formats, text that stays text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from countback.analytics.workbook import fitting
from countback.core.money import NO_CURRENCY, decimals
from countback.kpis.catalogue import find
from countback.report.content import SEGMENT_KPIS, Content
from countback.report.tables import ROLL_MONTHS
from countback.report.words import DASH, day_words, moment_words

Cell = str | int | Decimal | date | None

_NUMBERS = {
    "money0": "#,##0", "money2": "#,##0.00", "money3": "#,##0.000", "money4": "#,##0.0000",
    "number": "#,##0.00", "whole": "#,##0",
}  # fmt: skip
_MADE_AT = datetime(2000, 1, 1)  # noqa: DTZ001 the format knows no zone
"""Stands where the format wants the time of making, so that the same report makes the same bytes."""


class Sheet:
    """A sheet that is written row by row. Text is written as text, whatever it begins with, so that no cell becomes a
    formula; numbers stay numbers."""

    def __init__(self, book: Workbook, name: str, title: str, widths: Sequence[int]) -> None:
        self._sheet = book.file.add_worksheet(name)
        self._formats = book.formats
        self._row = 0
        for column, width in enumerate(widths):
            self._sheet.set_column(column, column, width)
        self._sheet.write_string(0, 0, fitting(title), self._formats["title"])
        self._row = 2

    def heading(self, *cells: str) -> None:
        """A row of column headings."""
        for column, cell in enumerate(cells):
            self._sheet.write_string(self._row, column, fitting(cell), self._formats["heading"])
        self._row += 1
        self._sheet.freeze_panes(self._row, 1)

    def row(self, *cells: Cell, form: str | Sequence[str] = "number") -> None:
        """A row of values; `form`, one or one a cell, is of its numbers: money0 to money4, number."""
        forms = [form] * len(cells) if isinstance(form, str) else form
        for column, (cell, own) in enumerate(zip(cells, forms, strict=True)):
            self._write(column, cell, own)
        self._row += 1

    def _write(self, column: int, cell: Cell, form: str) -> None:
        if cell is None:
            return
        if isinstance(cell, str):
            self._sheet.write_string(self._row, column, fitting(cell), self._formats["text"])
        elif isinstance(cell, date):
            self._sheet.write_datetime(self._row, column, cell, self._formats["date"])
        else:
            form = "whole" if isinstance(cell, int) else form
            self._sheet.write_number(self._row, column, cell, self._formats[form])


class Workbook:
    """The file, its formats, and what stands above every sheet."""

    def __init__(self, held: BytesIO, content: Content) -> None:
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.file: Any = xlsxwriter.Workbook(held, options)
        self.file.set_properties(
            {"title": f"Receivables of {content.name}", "author": "Countback", "created": _MADE_AT}
        )
        self.formats = {name: self.file.add_format({"num_format": form}) for name, form in _NUMBERS.items()}
        self.formats["title"] = self.file.add_format({"bold": True, "font_size": 14})
        heading = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
        self.formats["heading"] = self.file.add_format(heading)
        self.formats["text"] = self.file.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        self.formats["date"] = self.file.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._content = content

    def sheet(self, name: str, words: str, widths: Sequence[int]) -> Sheet:
        """A new sheet under a title that says of whom, when and in which currency."""
        content = self._content
        currency = "" if content.currency == NO_CURRENCY else f", {content.currency}"
        title = f"{words}: {content.name}, {day_words(content.as_of)}{currency}"
        return Sheet(self, name[:31], title, widths)

    def form(self, unit: str) -> str:
        """The number format of a unit; of a currency, with its decimals."""
        if unit in ("%", "days", "times", "count"):
            return "number"
        return f"money{decimals(unit)}"


def render(content: Content) -> bytes:
    """The workbook: headline, ageing, trends, why, customers, segments, roll rates, recovery."""
    held = BytesIO()
    book = Workbook(held, content)
    for write in (_headline, _aging, _trends, _why, _customers, _segments, _matrix, _recovery):
        write(book, content)
    book.file.close()
    return held.getvalue()


def _headline(book: Workbook, content: Content) -> None:
    sheet = book.sheet("Headline", "Receivables", (34, 16, 10, 16, 44, 60, 60))
    sheet.heading("figure", "value", "unit", "a month before", "target or benchmark", "formula", "source")
    for tile in (*content.headline, *content.second):
        unit = content.series[tile.kpi].unit
        value: Cell = tile.exact if tile.exact is not None else f"{DASH} {tile.reason}"
        aims = "; ".join(f"{aim.words} ({aim.source})" if aim.source else aim.words for aim in tile.aims)
        made = tile.specification
        cells = (tile.title, value, unit, tile.points[-2], aims, made["Formula"], made["Source"])
        sheet.row(*cells, form=book.form(unit))
    for name, amount in content.left_aside:
        sheet.row(f"left aside: open in {name}, no rate", amount, name, form=book.form(name))
    if content.known_at:
        sheet.row("as known at", moment_words(content.known_at))
    for name, text in content.filters:
        sheet.row(f"only {name}", text)
    for warning in content.warnings:
        sheet.row("warning when the books were read", None, None, None, warning)


def _aging(book: Workbook, content: Content) -> None:
    sheet = book.sheet("Ageing", "Ageing", (20, 18))
    sheet.heading("days past due", "amount")
    form = book.form(content.currency)
    for bucket, amount in content.aging:
        sheet.row(bucket, amount, form=form)
    total = sum((amount for _, amount in content.aging), Decimal(0))
    sheet.row("net receivables", total, form=form)


def _trends(book: Workbook, content: Content) -> None:
    lines = list(content.series.values())
    sheet = book.sheet("Trends", "Trends", (14, *(18 for _ in lines)))
    sheet.heading("as of", *(f"{line.title} ({line.unit})" for line in lines))
    forms = ["number", *(book.form(line.unit) for line in lines)]
    for place, day in enumerate(lines[0].days):
        sheet.row(day, *(line.values[place] for line in lines), form=forms)


def _why(book: Workbook, content: Content) -> None:
    sheet = book.sheet("Why DSO moved", f"Why DSO moved, by {content.why.by}", (44, 16))
    sheet.heading("step", "days")
    for step in content.why.steps:
        sheet.row(step.words, step.amount)
    if not content.why.steps:
        sheet.row(f"{DASH} {content.why.reason}")


def _customers(book: Workbook, content: Content) -> None:
    buckets = [bucket for bucket, _ in content.aging]
    shown = f"the {len(content.customers)} largest of {content.customers_overdue}"
    widths = (16, 36, *(16 for _ in range(3 + len(buckets))))
    sheet = book.sheet("Overdue customers", f"Overdue customers, {shown}", widths)
    sheet.heading("customer", "name", "overdue", "open", "oldest, days", *buckets)
    for line in content.customers:
        amounts = dict(line.aging)
        cells = [amounts.get(bucket, Decimal(0)) for bucket in buckets]
        known = (line.customer_id, line.name, line.overdue, line.open, line.oldest_days)
        sheet.row(*known, *cells, form=book.form(content.currency))


def _segments(book: Workbook, content: Content) -> None:
    if not content.segments:
        return
    words = f"By {content.segments_by}"
    sheet = book.sheet(words, words, (30, *(18 for _ in SEGMENT_KPIS)))
    sheet.heading(content.segments_by, *(find(kpi).title for kpi in SEGMENT_KPIS))
    units = [find(kpi).unit for kpi in SEGMENT_KPIS]
    forms = ["number", *(book.form(content.currency if unit == "money" else unit) for unit in units)]
    for part in content.segments:
        sheet.row(part.name, *(part.values.get(kpi) for kpi in SEGMENT_KPIS), form=forms)


def _matrix(book: Workbook, content: Content) -> None:
    widths = (16, *(12 for _ in content.rolls.ends))
    sheet = book.sheet("Roll rates", f"Roll rates, per cent, {ROLL_MONTHS} months pooled", widths)
    sheet.heading("from", *content.rolls.ends)
    for start in content.rolls.starts:
        sheet.row(start, *(content.rolls.cells.get((start, end)) for end in content.rolls.ends))


def _recovery(book: Workbook, content: Content) -> None:
    horizons = sorted({days for curve in content.curves for days, _ in curve.points})
    widths = (14, *(12 for _ in horizons))
    sheet = book.sheet("Recovery", "Recovery of overdue cohorts, per cent", widths)
    sheet.heading("month of entry", *(f"{days} days" for days in horizons))
    for curve in content.curves:
        points = dict(curve.points)
        sheet.row(curve.month, *(points.get(days) for days in horizons))
