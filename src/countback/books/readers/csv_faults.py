"""Where a CSV is broken, line by line, and on which lines its rows begin: only for files that need a second look."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from countback.books import limits
from countback.books.findings import UnableToReadFile, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from countback.core.problem import Problem

_LATER_ENCODINGS = ("cp1252", "cp1250", "latin-1")


@dataclass(frozen=True, slots=True)
class Body:
    """The rows of a file. `header_lines`: physical lines before them. `offset`: bytes before them in `path`.

    `skip`: lines that the database has to pass over. `columns`: how many cells each row has.
    """

    path: Path
    file: str
    delimiter: str
    header_lines: int
    offset: int
    skip: int
    columns: int


def faults(body: Body) -> tuple[UnableToReadFile | None, int]:
    """Every row that does not have the form of the header, None where all have; and how many rows there are."""
    problems: list[Problem] = []
    rows = more = 0
    for line, cells, error in _records(body):
        fault = error or _shape(body, line, cells)
        if fault and len(problems) < limits.PROBLEMS_PER_FILE:
            problems.append(fault)
        elif fault:
            more += 1
        rows += 1
    return (UnableToReadFile(*problems, more=more) if problems else None), rows


def line_starts(body: Body, rows: Sequence[int]) -> dict[int, int]:
    """The physical line on which each of these rows begins."""
    wanted = set(rows)
    found: dict[int, int] = {}
    for row, (line, _, _) in enumerate(_records(body)):
        if row in wanted:
            found[row] = line
            if len(found) == len(wanted):
                break
    return found


def _records(body: Body) -> Iterator[tuple[int, list[str], Problem | None]]:
    """Rows as (physical line, cells, fault); blank lines are no rows, save in a file of one column."""
    csv.field_size_limit(limits.LINE_BYTES)
    with body.path.open("rb") as raw:
        raw.seek(body.offset)
        lines = (line.decode("utf-8", "surrogateescape") for line in raw)
        reader = csv.reader(lines, delimiter=body.delimiter, strict=True)
        while True:
            line = body.header_lines + reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield line, [], _broken(body, line, error)
                continue
            if cells or body.columns == 1:
                yield line, cells, None


def _too_long(body: Body, line: int) -> Problem:
    what = f"the row that begins here has more than {limits.LINE_BYTES:,} bytes"
    return refusal("row_too_long", body.file, what, "look for a double quote that is not closed", line)


def _shape(body: Body, line: int, cells: list[str]) -> Problem | None:
    if sum(map(len, cells)) + len(cells) > limits.LINE_BYTES:
        return _too_long(body, line)
    if body.columns > 1 and len(cells) != body.columns:
        what = f"has {len(cells)} cells where the header has {body.columns}"
        remedy = "put a cell that holds the delimiter or a line break in double quotes, and write every cell"
        return refusal("ragged_row", body.file, what, remedy, line)
    odd = next((cell for cell in cells if _undecoded(cell)), None)
    return _encoding(body, line, odd) if odd is not None else None


def _undecoded(cell: str) -> bool:
    """Whether bytes of the cell were not UTF-8."""
    return not cell.isascii() and any("\udc80" <= mark <= "\udcff" for mark in cell)


def _encoding(body: Body, line: int, cell: str) -> Problem:
    raw = cell.encode("utf-8", "surrogateescape")
    for encoding in _LATER_ENCODINGS:
        try:
            reads = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        what = f"is not UTF-8; as {encoding} it would read {reads[:60]!r}"
        remedy = f'save the file as UTF-8, or read it with a profile that says encoding = "{encoding}"'
        return refusal("wrong_encoding", body.file, what, remedy, line)
    raise AssertionError("latin-1 reads every byte")


def _broken(body: Body, line: int, error: csv.Error) -> Problem:
    words = str(error)
    if "field larger" in words:
        return _too_long(body, line)
    if "unexpected end" in words:
        what = "a double quote opens here and is never closed"
        return refusal(
            "open_quote", body.file, what, "close it, or export the file again: it may be cut off", line
        )
    what = f"a double quote stands where none may ({words})"
    return refusal("stray_quote", body.file, what, "write a double quote inside a quoted cell twice", line)
