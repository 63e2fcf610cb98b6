"""Refreshing the mirror: what is new in the ledger becomes parts, and the parts a generation of books."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import duckdb

from countback.books import sql
from countback.books.convert import write_converted
from countback.books.load import own_connection
from countback.books.loaded import LoadedBooks, loaded_columns
from countback.books.tables import TABLES
from countback.ledger.mirror import erasing, folders
from countback.ledger.mirror.deriving import Before, bounds_of, derive, outgrown, queries_of
from countback.ledger.mirror.reading import ENDED, PARQUET, Read, kinds, read_new
from countback.ledger.mirror.standing import lay_out, parts_of, read_from
from countback.ledger.mirror.state import State, write_state
from countback.ledger.mirror.touched import touched_customers

MOST_PARTS = 48
"""Parts of one table: more are put together into one."""


def refresh(folder: Path) -> State:
    """Brings into the mirror everything that the ledger has committed by now, and returns what it is then. Only what is
    new is read from the ledger. Who comes while another refreshes waits, and finds the work done. Readers are not
    disturbed: they see the generation that they began with."""
    with folders.alone(folder):
        return _refreshed(folder, folders.newest(folder))


def rebuild(folder: Path) -> State:
    """The same, reading the ledger from its first row on: for a mirror that was lost, or that is doubted."""
    with folders.alone(folder):
        return _refreshed(folder, None)


def _refreshed(folder: Path, before: State | None) -> State:
    number = before.generation if before else folders.highest(folder)
    folders.clear_unfinished(folder, number)
    duck = own_connection()
    try:
        read = read_new(folder, number + 1, before, duck)
        read = replace(read, erased=read.erased or erasing.left_over(folder))
        if read.erased:
            erasing.erase_versions(folder, read.erased, duck)
        elif before and not read.whole and not read.files:
            state = replace(before, known_through=read.known_through, snapshot=read.snapshot)
            write_state(folders.state_file(folder, number), state)
            return state
        state = _made(folder, number + 1, None if read.whole else before, read, duck)
        if read.erased:
            erasing.clear_generations(folder, state.generation, read.erased, duck)
        return state
    finally:
        duck.close()


def _made(
    folder: Path, number: int, before: State | None, read: Read, duck: duckdb.DuckDBPyConnection
) -> State:
    """Makes and publishes a generation."""
    files = (before.files if before else ()) + read.files
    state = State(number, read.known_through, read.snapshot, read.ledger, {}, files)
    books = lay_out(duck, folder, state)
    queries = queries_of(books)
    state = replace(state, rows=books.rows, seal=queries.seal)
    last = _before(folder, before, state, read, books)
    state = replace(state, bounds=last.bounds if last else bounds_of(books))
    target = folders.generation_folder(folder, number)
    target.mkdir()

    def derived(written: LoadedBooks, _: Path) -> None:
        read_from(written, target)  # sorted, and without the versions that ended: read many times from here
        derive(written, queries, target, state.bounds, last)

    write_converted(books, target, derived, _unchanged(folder, before, state, read, books))
    state = _in_few_parts(folder, state, duck)
    folders.publish(folder, state)
    folders.remove_old(folder, number)
    return state


def _before(
    folder: Path, before: State | None, state: State, read: Read, books: LoadedBooks
) -> Before | None:
    """What of the generation before serves again; None where nothing does, because it was derived in another way or the
    books outgrew its stretches."""
    if before is None or before.seal != state.seal or outgrown(books, before.bounds):
        return None
    touched = touched_customers(books.connection, folder, state, read.files)
    return Before(folders.generation_folder(folder, before.generation), before.bounds, frozenset(touched))


def _unchanged(
    folder: Path, before: State | None, state: State, read: Read, books: LoadedBooks
) -> dict[str, Path]:
    """Tables of the generation before that are the same in this one, with their files: nothing was added or ended, and
    they have the columns of today."""
    if before is None or read.erased:
        return {}
    new = parts_of(folder, replace(state, files=read.files), "ended", ENDED)
    changed = {table for (table,) in sql.rows(books.connection, f"SELECT DISTINCT table_name FROM ({new})")}
    changed |= {Path(file).parent.name for file in read.files}
    old = folders.generation_folder(folder, before.generation)
    files = {table: old / f"{table}.parquet" for table in TABLES if table not in changed}
    return {
        table: file
        for table, file in files.items()
        if _columns_in(file, books.connection) == list(loaded_columns(table, books.extra))
    }


def _columns_in(file: Path, duck: duckdb.DuckDBPyConnection) -> list[str]:
    if not file.is_file():
        return []
    described = f"DESCRIBE SELECT * FROM read_parquet({sql.text(str(file))})"
    return [str(name) for name, *_ in sql.rows(duck, described)]


def _in_few_parts(folder: Path, state: State, duck: duckdb.DuckDBPyConnection) -> State:
    for kind, columns in kinds().items():
        if len(state.parts(folder, kind)) > MOST_PARTS:
            state = _together(folder, state, kind, columns, duck)
    return state


def _together(
    folder: Path, state: State, kind: str, columns: dict[str, str], duck: duckdb.DuckDBPyConnection
) -> State:
    """The same rows in one part. Those that it is made of stay for older generations."""
    name = f"{kind}/part-{state.generation:06}.all.parquet"
    query = parts_of(folder, state, kind, columns)
    duck.execute(f"COPY ({query}) TO {sql.text(str(folder / name))} ({PARQUET})")
    others = tuple(file for file in state.files if not file.startswith(f"{kind}/"))
    return replace(state, files=(*others, name))
