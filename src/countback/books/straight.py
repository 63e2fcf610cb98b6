"""The short way for files with nothing odd in them: from the file into the typed table, in one pass.

Whatever is not plain (quotes, blanks at the ends of cells, a value that is not taken, a row too many) is left to the
thorough way, which reads the file as text first and tells what is wrong. So this one never has to tell anything.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import duckdb

from countback.books import limits, sql
from countback.books.cells import Cells, currencies, may_be_zero
from countback.books.columns import fields_of
from countback.books.findings import UnableToReadFile
from countback.books.projection import ROWS, Projection
from countback.books.readers import SPACES, parquet
from countback.books.tables import SQL_TYPES, TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from countback.books.readers import Staged
    from countback.books.readers.csv import Prepared
    from countback.books.reading import Reading

_DAYS = ("date", "moment", "day_or_moment")

_PLAIN_AMOUNT = r"[+]?\d{1,14}(\.(\d{1,2}|\d{4}0*))?"
"""Amounts that leave no doubt; three decimals may have been meant for thousands, which the thorough way looks at."""

_TRIMMED = f"(?s)[^{SPACES}](.*[^{SPACES}])?"
"""Texts with neither end blank; asked in this way several times faster than by trimming."""


def straight(
    connection: duckdb.DuckDBPyConnection, prepared: Prepared, reading: Reading, number: int
) -> Projection | None:
    """Makes the table of a reading in the schema of straight rows; None where the file needs the thorough way."""
    blanks = prepared.found.odd_blanks or prepared.found.outer_spaces
    odd = prepared.quoted or blanks or prepared.body.columns == 1
    whole = prepared.delimiters == prepared.lines * (prepared.body.columns - 1)
    if odd or not whole or not _plain(reading):
        return None
    staged = prepared.staged(prepared.relation(), prepared.lines, "")
    projection = _projection(Cells(_unread(staged), reading.layout, _codes(prepared)), reading, number)
    return projection and _made(connection, projection, *_from_text(projection))


def straight_typed(
    connection: duckdb.DuckDBPyConnection, path: Path, reading: Reading, number: int
) -> Projection | None:
    """The same for Parquet whose columns have the types of the format."""
    if not _plain(reading):
        return None
    try:
        staged = parquet.unread(connection, path, reading.file, reading.table, reading.layout)
    except UnableToReadFile:
        return None
    if staged is None:
        return None
    projection = _projection(Cells(staged, reading.layout), reading, number)
    return projection and _made(connection, projection, *_from_types(projection))


def _plain(reading: Reading) -> bool:
    return reading.native and not reading.when and not reading.one_per_key


def _projection(cells: Cells, reading: Reading, number: int) -> Projection | None:
    """The reading of this file; None where anything is to be told of its columns."""
    fields, problems = fields_of(reading, cells)
    return None if problems else Projection(reading, number, cells, fields)


def _made(
    connection: duckdb.DuckDBPyConnection, projection: Projection, loose: Mapping[str, str], doubts: list[str]
) -> Projection | None:
    """Makes the table, where no value leaves a doubt. `loose`: the ways to its values; cast first and doubted
    afterwards, which is faster than asking before each cast."""
    table = f"{ROWS}.{projection.reading.table}"
    bad = " OR ".join(("false", *doubts))
    query = f"SELECT {projection.listed(loose)}, {bad} AS _bad FROM {projection.texts}"
    try:
        connection.execute(f"CREATE OR REPLACE TABLE {table} AS {query}")
    except duckdb.Error:
        return None
    if _sound(connection, projection, table):
        return projection
    connection.execute(f"DROP TABLE {table}")
    return None


def _unread(staged: Staged) -> Staged:
    return replace(staged, numbered=False)


def _codes(prepared: Prepared) -> frozenset[str]:
    """Currencies that the first rows name; any other is left to the thorough way."""
    with prepared.body.path.open("rb") as stream:
        stream.seek(prepared.body.offset)
        start = stream.read(limits.HEADER_BYTES)
    return currencies().intersection(code.decode() for code in set(re.findall(rb"\b[A-Z]{3}\b", start)))


def _from_text(projection: Projection) -> tuple[dict[str, str], list[str]]:
    """Ways to the values of a text file, and when one is in doubt: where its text would not come out of it again, or
    may mean more than one thing."""
    loose: dict[str, str] = {}
    doubts = []
    for position, name in enumerate(projection.fields):
        text, value, column = f"_t{position}", sql.name(name), projection.columns[name]
        if column.kind == "date":
            loose[name] = f"TRY_CAST({text} AS DATE)"
            doubts.append(f"({text} IS NOT NULL AND ({value} IS NULL OR {text} NOT LIKE '____-__-__'))")
        elif column.kind == "money":
            loose[name] = f"TRY_CAST({text} AS {SQL_TYPES['money']})"
            doubts.append(f"NOT regexp_full_match({text}, {sql.text(_PLAIN_AMOUNT)})")
        elif name == "currency":
            loose[name] = text
            codes = sql.texts(sorted(projection.cells.codes or ())) or sql.text("")
            doubts.append(f"{text} NOT IN ({codes})")
        elif column.kind != "text" or column.choices:
            doubts.append(f"({value} IS NULL AND {text} IS NOT NULL)")
    return loose, doubts


def _from_types(projection: Projection) -> tuple[dict[str, str], list[str]]:
    """Ways to the values of a typed file, and when one is in doubt: a text with blanks at its ends, a word that is
    none of the format's."""
    loose: dict[str, str] = {}
    doubts = []
    for position, name in enumerate(projection.fields):
        given, column = f"_t{position}", projection.columns[name]
        loose[name] = f"CAST({given} AS {SQL_TYPES[column.kind]})"
        words = sorted(currencies()) if name == "currency" else column.choices
        if words:
            doubts.append(f"{given} NOT IN ({sql.texts(words)})")
        elif column.kind == "text":
            doubts.append(f"NOT regexp_full_match({given}, {sql.text(_TRIMMED)})")
    return loose, doubts


def _sound(connection: duckdb.DuckDBPyConnection, projection: Projection, table: str) -> bool:
    """Whether there are as many rows as the file has, and none has a value that is not taken or has to be trimmed."""
    tests = [f"count(*) = {projection.cells.staged.rows}", "count(*) FILTER (WHERE _bad) = 0"]
    for name in projection.fields:
        value, column = sql.name(name), projection.columns[name]
        if column.required:
            tests.append(f"count({value}) = count(*)")
        if column.kind in _DAYS:
            tests.append(f"coalesce(min({value}) >= DATE '{limits.FIRST_YEAR}-01-01', true)")
            tests.append(f"coalesce(max({value}) < DATE '{limits.LAST_YEAR + 1}-01-01', true)")
        if column.kind not in ("text", *_DAYS) and not column.signed:
            above = ">=" if may_be_zero(column, projection.reading.table) else ">"
            tests.append(f"coalesce(min({value}) {above} 0, true)")
        if name in TABLES[projection.reading.table].key and column.kind == "text":
            tests.append(f"coalesce(max(strlen({value})) <= {limits.IDENTIFIER_CHARACTERS}, true)")
    return sql.rows(connection, f"SELECT {' AND '.join(tests)} FROM {table}") == [(True,)]
