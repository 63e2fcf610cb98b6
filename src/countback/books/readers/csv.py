"""CSV: read by the database with a stated dialect, never a guessed one, and counted again against the bytes."""

from __future__ import annotations

import codecs
import csv
import io
import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import duckdb

from countback.books import limits, sql
from countback.books.findings import UnableToReadFile, refusal, warning
from countback.books.readers import SPACES, Staged, globless
from countback.books.readers.csv_faults import Body, faults, line_starts
from countback.books.readers.csv_survey import Survey, survey
from countback.books.readers.header import HEADER_LINES, checked, is_header, missing_header

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from countback.books.reading import Layout
    from countback.core.problem import Problem

_BOMS = {codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32", codecs.BOM_UTF16_LE: "utf-16",
         codecs.BOM_UTF16_BE: "utf-16"}  # fmt: skip


def prepare(path: Path, file: str, layout: Layout, workspace: Path) -> Prepared:
    """The file made fit for the database: UTF-8, one kind of line end, header found, bytes counted."""
    if path.stat().st_size == 0:
        raise missing_header(file, layout)
    path = _as_utf8(path, file, layout, workspace)
    found = survey(path, layout.delimiter)
    if found.nuls:
        raise _nul_bytes(file, found)
    if not found.one_line_end:
        path = _one_newline(path, workspace)
        found = survey(path, layout.delimiter)
    head = _head(path, file, layout)
    if layout.header_with:
        path = _padded(path, head, layout.delimiter, workspace)
        found = survey(path, layout.delimiter)
    body = Body(path, file, layout.delimiter, head.lines, head.size, head.lines, len(head.headers))
    if head.lines > 1 and b'"' in head.text:
        body = replace(body, path=_body_alone(path, head, workspace), offset=0, skip=0)
    delimiters = found.delimiters - head.text.count(layout.delimiter.encode())
    quoted = found.quotes > head.text.count(b'"')
    return Prepared(head.headers, body, found, _lines_below(found, head), delimiters, quoted)


