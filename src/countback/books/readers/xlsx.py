"""XLSX: read row by row in bounded memory; dates and numbers are taken from typed cells, not from how they look."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

import pyarrow as pa

from countback.books import limits
from countback.books.findings import UnableToReadFile, refusal
from countback.books.readers import MARK, Staged
from countback.books.readers.header import HEADER_LINES, checked, is_header, missing_header
from countback.books.unzip import DAMAGE, member_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import duckdb

    from countback.books.reading import Layout
    from countback.core.problem import Problem

_BATCH = 20_000
_DAMAGE = (*DAMAGE, ParseError, KeyError, TypeError, AttributeError, IndexError)
"""What the library raises for workbooks that are cut off or altered: any part may be missing."""

_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")
_UNKEPT = re.compile(
    rb'<c (?![^>]*t="str")[^>]*><f(?:/>|[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>'
)
"""A formula without its result: written by a program that does not calculate."""


def sheet_names(path: Path) -> list[str]:
    """The sheets of a workbook; none where it cannot be opened, which reading it will tell."""
    try:
        workbook = _opened(path, path.name)
    except UnableToReadFile:
        return []
    try:
        return [str(name) for name in workbook.sheetnames]
    finally:
        workbook.close()


def first_rows(path: Path, file: str, layout: Layout, count: int) -> list[list[str]]:
    """The first rows of a sheet as text. Raises UnableToReadFile where the workbook cannot be read."""
    with _reading(path, file) as workbook:
        rows = islice(_worksheet(workbook, file, layout).iter_rows(values_only=True), count)
        return [["" if cell is None else str(cell) for cell in row] for row in rows]


def stage(connection: duckdb.DuckDBPyConnection, path: Path, file: str, layout: Layout, table: str) -> Staged:
    """One sheet as a table of text. Raises UnableToReadFile where the workbook or the sheet cannot be read."""
    with _reading(path, file) as workbook:
        place = file if layout.sheet is None else f"{file}, sheet {layout.sheet}"
        sheet = _Sheet(place, layout)
        source = _worksheet(workbook, file, layout)
        _refuse_unkept(path, source, place)
        for batch in sheet.batches(source):
            sheet.write(connection, table, batch)
    return sheet.finished(connection, table)


@contextmanager
def _reading(path: Path, file: str) -> Iterator[Any]:
    """The workbook for as long as it is read; whatever is found damaged on the way is told as that."""
    workbook = _opened(path, file)
    try:
        yield workbook
    except _DAMAGE as error:
        raise _damaged(file, error) from error
    finally:
        workbook.close()


@dataclass(slots=True)
class _Sheet:
    """A sheet while it is read. `lines`: the row of the sheet on which each row of the table stands."""

    file: str
    layout: Layout
    headers: tuple[str, ...] = ()
    lines: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    more: int = 0
    made: bool = False

    def batches(self, sheet: Any) -> Iterator[list[list[str | None]]]:
        """Rows below the header, as text; rows without any value are no rows."""
        batch: list[list[str | None]] = []
        for line, values in enumerate(sheet.iter_rows(values_only=True), 1):
            if line > limits.SHEET_ROWS:
                break
            if not self.headers:
                self._look_for_header(line, values)
                continue
            cells = self._cells(line, values)
            if any(cells):
                batch.append(cells)
                self.lines.append(line)
            if len(batch) >= _BATCH:
                yield batch
                batch = []
        yield batch

    def _look_for_header(self, line: int, values: Sequence[object]) -> None:
        texts = [_text(value).removeprefix(MARK) for value in values]
        while texts and not texts[-1].strip():
            texts.pop()
        if not texts or line <= self.layout.skip_lines:
            return
        if self.layout.header_with and not (line <= HEADER_LINES and is_header(texts, self.layout)):
            return
        self.headers = checked(self.file, texts, line, self.layout)

    def _cells(self, line: int, values: Sequence[object]) -> list[str | None]:
        width = len(self.headers)
        if any(value is not None and _text(value).strip() for value in values[width:]):
            what = f"has a value right of the last header, {self.headers[-1]}"
            self._add("ragged_row", line, None, what, "give that column a header, or clear the cell")
        for column, value in zip(self.headers, values, strict=False):
            if isinstance(value, str) and value in _ERRORS:
                self._add("cell_error", line, column, f"the cell shows {value}", "mend the formula")
        cells = [_text(value) or None for value in values[:width]]
        return cells + [None] * (width - len(cells))

    def _add(self, code: str, line: int, column: str | None, what: str, remedy: str) -> None:
        if len(self.problems) < limits.PROBLEMS_PER_FILE:
            self.problems.append(refusal(code, self.file, what, remedy, line, column))
        else:
            self.more += 1

    def write(self, connection: duckdb.DuckDBPyConnection, table: str, batch: list[list[str | None]]) -> None:
        """Appends a batch to the table of text."""
        if not self.headers:
            return
        columns = list(zip(*batch, strict=True)) or [()] * len(self.headers)
        names = [f"_c{n}" for n in range(len(self.headers))]
        rows = pa.table(
            {name: pa.array(cells, pa.string()) for name, cells in zip(names, columns, strict=True)}
        )
        connection.register("sheet_batch", rows)
        if self.made:
            connection.execute(f"INSERT INTO {table} SELECT * FROM sheet_batch")
        else:
            connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM sheet_batch")
        connection.unregister("sheet_batch")
        self.made = True

    def finished(self, connection: duckdb.DuckDBPyConnection, table: str) -> Staged:
        """The sheet as it is handed on; refused where it has no header or a cell that is none."""
        if not self.headers:
            raise missing_header(self.file, self.layout)
        if self.problems:
            connection.execute(f"DROP TABLE {table}")
            raise UnableToReadFile(*self.problems, more=self.more)
        lines = self.lines
        return Staged(
            self.file,
            table,
            self.headers,
            len(lines),
            lambda rows: {row: lines[row] for row in rows},
            typed=True,
        )


def _opened(path: Path, file: str) -> Any:
    """The workbook, once its zip is seen to be sound. What opens it is loaded with the first one."""
    import openpyxl

    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
        problems = [problem for member in members for problem in member_problems(file, member)]
        if problems or sum(member.file_size for member in members) > limits.UNZIPPED_BYTES:
            what = "unpacks to more than a workbook holds"
            raise UnableToReadFile(*(problems or [refusal("zip_bomb", file, what, "save it as CSV")]))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions that do not matter to values
            return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except _DAMAGE as error:
        raise _damaged(file, error) from error


def _damaged(file: str, error: Exception) -> UnableToReadFile:
    what = f"is no workbook that can be read ({type(error).__name__}: {error})"
    return UnableToReadFile(
        refusal("broken_xlsx", file, what, "open it, save it again as .xlsx, and unlock it")
    )


def _worksheet(workbook: Any, file: str, layout: Layout) -> Any:
    names = list(workbook.sheetnames)
    if layout.sheet is not None and layout.sheet not in names:
        what = f"has no sheet {layout.sheet!r}; it has {', '.join(names)}"
        raise UnableToReadFile(refusal("no_sheet", file, what, "name one of them"))
    sheet = workbook[layout.sheet] if layout.sheet is not None else workbook.worksheets[0]
    if not hasattr(sheet, "reset_dimensions"):
        what = f"the sheet {sheet.title!r} is a chart, not a table"
        raise UnableToReadFile(refusal("no_sheet", file, what, "name a sheet with rows"))
    sheet.reset_dimensions()  # what the file claims to measure may be a million empty columns
    return sheet


def _refuse_unkept(path: Path, sheet: Any, place: str) -> None:
    """Formulas whose results the file does not keep would be read as blanks."""
    part = str(sheet._worksheet_path).lstrip("/")
    with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
        tail = b""
        while block := stream.read(1 << 20):
            if b"<f" in block and _UNKEPT.search(tail + block):
                what = "holds formulas without their results, which a program wrote that does not calculate"
                remedy = "open it in a spreadsheet program and save it"
                raise UnableToReadFile(refusal("formula_without_value", place, what, remedy))
            tail = block[-4096:]


def _text(value: object) -> str:
    """A cell as text; typed ones with the mark, dates in ISO, numbers with a dot."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return MARK + _number(value)
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return MARK + (value.date().isoformat() if midnight else value.isoformat(" "))
    return MARK + (value.isoformat() if isinstance(value, dt.date) else str(value))


def _number(value: float) -> str:
    """A number in full, in the fifteen digits that a workbook keeps; never with an exponent."""
    if isinstance(value, int):
        return str(value)
    return format(Decimal(format(value, ".15g")), "f")
