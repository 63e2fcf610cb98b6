"""Opening books: every file read and checked in one pass, then taken whole or not at all."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from countback.books import identity, limits, references, sql
from countback.books import profile as profiles
from countback.books.cells import Cells
from countback.books.check import judge
from countback.books.columns import fields_of
from countback.books.converted import open_converted
from countback.books.fill import fill
from countback.books.findings import Findings, UnableToReadBooks, UnableToReadFile, refusal, warning
from countback.books.loaded import SCHEMA, LoadedBooks, loaded_columns
from countback.books.native import native_readings
from countback.books.projection import ROWS, WORK, Projection, project
from countback.books.readers import csv
from countback.books.source import MANIFEST, Source, found_in
from countback.books.staging import same_rows, stage
from countback.books.straight import straight, straight_typed
from countback.books.tables import TABLES
from countback.books.working import Working

if TYPE_CHECKING:
    import datetime as dt

    from countback.books.readers import Staged
    from countback.books.reading import Reading
    from countback.core.problem import Problem

Progress = Callable[[str, float], None]
"""Told what is being done, and which part of all is done (0 to 1)."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be opened, and how. See `load`."""

    source: Path
    readings: Sequence[Reading] | None = None
    profile: str | Path | None = None
    today: dt.date | None = None
    limit: int = limits.PROBLEMS_PER_FILE
    progress: Progress | None = None


def load(
    source: Path | str,
    *,
    readings: Sequence[Reading] | None = None,
    profile: str | Path | None = None,
    connection: duckdb.DuckDBPyConnection | None = None,
    progress: Progress | None = None,
    today: dt.date | None = None,
    limit: int = limits.PROBLEMS_PER_FILE,
) -> LoadedBooks:
    """The books of a folder, a zip of one, or a single file, checked and completed.

    `readings` or `profile`: how foreign files are read; neither: files in the format's own shape, known by name.
    `connection`: where the tables are made, in the schema `books`; None: a database of its own in memory, which
    writes to disk where that gets scarce. `progress`: told of each step. `today`: documents after it get a warning;
    None: no document is called future. `limit`: refusals told of one file, the count of the rest follows.

    Raises UnableToReadBooks, with every problem of every file, where anything is to be refused.
    """
    request = Request(Path(source), readings, profile, today, limit, progress)
    own = connection is None
    connection = own_connection() if connection is None else connection
    try:
        return _read(request, connection)
    except BaseException:
        _clear(connection)
        if own:
            connection.close()
        raise


def check(
    source: Path | str,
    *,
    readings: Sequence[Reading] | None = None,
    profile: str | Path | None = None,
    today: dt.date | None = None,
    limit: int = limits.PROBLEMS_PER_FILE,
    progress: Progress | None = None,
) -> list[Problem]:
    """Everything that is wrong or odd with books, refusals and warnings, by file and line; empty where nothing is."""
    try:
        books = load(source, readings=readings, profile=profile, today=today, limit=limit, progress=progress)
    except UnableToReadBooks as refused:
        return refused.problems
    books.connection.close()
    return books.warnings


def own_connection() -> duckdb.DuckDBPyConnection:
    """A database in memory that writes to disk beyond `limits.MEMORY`."""
    connection = duckdb.connect(":memory:")
    connection.execute(f"SET memory_limit = '{limits.MEMORY}'")
    # A progress bar would stand among the figures on standard output.
    connection.execute("SET enable_progress_bar = false")
    # A name of its own: two processes must not spill into one another's files. DuckDB makes and removes the folder.
    spill = Path(tempfile.gettempdir()) / f"countback-spill-{secrets.token_hex(8)}"
    connection.execute(f"SET temp_directory = {sql.text(str(spill))}")
    return connection