def stage(connection: duckdb.DuckDBPyConnection, prepared: Prepared, table: str) -> Staged:
    """The file as a table of text. Raises UnableToReadFile with every problem that keeps it from being read."""
    rows = _load(connection, prepared, table)
    blanks = SPACES
    if not prepared.found.odd_blanks:
        blanks = " " if prepared.found.outer_spaces else ""
    return prepared.staged(table, rows, blanks)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that the database can read. `lines`, `delimiters`: how many there are below the header; `quoted`: whether
    double quotes are among them."""

    headers: tuple[str, ...]
    body: Body
    found: Survey
    lines: int
    delimiters: int
    quoted: bool

    def staged(self, table: str, rows: int, blanks: str) -> Staged:
        """The file as it is handed on."""
        lines = _Lines(self.body, exact=rows == self.lines)
        odd = _unended(self.body.file, self.found)
        return Staged(self.body.file, table, self.headers, rows, lines, blanks=blanks, warnings=odd)

    def relation(self, *, parallel: bool = True) -> str:
        """The rows as the database reads them, every cell as text."""
        body = self.body
        columns = ", ".join(f"'_c{n}': 'VARCHAR'" for n in range(body.columns))
        return f"""read_csv({sql.text(globless(body.path))}, auto_detect = false, header = false, skip = {body.skip},
        columns = {{{columns}}}, delim = {sql.text(body.delimiter)}, quote = '"', escape = '"', strict_mode = true,
        max_line_size = {limits.LINE_BYTES}, parallel = {parallel})"""


@dataclass(frozen=True, slots=True)
class _Head:
    """The header and what stands before it. `lines`, `size`: physical lines and bytes up to the first row."""

    headers: tuple[str, ...]
    lines: int
    size: int
    text: bytes


@dataclass(slots=True)
class _Lines:
    """Physical lines of rows; the file is gone through only where a row is not simply a line."""

    body: Body
    exact: bool

    def __call__(self, rows: Sequence[int]) -> dict[int, int]:
        if self.exact or not rows:
            return {row: self.body.header_lines + row + 1 for row in rows}
        return line_starts(self.body, rows)


def _as_utf8(path: Path, file: str, layout: Layout, workspace: Path) -> Path:
    """The file itself where it is UTF-8, else a copy in UTF-8."""
    with path.open("rb") as stream:
        start = stream.read(4)
    encoding = layout.encoding
    if encoding is None or codecs.lookup(encoding).name in ("utf-8", "utf-8-sig", "ascii"):
        other = next((name for bom, name in _BOMS.items() if start.startswith(bom)), None)
        if other is None:
            return path
        what = f"is written in {other.upper()}, UTF-8 was expected"
        raise UnableToReadFile(
            refusal(
                "wrong_encoding", file, what, f'save it as UTF-8, or say encoding = "{other}" in a profile'
            )
        )
    copy = workspace / f"utf8-{len(list(workspace.iterdir()))}.csv"
    try:
        with (
            path.open(encoding=encoding, newline="") as source,
            copy.open("w", encoding="utf-8", newline="") as out,
        ):
            while block := source.read(1 << 20):
                out.write(block)
    except (UnicodeError, LookupError) as error:
        what = f"cannot be read as {encoding}: {error}"
        raise UnableToReadFile(
            refusal("wrong_encoding", file, what, "state the encoding in which it was saved")
        ) from error
    return copy


def _one_newline(path: Path, workspace: Path) -> Path:
    """A copy in which every kind of line end is a newline: the database wants one kind throughout."""
    copy = workspace / f"lines-{len(list(workspace.iterdir()))}.csv"
    with path.open("rb") as source, copy.open("wb") as out:
        held = b""
        while block := source.read(1 << 20):
            block = held + block
            held = b"\r" if block.endswith(b"\r") else b""
            block = block[: len(block) - len(held)]
            out.write(block.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
        out.write(b"\n" if held else b"")
    return copy


def _padded(path: Path, head: _Head, delimiter: str, workspace: Path) -> Path:
    """A copy of a report in which short lines (titles, groups, a time stamp at the end) have the cells they lack."""
    copy = workspace / f"padded-{len(list(workspace.iterdir()))}.csv"
    with path.open("rb") as source, copy.open("wb") as out:
        out.write(source.read(head.size))
        inside = False
        for line in source:
            began_inside, inside = inside, inside ^ (line.count(b'"') % 2 == 1)
            if began_inside or inside:
                out.write(line)
                continue
            text = line.rstrip(b"\n")
            cells = next(csv.reader([text.decode("utf-8", "replace")], delimiter=delimiter), [])
            out.write(text + delimiter.encode() * (len(head.headers) - max(len(cells), 1)) + b"\n")
    return copy


def _unended(file: str, found: Survey) -> tuple[Problem, ...]:
    """A file that ends within a line may have been cut off there, in the middle of a value."""
    if found.ends_with_newline:
        return ()
    remedy = "nothing, if its last row is whole; else export it again: it was cut off"
    return (warning("unended", file, "does not end with a line end", remedy),)


def _nul_bytes(file: str, found: Survey) -> UnableToReadFile:
    what = f"holds {found.nuls:,} NUL byte{'s' if found.nuls > 1 else ''}, which no text has"
    remedy = "export it again: it is damaged, or written in UTF-16"
    return UnableToReadFile(refusal("nul_bytes", file, what, remedy, found.first_nul_line))


def _head(path: Path, file: str, layout: Layout) -> _Head:
    with path.open("rb") as stream:
        start = stream.read(limits.HEADER_BYTES)
    begin = len(codecs.BOM_UTF8) if start.startswith(codecs.BOM_UTF8) else 0
    lines = io.StringIO(start[begin:].decode("utf-8", "replace"), newline="\n").readlines()
    for cells, end in _records(lines, layout):
        if any(cell.strip() for cell in cells):
            size = begin + _size_of(start[begin:], end)
            return _Head(checked(file, cells, end, layout), end, size, start[:size])
    raise missing_header(file, layout)


def _records(lines: list[str], layout: Layout) -> Iterator[tuple[list[str], int]]:
    """Records that may be the header, with the physical line on which they end."""
    skipped = layout.skip_lines
    if layout.header_with:
        tries = range(min(HEADER_LINES, len(lines)))
        skipped = next((n for n in tries if is_header(_first(lines[n:], layout)[0], layout)), len(lines))
    rest = lines[skipped:]
    done = 0
    while rest[done:]:
        cells, taken = _first(rest[done:], layout)
        done += max(taken, 1)
        yield cells, skipped + done


def _first(lines: list[str], layout: Layout) -> tuple[list[str], int]:
    """The first record of these lines and how many of them it takes."""
    reader = csv.reader(lines, delimiter=layout.delimiter)
    try:
        return next(reader, []), reader.line_num
    except csv.Error:
        return [], 1


def _size_of(start: bytes, lines: int) -> int:
    """Bytes of that many physical lines."""
    position = 0
    for _ in range(lines):
        newline = start.find(b"\n", position)
        if newline < 0:
            return len(start)
        position = newline + 1
    return position


def _lines_below(found: Survey, head: _Head) -> int:
    """Physical lines below the header."""
    below = found.newlines - head.text.count(b"\n")
    return below + (0 if found.ends_with_newline or found.size == head.size else 1)


def _load(connection: duckdb.DuckDBPyConnection, prepared: Prepared, table: str) -> int:
    """Fills the table and returns its number of rows; refused where they are not exactly those of the file."""
    body = prepared.body
    try:
        rows = _read(connection, prepared, table, parallel=True)
    except duckdb.Error as error:
        raise _not_read(body, error) from error
    inside = _delimiters_inside(connection, body, table) if prepared.quoted else 0
    between = rows * (body.columns - 1)
    if rows == prepared.lines and prepared.delimiters == between + inside:
        return rows
    refused, counted = faults(body)
    if refused:
        raise refused
    if counted != rows:
        rows = _read(connection, prepared, table, parallel=False)
    if counted != rows or prepared.delimiters != rows * (body.columns - 1) + inside:
        raise UnableToReadFile(_uncertain(body))
    return rows


def _read(connection: duckdb.DuckDBPyConnection, prepared: Prepared, table: str, *, parallel: bool) -> int:
    relation = prepared.relation(parallel=parallel)
    connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM {relation}")
    return sql.number(connection, f"SELECT count(*) FROM {table}")


def _delimiters_inside(connection: duckdb.DuckDBPyConnection, body: Body, table: str) -> int:
    """Delimiters that are part of a quoted cell."""
    mark = sql.text(body.delimiter)
    counts = (
        f"coalesce(sum(length(_c{n}) - length(replace(_c{n}, {mark}, ''))), 0)" for n in range(body.columns)
    )
    return sql.number(connection, f"SELECT {' + '.join(counts)} FROM {table}")


def _not_read(body: Body, error: duckdb.Error) -> UnableToReadFile:
    """What keeps the database from reading the file, told line by line."""
    refused, _ = faults(body)
    return refused or UnableToReadFile(_uncertain(body, str(error).partition("\n")[0]))


def _uncertain(body: Body, why: str = "") -> Problem:
    what = "its rows cannot be told apart with certainty" + (f" ({why})" if why else "")
    remedy = (
        "write it with one delimiter, one kind of line end, and double quotes around cells that hold either"
    )
    return refusal("unreadable", body.file, what, remedy)


def _body_alone(path: Path, head: _Head, workspace: Path) -> Path:
    """A copy without the header, which the database would count differently where it is quoted over lines."""
    copy = workspace / f"body-{len(list(workspace.iterdir()))}.csv"
    with path.open("rb") as source, copy.open("wb") as out:
        source.seek(head.size)
        shutil.copyfileobj(source, out)
    return copy
