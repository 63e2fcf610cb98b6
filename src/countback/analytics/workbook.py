"""Answers as XLSX workbooks: real numbers and dates, text that stays text, as many sheets as the rows need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from countback.analytics.answer import Answer
from countback.analytics.export import batches, flat_names
from countback.core.money import decimals, is_currency

SHEET_ROWS = 1_048_576
"""Rows of one sheet at most, the header counted: what the format allows."""

CELL_CHARACTERS = 32_767
"""Characters of one cell at most."""

_MADE_AT = datetime(2000, 1, 1)  # noqa: DTZ001 the format knows no zone
"""Stands where the format wants the time of making, so that the same answer makes the same bytes."""

_PLACES = {"%": 2, "days": 2, "times": 2, "count": 0}
_WIDTHS = {"date": 12, "number": 18, "text": 16}


def write_workbook(
    answer: Answer, stream: Any, about: Mapping[str, str], *, sheet_rows: int = SHEET_ROWS
) -> None:
    """Write the answer to a binary stream: sheets `Rows`, `Rows 2` … of `sheet_rows` rows at most, and `About`.

    `about`: what was asked, in words. Numbers have the fifteen digits that the format holds.
    """
    from xlsxwriter import Workbook

    book = Workbook(stream, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": _MADE_AT, "author": "Countback"})
    writer = _Sheets(book, answer, sheet_rows)
    for values in _rows(answer):
        writer.add(values)
    writer.finish()
    _write_about(
        book, dict(about) | {"Rows": f"{len(answer):,} on {writer.count} sheet{'s' * (writer.count > 1)}"}
    )
    book.close()


def _rows(answer: Answer) -> Iterator[tuple[Any, ...]]:
    for part in batches(answer):
        yield from zip(*(column.to_pylist() for column in part.table.columns), strict=True)


class _Sheets:
    """Sheets with a header each, the next one begun when one is full."""

    def __init__(self, book: Any, answer: Answer, sheet_rows: int) -> None:
        self._book, self._most = book, sheet_rows
        self._header = flat_names(answer)
        self._kinds = [_kind(field.type) for field in answer.table.schema]
        names = answer.table.column_names
        self._unit = next((names.index(name) for name in ("unit", "currency") if name in names), None)
        self._counted = "unit" in names
        self._bold = book.add_format({"bold": True, "bottom": 1})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._formats: dict[int, Any] = {}
        self.count, self._row = 0, 0
        self._sheet: Any = None
        self._begin()

    def _begin(self) -> None:
        self.finish()
        self.count += 1
        self._sheet = sheet = self._book.add_worksheet("Rows" if self.count == 1 else f"Rows {self.count}")
        sheet.freeze_panes(1, 0)
        for place, (name, kind) in enumerate(zip(self._header, self._kinds, strict=True)):
            sheet.set_column(place, place, max(_WIDTHS[kind], len(name) + 3))
            sheet.write_string(0, place, name, self._bold)
        self._row = 1

    def add(self, values: tuple[Any, ...]) -> None:
        """One row, on the next sheet where this one is full."""
        if self._row >= self._most:
            self._begin()
        sheet = self._sheet
        for place, value in enumerate(values):
            if isinstance(value, Decimal):
                sheet.write_number(self._row, place, value, self._number(values))
            elif isinstance(value, date):
                sheet.write_datetime(self._row, place, value, self._day)
            elif value is not None:
                sheet.write_string(self._row, place, fitting(str(value)))
        self._row += 1

    def _number(self, values: tuple[Any, ...]) -> Any:
        unit = values[self._unit] if self._unit is not None else None
        places = (
            _PLACES[unit]
            if unit in _PLACES and self._counted
            else decimals(unit)
            if is_currency(unit or "")
            else 2
        )
        if places not in self._formats:
            form = "#,##0" + ("." + "0" * places if places else "")
            self._formats[places] = self._book.add_format({"num_format": form})
        return self._formats[places]

    def finish(self) -> None:
        """A filter over what the sheet holds."""
        if self._sheet is not None and self._row > 1:
            self._sheet.autofilter(0, 0, self._row - 1, len(self._header) - 1)


def _kind(kind: Any) -> str:
    import pyarrow as pa

    return "date" if pa.types.is_date(kind) else "number" if pa.types.is_decimal(kind) else "text"


def fitting(text: str) -> str:
    """Text that a cell can hold; what is too long says how much of it is missing."""
    if len(text) <= CELL_CHARACTERS:
        return text
    note = f" … (cut here: a cell holds {CELL_CHARACTERS:,} characters, this text has {len(text):,})"
    return text[: CELL_CHARACTERS - len(note)] + note


def _write_about(book: Any, about: Mapping[str, str]) -> None:
    sheet = book.add_worksheet("About")
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 60)
    bold = book.add_format({"bold": True})
    for row, (name, words) in enumerate(about.items()):
        sheet.write_string(row, 0, fitting(name), bold)
        sheet.write_string(row, 1, fitting(words))