def _read(request: Request, connection: duckdb.DuckDBPyConnection) -> LoadedBooks:
    findings = Findings(request.limit)
    working = Working(connection, findings)
    _clear(connection)
    connection.execute(f"CREATE SCHEMA {WORK}")
    connection.execute(f"CREATE SCHEMA {ROWS}")
    connection.execute(f"CREATE SCHEMA {SCHEMA}")
    if request.profile is None and request.readings is None and (request.source / MANIFEST).is_file():
        converted = open_converted(request.source, connection)
        if isinstance(converted, LoadedBooks):
            connection.execute(f"DROP SCHEMA {WORK}")
            return converted
        findings.add(*converted)
    with tempfile.TemporaryDirectory(prefix="countback-") as workspace:
        source = _source(request, Path(workspace), findings)
        readings = _readings(request, source, findings)
        steps = len({same_rows(reading) for reading in readings}) + 2
        _stage_all(working, source, readings, Path(workspace), lambda word, n: _say(request, word, n, steps))
        _say(request, "checking", steps - 2, steps)
        working.gather()
        references.follow(working)
        identity.settle(working)
        _refuse_missing(working, source, readings)
        references.check(working)
        fill(working)
        references.check_allocations(working)
        judge(working, request.today)
        problems = findings.told()
    if findings.refused:
        raise UnableToReadBooks(str(request.source), problems)
    _say(request, "done", steps, steps)
    return _finished(working, source.name, problems)


def _say(request: Request, words: str, done: int, steps: int) -> None:
    if request.progress is not None:
        request.progress(words, done / steps)


def _source(request: Request, workspace: Path, findings: Findings) -> Source:
    """The files of the source; where it cannot be opened, none, and why."""
    path = request.source
    try:
        source = found_in(path, workspace)
    except UnableToReadFile as refused:
        findings.add_unread(refused)
        return Source(path.stem, {})
    except OSError as error:
        what = f"cannot be opened: {error.strerror or error}"
        findings.add(refusal("no_source", str(path), what, "name a folder, a zip, or a file that exists"))
        return Source(path.stem, {})
    findings.add(*source.problems)
    return source


def _readings(request: Request, source: Source, findings: Findings) -> Sequence[Reading]:
    if request.readings is not None:
        return request.readings
    if request.profile is not None:
        findings.add(*profiles.notes(request.profile, list(source.files)))
        return profiles.readings(request.profile, list(source.files))
    readings, problems = native_readings(source.files)
    findings.add(*problems)
    return readings


def _stage_all(
    working: Working,
    source: Source,
    readings: Sequence[Reading],
    workspace: Path,
    say: Callable[[str, int], None],
) -> None:
    """Reads each file once, for all the readings that draw on it."""
    groups: dict[tuple[object, ...], list[tuple[int, Reading]]] = {}
    for number, reading in enumerate(readings):
        groups.setdefault(same_rows(reading), []).append((number, reading))
    for done, group in enumerate(groups.values()):
        file = group[0][1].file
        say(file, done)
        try:
            _stage_group(working, source, group, workspace)
        except UnableToReadFile as refused:
            working.findings.add_unread(refused)
            working.unread.update(reading.table for _, reading in group)


def _stage_group(working: Working, source: Source, group: list[tuple[int, Reading]], workspace: Path) -> None:
    first = group[0][1]
    if first.file not in source.files:
        raise UnableToReadFile(refusal("no_file", first.file, "is not in the source", "add it"))
    table = f"{WORK}.staged"
    staged = _stage(working, source.files[first.file], group, table, workspace)
    if staged is None:
        return
    working.findings.add(*staged.warnings)
    made: list[Projection] = []
    for number, reading in group:
        cells = Cells(staged, reading.layout)
        fields, problems = fields_of(reading, cells)
        working.findings.add(*problems)
        if any(problem.severity == "refused" for problem in problems):
            working.unread.add(reading.table)
            continue
        projection = Projection(reading, number, cells, fields)
        project(working.connection, projection, working.findings)
        working.projections[number] = projection
        made.append(projection)
    _warn_of_unused(working, made)
    working.connection.execute(f"DROP TABLE {table}")


def _stage(
    working: Working, path: Path, group: list[tuple[int, Reading]], table: str, workspace: Path
) -> Staged | None:
    """The file as a table of text; None where its rows went straight to their place."""
    (number, reading), *others = group
    kind = path.suffix.lower() if path.stat().st_size else ""
    projection = None
    if kind == ".csv":
        prepared = csv.prepare(path, reading.file, reading.layout, workspace)
        projection = None if others else straight(working.connection, prepared, reading, number)
        if projection is None:
            return csv.stage(working.connection, prepared, table)
    elif kind == ".parquet" and not others:
        projection = straight_typed(working.connection, path, reading, number)
    if projection is None:
        return stage(working.connection, path, reading.file, reading.layout, table, workspace)
    working.projections[number] = projection
    working.straight.add(reading.table)
    working.findings.add(*projection.cells.staged.warnings)
    return None


