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
from countback.books.projection import ROWS, Projection
from countback.books.tables import SQL_TYPES, TABLES

if TYPE_CHECKING:
    from countback.books.readers import Staged
    from countback.books.readers.csv import Prepared
    from countback.books.reading import Reading

_DAYS = ("date", "moment", "day_or_moment")

_PLAIN_AMOUNT = r"[+]?\d{1,14}(\.(\d{1,2}|\d{4}0*))?"
"""Amounts that leave no doubt; three decimals may have been meant for thousands, which the thorough way looks at."""


def straight(
    connection: duckdb.DuckDBPyConnection, prepared: Prepared, reading: Reading, number: int
) -> Projection | None:
    """Makes the table of a reading in the schema of straight rows; None where the file needs the thorough way."""
    odd = prepared.quoted or prepared.found.odd_blanks or prepared.body.columns == 1
    if odd or not reading.native or reading.when or reading.one_per_key:
        return None
    staged = prepared.staged(prepared.relation(), prepared.lines, "")
    cells = Cells(_unread(staged), reading.layout, _codes(prepared))
    fields, problems = fields_of(reading, cells)
    if problems:
        return None
    projection = Projection(reading, number, cells, fields)
    table = f"{ROWS}.{reading.table}"
    try:
        connection.execute(f"CREATE OR REPLACE TABLE {table} AS {_query(projection)}")
    except duckdb.Error:
        return None
    whole = prepared.delimiters == prepared.lines * (prepared.body.columns - 1)
    if whole and _sound(connection, projection, prepared, table):
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


def _query(projection: Projection) -> str:
    """The typed rows, cast first and doubted afterwards, which is faster than asking before each cast. `_bad`: the text
    of a value would not come out of it again, or may mean more than one thing."""
    loose: dict[str, str] = {}
    doubts = ["false"]
    for position, name in enumerate(projection.fields):
        text, value, column = f"_t{position}", sql.name(name), projection.columns[name]
        if column.kind == "date":
            loose[name] = f"TRY_CAST({text} AS DATE)"
            doubts.append(f"CAST({value} AS VARCHAR) IS DISTINCT FROM {text}")
        elif column.kind == "money":
            loose[name] = f"TRY_CAST({text} AS {SQL_TYPES['money']})"
            doubts.append(f"NOT regexp_full_match({text}, {sql.text(_PLAIN_AMOUNT)})")
        elif column.kind != "text" or column.choices or name == "currency":
            doubts.append(f"({value} IS NULL AND {text} IS NOT NULL)")
    return f"SELECT {projection.listed(loose)}, {' OR '.join(doubts)} AS _bad FROM {projection.texts}"


def _sound(
    connection: duckdb.DuckDBPyConnection, projection: Projection, prepared: Prepared, table: str
) -> bool:
    """Whether there are as many rows as lines, and none has a value that is not taken or has to be trimmed."""
    tests = [f"count(*) = {prepared.lines}", "count(*) FILTER (WHERE _bad) = 0"]
    for name in projection.fields:
        value, column = sql.name(name), projection.columns[name]
        if column.required:
            tests.append(f"count({value}) = count(*)")
        if column.kind in _DAYS:
            tests.append(f"coalesce(min({value}) >= DATE '{limits.FIRST_YEAR}-01-01', true)")
            tests.append(f"coalesce(max({value}) < DATE '{limits.LAST_YEAR + 1}-01-01', true)")
        if column.kind not in ("text", *_DAYS) and not may_be_zero(column, projection.reading.table):
            tests.append(f"coalesce(min({value}) > 0, true)")
        if name in TABLES[projection.reading.table].key and column.kind == "text":
            tests.append(f"coalesce(max(strlen({value})) <= {limits.IDENTIFIER_CHARACTERS}, true)")
        if column.kind == "text" and prepared.found.spaces:
            tests.append(f"count(*) FILTER (WHERE {value} < '!' OR suffix({value}, ' ')) = 0")
    return sql.rows(connection, f"SELECT {' AND '.join(tests)} FROM {table}") == [(True,)]
