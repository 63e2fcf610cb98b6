"""Writing books as Parquet: typed, sorted by customer, whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from countback.books import sql
from countback.books.load import Progress, load
from countback.books.loaded import SCHEMA, LoadedBooks, loaded_columns
from countback.books.manifest import DERIVED, Manifest, write_manifest
from countback.books.source import MANIFEST
from countback.books.tables import TABLES
from countback.core.problem import CountbackError

if TYPE_CHECKING:
    import datetime as dt

    from countback.books.reading import Reading

Derive = Callable[[LoadedBooks, Path], None]
"""Writes what is to be kept beside the books, as Parquet files, into the folder that it is given."""

ROW_GROUP = 61_440
"""Rows in a row group: small enough that one customer's rows are found without reading much else."""


class UnableToWriteBooks(CountbackError):
    """The converted books were not written; what was there before is there still."""


def convert(
    source: Path | str,
    to: Path | str,
    *,
    readings: Sequence[Reading] | None = None,
    profile: str | Path | None = None,
    today: dt.date | None = None,
    progress: Progress | None = None,
    derive: Derive | None = None,
) -> Path:
    """Checks books and writes them into the folder `to` as Parquet; returns it.

    `to`: a new or empty folder, or one of converted books, which is replaced in one step: whatever interrupts it
    leaves the old books or none. `derive`: called with the books and the folder for derived tables, written in the
    same step. The other parameters are those of `load`, as are the refusals. Raises UnableToWriteBooks.
    """
    target = Path(os.path.abspath(to))
    _refuse_strangers(target)
    books = load(source, readings=readings, profile=profile, today=today, progress=progress)
    partial = target.parent / f".{target.name}.partial-{os.getpid()}"
    try:
        _clear_leftovers(target)
        partial.mkdir(parents=True)
        write_converted(books, partial, derive)
        _put_in_place(partial, target)
    except (OSError, duckdb.IOException) as error:
        why = str(error).partition("\n")[0]
        raise UnableToWriteBooks(
            f"The books were not written to {target}", why, "make room, or name another folder"
        ) from error
    finally:
        books.connection.close()
        shutil.rmtree(partial, ignore_errors=True)
    return target


def _refuse_strangers(target: Path) -> None:
    """Only an empty folder or converted books are ever replaced."""
    if not target.exists():
        return
    if target.is_dir() and ((target / MANIFEST).is_file() or not any(target.iterdir())):
        return
    raise UnableToWriteBooks(
        f"The books were not written to {target}",
        "there is something else in it" if target.is_dir() else "it is a file",
        "name a folder that is new, empty, or holds converted books",
    )


def write_converted(
    books: LoadedBooks, folder: Path, derive: Derive | None = None, same: Mapping[str, Path] | None = None
) -> None:
    """Writes books that are known to be sound into an empty folder: tables, derived tables, manifest last. `same`:
    tables that were written before, with their files, which serve again."""
    for table in TABLES:
        file = folder / f"{table}.parquet"
        if same and table in same:
            os.link(same[table], file)
        else:
            _write_table(books, table, file)
    if derive is not None:
        (folder / DERIVED).mkdir()
        derive(books, folder / DERIVED)
    manifest = Manifest(
        books.rows, books.currencies, books.extra, books.has_recorded_at, tuple(books.warnings)
    )
    write_manifest(folder, manifest)


def _write_table(books: LoadedBooks, table: str, path: Path) -> None:
    columns = list(loaded_columns(table, books.extra))
    order = [
        name for name in ("customer_id", "invoice_id", *TABLES[table].key, "allocation_id") if name in columns
    ]
    listed = ", ".join(map(sql.name, dict.fromkeys(columns)))
    sorting = ", ".join(map(sql.name, dict.fromkeys(order)))
    books.connection.execute(
        f"""COPY (SELECT {listed} FROM {SCHEMA}.{table} ORDER BY {sorting}) TO {sql.text(str(path))}
        (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})"""
    )


def _put_in_place(partial: Path, target: Path) -> None:
    """Renames; an older folder steps aside first and goes once the new one stands."""
    aside = target.parent / f".{target.name}.replaced-{os.getpid()}"
    if target.exists():
        target.rename(aside)
    try:
        partial.rename(target)
    except OSError:
        if aside.exists():
            aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _clear_leftovers(target: Path) -> None:
    """What runs that were killed left behind."""
    for leftover in target.parent.glob(f".{target.name}.*-*"):
        kind, _, number = leftover.name.removeprefix(f".{target.name}.").partition("-")
        if kind in ("partial", "replaced") and number.isdigit() and not _runs(int(number)):
            shutil.rmtree(leftover, ignore_errors=True)


def _runs(number: int) -> bool:
    """Whether a program with that number runs now."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
