"""The report as a workbook: real numbers with their formats, text that stays text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from countback.core.money import NO_CURRENCY, decimals
from countback.report.content import SEGMENT_KPIS, Content
from countback.report.words import day_words

Cell = str | int | Decimal | date | None


class Sheet:
    """A sheet that is written row by row. Text is written as text, whatever it begins with, so that no cell becomes a
    formula; numbers stay numbers."""

    def __init__(self, book: Any, name: str, title: str, widths: Sequence[int]) -> None:
        self._sheet = book.add_worksheet(name)
        self._formats = _formats(book)
        self._row = 0
        for column, width in enumerate(widths):
            self._sheet.set_column(column, column, width)
        self._sheet.write_string(0, 0, title, self._formats["title"])
        self._row = 2

    def heading(self, *cells: str) -> None:
        """A row of column headings."""
        for column, cell in enumerate(cells):
            self._sheet.write_string(self._row, column, cell, self._formats["heading"])
        self._row += 1
        self._sheet.freeze_panes(self._row, 1)

    def row(self, *cells: Cell, form: str = "number") -> None:
        """A row of values; `form` is of its numbers: money0, money2, money3, number, days."""
        for column, cell in enumerate(cells):
            self._write(column, cell, form)
        self._row += 1

    def blank(self) -> None:
        """An empty row."""
        self._row += 1

    def _write(self, column: int, cell: Cell, form: str) -> None:
        if cell is None:
            return
        if isinstance(cell, str):
            self._sheet.write_string(self._row, column, cell, self._formats["text"])
        elif isinstance(cell, date):
            self._sheet.write_datetime(self._row, column, cell, self._formats["date"])
        else:
            self._sheet.write_number(self._row, column, cell, self._formats["whole" if isinstance(cell, int) else form])


def _formats(book: Any) -> dict[str, Any]:
    forms = {"money0": "#,##0", "money2": "#,##0.00", "money3": "#,##0.000", "number": "#,##0.00", "whole": "#,##0"}
    made = {name: book.add_format({"num_format": form}) for name, form in forms.items()}
    made["title"] = book.add_format({"bold": True, "font_size": 14})
    made["heading"] = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    made["text"] = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
    made["date"] = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    return made


def render(content: Content) -> bytes:
    """The workbook: headline, ageing, trends, why, customers, segments, roll rates, recovery."""
    held = BytesIO()
    book = xlsxwriter.Workbook(held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": f"Receivables of {content.name}", "author": "Countback"})
    _headline(book, content)
    _ageing(book, content)
    _trends(book, content)
    _why(book, content)
    _customers(book, content)
    _segments(book, content)
    _matrix(book, content)
    _recovery(book, content)
    book.close()
    return held.getvalue()


def _money(content: Content) -> str:
    return f"money{decimals(content.currency)}"


def _form(content: Content, unit: str) -> str:
    return "number" if unit in ("%", "days", "times", "count") else _money(content)


def _title(content: Content, words: str) -> str:
    currency = "" if content.currency == NO_CURRENCY else f", {content.currency}"
    return f"{words}: {content.name}, {day_words(content.as_of)}{currency}"


def _headline(book: Any, content: Content) -> None:
    sheet = Sheet(book, "Headline", _title(content, "Receivables"), (34, 16, 10, 16, 44, 60, 60))
    sheet.heading("figure", "value", "unit", "a month before", "target or benchmark", "formula", "source")
    for tile in (*content.headline, *content.second):
        unit = content.series[tile.kpi].unit
        form = _form(content, unit)
        before = tile.points[-2]
        value: Cell = tile.exact if tile.exact is not None else f"— {tile.reason}"
        sheet.row(tile.title, value, unit, before, "; ".join(tile.aims), tile.formula, tile.source, form=form)
    for name, amount in content.left_aside:
        sheet.row(f"left aside: open in {name}, no rate", amount, name, form=f"money{decimals(name)}")
    for name, text in content.filters:
        sheet.row(f"only {name}", text)


def _ageing(book: Any, content: Content) -> None:
    sheet = Sheet(book, "Ageing", _title(content, "Ageing"), (20, 18))
    sheet.heading("days past due", "amount")
    for bucket, amount in content.ageing:
        sheet.row(bucket, amount, form=_money(content))
    total = sum((amount for _, amount in content.ageing), Decimal(0))
    sheet.row("net receivables", total, form=_money(content))


def _trends(book: Any, content: Content) -> None:
    lines = list(content.series.values())
    sheet = Sheet(book, "Trends", _title(content, "Trends"), (14, *(18 for _ in lines)))
    sheet.heading("as of", *(f"{line.title} ({line.unit})" for line in lines))
    for place, day in enumerate(lines[0].days):
        sheet.row(day, *(line.values[place] for line in lines))


def _why(book: Any, content: Content) -> None:
    sheet = Sheet(book, "Why DSO moved", _title(content, "Why DSO moved"), (44, 16))
    sheet.heading("step", "days")
    for step in content.steps:
        sheet.row(step.words, step.amount)


def _customers(book: Any, content: Content) -> None:
    buckets = [bucket for bucket, _ in content.ageing]
    sheet = Sheet(book, "Overdue customers", _title(content, "Overdue customers"), (16, 36, *(16 for _ in range(9))))
    sheet.heading("customer", "name", "overdue", "open", "oldest, days", *buckets)
    for line in content.customers:
        amounts = dict(line.ageing)
        cells = [amounts.get(bucket, Decimal(0)) for bucket in buckets]
        sheet.row(line.customer_id, line.name, line.overdue, line.open, line.oldest_days, *cells, form=_money(content))


def _segments(book: Any, content: Content) -> None:
    if not content.segments:
        return
    sheet = Sheet(book, f"By {content.segments_by}"[:31], _title(content, f"By {content.segments_by}"), (30, *(18 for _ in SEGMENT_KPIS)))
    sheet.heading(content.segments_by, *SEGMENT_KPIS)
    for part in content.segments:
        sheet.row(part.name, *(part.values.get(kpi) for kpi in SEGMENT_KPIS))


def _matrix(book: Any, content: Content) -> None:
    sheet = Sheet(book, "Roll rates", _title(content, "Roll rates, per cent, 12 months"), (16, *(12 for _ in content.rolls.ends)))
    sheet.heading("from", *content.rolls.ends)
    for start in content.rolls.starts:
        sheet.row(start, *(content.rolls.cells.get((start, end)) for end in content.rolls.ends))


def _recovery(book: Any, content: Content) -> None:
    horizons = sorted({days for curve in content.curves for days, _ in curve.points})
    sheet = Sheet(book, "Recovery", _title(content, "Recovery of overdue cohorts, per cent"), (14, *(12 for _ in horizons)))
    sheet.heading("month of entry", *(f"{days} days" for days in horizons))
    for curve in content.curves:
        points = dict(curve.points)
        sheet.row(curve.month, *_at(points, horizons))


def _at(points: dict[int, Decimal], horizons: Iterable[int]) -> list[Decimal | None]:
    return [points.get(days) for days in horizons]
