"""The whole ledger as a books folder: what was imported and what was recorded here, to take along or to import again.

Read from the mirror after it was refreshed, so the figures of the folder are those of the screens. As Parquet no value
is changed; as CSV text that a spreadsheet would take for a formula gets an apostrophe before it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Literal, get_args
from uuid import uuid4

from countback.analytics.opened import Books
from countback.books import sql
from countback.books.loaded import NO_CURRENCY, loaded_columns
from countback.books.tables import TABLES
from countback.core.problem import CountbackError

Form = Literal["parquet", "csv"]
FORMS: tuple[Form, ...] = get_args(Form)

_FORMULA, _NUMBER = sql.text(r"^[=+@\t\r-]"), sql.text(r"-\d+(\.\d+)?")
_HOW = {"parquet": "FORMAT parquet, COMPRESSION zstd", "csv": "FORMAT csv, HEADER"}


class UnableToExportBooks(CountbackError):
    """No books were written."""


def export_books(books: Books, folder: Path, form: Form = "parquet") -> dict[str, int]:
    """Writes every table that has rows into a folder that is new or empty; how many rows each has. The folder is there
    whole or not at all. Raises UnableToExportBooks."""
    refuse_what_is_there(folder)
    target = folder.resolve()
    beside = target.with_name(f".{target.name}.{uuid4().hex[:8]}.part")
    try:
        beside.mkdir()
        written = {name: rows for name in TABLES if (rows := _write(books, name, beside, form))}
        if target.exists():
            target.rmdir()
        beside.rename(target)
    except OSError as error:
        why, remedy = error.strerror or str(error), "name a place that may be written to and has room"
        raise UnableToExportBooks(_not_written(folder), why, remedy) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return written


def refuse_what_is_there(folder: Path) -> None:
    """Raises UnableToExportBooks where the folder holds anything, or cannot be: nothing is overwritten."""
    if not folder.resolve().parent.is_dir():
        why = f"the folder {folder.resolve().parent} is not there"
        raise UnableToExportBooks(_not_written(folder), why, "make it first, or name another")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        why = "it holds something" if folder.is_dir() else "it is a file"
        raise UnableToExportBooks(_not_written(folder), why, "name a new folder")


def _not_written(folder: Path) -> str:
    return f"No books were written to {folder}"


def _write(books: Books, name: str, folder: Path, form: Form) -> int:
    file = sql.text(str(folder / f"{name}.{form}"))
    with books.loaded.connection.cursor() as db:
        if not sql.number(db, f"SELECT count(*) FROM books.{name}"):
            return 0
        return sql.number(db, f"COPY ({_rows(books, name, form)}) TO {file} ({_HOW[form]})")


def _rows(books: Books, name: str, form: Form) -> str:
    """The rows of a table in the columns of the format, with those that the books have beside; what follows from other
    columns is left out."""
    kinds = loaded_columns(name, books.loaded.extra)
    columns = [*TABLES[name].names, *books.loaded.extra.get(name, ())]
    listed = ", ".join(f"{_value(column, kinds[column], form)} AS {sql.name(column)}" for column in columns)
    return f"SELECT {listed} FROM books.{name} ORDER BY {_order(TABLES[name].key or columns)}"


def _order(columns: Iterable[str]) -> str:
    return ", ".join(map(sql.name, columns))


def _value(column: str, kind: str, form: Form) -> str:
    own = sql.name(column)
    if column == "currency":
        own = f"nullif({own}, {sql.text(NO_CURRENCY)})"
    if form == "csv" and kind == "VARCHAR":
        formula = f"regexp_matches({own}, {_FORMULA}) AND NOT regexp_full_match({own}, {_NUMBER})"
        return f"CASE WHEN {formula} THEN chr(39) || {own} ELSE {own} END"
    return own