def _warn_of_unused(working: Working, projections: list[Projection]) -> None:
    """Rows that no reading of a foreign file takes are told, never passed over in silence."""
    if not projections or projections[0].reading.native:
        return
    cells = projections[0].cells
    taken = " OR ".join(f"({one.kept})" for one in projections)
    blank = f"coalesce({', '.join(cells.cell(n) for n in range(len(cells.staged.headers)))}) IS NULL"
    rows = sql.number(
        working.connection, f"SELECT count(*) FROM {cells.relation} WHERE NOT ({taken}) AND NOT ({blank})"
    )
    if rows:
        what = f"{rows:,} row{'s belong' if rows > 1 else ' belongs'} to no table by the profile"
        working.findings.add(
            warning("unused_rows", cells.staged.file, what, "nothing, unless they should count")
        )


def _refuse_missing(working: Working, source: Source, readings: Sequence[Reading]) -> None:
    """Required tables that no file gives, or that have no row."""
    for name, table in TABLES.items():
        if not table.required or name in working.unread or working.has_rows(name):
            continue
        giving = [reading.file for reading in readings if reading.table == name]
        if giving:
            what = f"gives no row of the table {name}"
            working.findings.add(refusal("no_rows", giving[0], what, "export it with its rows"))
        elif source.files or not working.findings.refused:
            what = f"has no file for the table {name}, without which there are no books"
            remedy = (
                f"add {name}.csv, {name}.xlsx or {name}.parquet, or give a profile that says how to read it"
            )
            working.findings.add(refusal("missing_table", source.name, what, remedy))


def _finished(working: Working, name: str, warnings: list[Problem]) -> LoadedBooks:
    """The books with exactly the columns that readers may rely on."""
    connection = working.connection
    # Those of credit notes stand among the allocations without a file.
    there = [table for table in TABLES if table not in working.absent or table == "allocations"]
    for table in TABLES:
        wanted = loaded_columns(table, working.extra)
        if table in working.views:
            listed = ", ".join(map(sql.name, wanted))
            query = f"SELECT {listed} FROM ({working.views[table]})"
            connection.execute(f"CREATE OR REPLACE VIEW {SCHEMA}.{table} AS {query}")
            continue
        if table not in there:
            working.make_empty(table)
            continue
        for row in sql.rows(connection, f"DESCRIBE {SCHEMA}.{table}"):
            if row[0] not in wanted:
                connection.execute(f"ALTER TABLE {SCHEMA}.{table} DROP COLUMN {sql.name(str(row[0]))}")
    connection.execute(f"DROP SCHEMA {WORK} CASCADE")
    counts = ", ".join(f"(SELECT count(*) FROM {SCHEMA}.{table})" for table in there)
    (counted,) = connection.execute(f"SELECT {counts}").fetchall()
    rows = dict.fromkeys(TABLES, 0) | dict(zip(there, counted, strict=True))
    return LoadedBooks(
        connection, name, dict(working.extra), document_currencies(connection, there), warnings, rows,
        has_recorded_at=any_recorded(connection, there),
    )  # fmt: skip


def document_currencies(
    connection: duckdb.DuckDBPyConnection, there: Collection[str] = tuple(TABLES)
) -> tuple[str, ...]:
    """Every currency of a document, sorted. `there`: the tables that may have rows."""
    tables = [one for one in ("invoices", "credit_notes", "payments", "costs") if one in there]
    every = " UNION ALL ".join(f"SELECT currency FROM {SCHEMA}.{table}" for table in tables)
    query = f"SELECT DISTINCT currency FROM ({every}) ORDER BY currency"
    return tuple(str(row[0]) for row in sql.rows(connection, query))


def any_recorded(connection: duckdb.DuckDBPyConnection, there: Collection[str] = tuple(TABLES)) -> bool:
    """Whether any row says when it was recorded. `there`: the tables that may have rows."""
    counts = " + ".join(f"(SELECT count(recorded_at) FROM {SCHEMA}.{table})" for table in there)
    return sql.number(connection, f"SELECT {counts}") > 0


def _clear(connection: duckdb.DuckDBPyConnection) -> None:
    for schema in (WORK, SCHEMA, ROWS):
        connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
