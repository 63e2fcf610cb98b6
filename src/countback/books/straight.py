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
from countback.books.cells import Cells, amount_shape, currencies
from countback.books.columns import fields_of
from countback.books.projection import ROWS, Projection
from countback.books.tables import SQL_TYPES

if TYPE_CHECKING:
    from countback.books.readers import Staged
    from countback.books.readers.csv import Prepared
    from countback.books.reading import Reading

_AMOUNT = amount_shape(None)


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
        connection.execute(f"CREATE OR REPLACE TABLE {table} AS {_query(projection, prepared)}")
    except duckdb.Error:
        return None
    counted = sql.rows(connection, f"SELECT count(*), count(*) FILTER (WHERE _bad) FROM {table}")
    if counted == [(prepared.lines, 0)] and prepared.delimiters == prepared.lines * (
        prepared.body.columns - 1
    ):
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


def _query(projection: Projection, prepared: Prepared) -> str:
    """The typed rows, cast first and doubted afterwards, which is faster than asking before each cast. Doubtful is
    what the strict way would not take, and what it would have to look at: blanks to trim, amounts such as 1.500."""
    loose: dict[str, str] = {}
    doubts: list[str] = []
    for position, name in enumerate(projection.fields):
        text, value, column = f"_t{position}", sql.name(name), projection.columns[name]
        if column.kind == "text" and prepared.found.spaces:
            doubts.append(f"starts_with({text}, ' ') OR suffix({text}, ' ')")
        if column.kind == "date":
            loose[name] = f"TRY_CAST({text} AS DATE)"
            sane = f"{value} BETWEEN DATE '{limits.FIRST_YEAR}-01-01' AND DATE '{limits.LAST_YEAR}-12-31'"
            doubts.append(f"CAST({value} AS VARCHAR) <> {text} OR NOT {sane}")
        if column.kind == "money":
            loose[name] = f"TRY_CAST({text} AS {SQL_TYPES['money']})"
            doubts.append(f"NOT regexp_full_match({text}, {sql.text(_AMOUNT)}) OR {text}[-4] = '.'")
    return projection.query(doubts, loose)
