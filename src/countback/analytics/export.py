"""Answers as files: CSV, JSON and XLSX, whole or not at all, nothing cut without saying so.

Text that a spreadsheet would take for a formula is made harmless; numbers stay numbers, negative ones too.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args
from uuid import uuid4

from countback.analytics.answer import Answer
from countback.core.money import plain
from countback.core.problem import CountbackError, Misuse

Form = Literal["csv", "json", "xlsx"]
FORMS: tuple[Form, ...] = get_args(Form)

BATCH = 10_000
"""Rows that are turned into Python values at a time."""

_NEEDS_QUOTES = re.compile(r'[,"\r\n]')
_FORMULA = re.compile(r"[=+\-@\t\r]")
_NUMBER = re.compile(r"-\d+(\.\d+)?")


class UnableToExport(CountbackError):
    """An answer could not be written to a file."""


def form_of(path: Path) -> Form:
    """The form that the ending of a file's name asks for. Raises Misuse for another ending."""
    ending = path.suffix.lower().removeprefix(".")
    for form in FORMS:
        if ending == form:
            return form
    raise Misuse(
        f"{path} was not written",
        f"its ending {path.suffix!r} names no form of export",
        "end it in .csv, .json or .xlsx",
    )


def export(
    answer: Answer, path: Path, form: Form | None = None, about: Mapping[str, str] | None = None
) -> None:
    """Write an answer to a file, by its ending or as `form`. The file is replaced whole, or left as it was.

    `about`: what was asked, in words; a workbook has it on a sheet of its own. Raises UnableToExport.
    """
    form = form or form_of(path)
    if form == "xlsx":
        from countback.analytics.workbook import write_workbook

        replace_file(path, lambda stream: write_workbook(answer, stream, about or {}))
        return
    chunks = csv_chunks(answer) if form == "csv" else json_chunks(answer)
    replace_file(path, lambda stream: stream.writelines(chunks))


def replace_file(path: Path, write: Callable[[Any], None]) -> None:
    """Have `write` fill a binary file beside `path`, then put it in its place. A device or pipe is written straight.

    Raises UnableToExport, and leaves what was there as it was, where that fails.
    """
    target = path.resolve()
    if target.is_dir():
        raise UnableToExport(f"{path} was not written", "it is a folder", "name a file in it")
    beside = target if _is_device(target) else target.with_name(f".{target.name}.{uuid4().hex[:8]}.part")
    try:
        with beside.open("wb") as stream:
            write(stream)
        if beside != target:
            beside.replace(target)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UnableToExport(
            f"{path} was not written", reason, "choose a place that exists, may be written to and has room"
        ) from error
    finally:
        if beside != target:
            beside.unlink(missing_ok=True)


def _is_device(path: Path) -> bool:
    return path.exists() and not path.is_file()


def flat_names(answer: Answer) -> list[str]:
    """Column names for people: dimensions plainly (`region`, not `by_region`), unless another column has that name."""
    names: list[str] = answer.table.column_names
    plainly = [name.removeprefix("by_") for name in names]
    return [short if plainly.count(short) == 1 else name for name, short in zip(names, plainly, strict=True)]


def batches(answer: Answer) -> Iterator[Answer]:
    """The answer in parts of so many rows, in order."""
    for start in range(0, len(answer), BATCH):
        yield replace(answer, table=answer.table.slice(start, BATCH))


def json_chunks(answer: Answer) -> Iterator[bytes]:
    """The answer as one JSON list of objects, dimensions under `by`, numbers as decimal strings."""
    opening = "[\n"
    for part in batches(answer):
        for row in part.to_json_ready():
            yield (opening + json.dumps(_nested(row), ensure_ascii=False)).encode()
            opening = ",\n"
    yield b"[]\n" if opening == "[\n" else b"\n]\n"


def _nested(row: dict[str, Any]) -> dict[str, Any]:
    """Columns `by_<name>` as one object `by`, in the place of the first."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name.startswith("by_") and "by" not in row:
            found.setdefault("by", {})[name.removeprefix("by_")] = value
        else:
            found[name] = value
    return found


def csv_chunks(answer: Answer) -> Iterator[bytes]:
    """The answer as CSV in UTF-8, a header first; dimensions are columns, blanks are empty."""
    yield _lines([map(harmless, flat_names(answer))])
    for part in batches(answer):
        columns = [[_cell(value) for value in column.to_pylist()] for column in part.table.columns]
        yield _lines(zip(*columns, strict=True))


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    return "".join(",".join(map(_quoted, row)) + "\n" for row in rows).encode()


def _quoted(cell: str) -> str:
    """The csv module leaves a lone return unquoted, and readers then see two rows."""
    return '"' + cell.replace('"', '""') + '"' if _NEEDS_QUOTES.search(cell) else cell


def _cell(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else harmless(str(value))


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before `=`, `+`, `-`, `@`, tab and return.

    >>> [harmless(text) for text in ("=1+1", "-110.7", "-a", "A-1")]
    ["'=1+1", '-110.7', "'-a", 'A-1']
    """
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def may_be_written(path: Path) -> None:
    """Raise UnableToExport before the work is done where the file certainly cannot be written."""
    folder = path.resolve().parent
    if not folder.is_dir():
        raise UnableToExport(
            f"{path} was not written", f"the folder {folder} is not there", "make it, or name another"
        )
    if path.is_dir():
        raise UnableToExport(f"{path} was not written", "it is a folder", "name a file in it")
    if not os.access(folder, os.W_OK):
        raise UnableToExport(
            f"{path} was not written", f"nothing may be written to the folder {folder}", "name another place"
        )
