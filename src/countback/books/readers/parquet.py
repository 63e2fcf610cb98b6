"""Parquet: typed columns become marked text, so that one set of rules judges every kind of file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from countback.books import sql
from countback.books.findings import UnableToReadFile, refusal
from countback.books.readers import MARK, Staged, below_header, globless
from countback.books.readers.header import checked, plain
from countback.books.tables import TABLES

if TYPE_CHECKING:
    from pathlib import Path

    from countback.books.reading import Layout
    from countback.books.tables import Kind

_TEXT = ("VARCHAR", "UUID")
_NUMBERS = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
)
_FLOATS = ("FLOAT", "DOUBLE")


_TYPES: dict[Kind, tuple[str, ...]] = {
    "text": ("VARCHAR",),
    "date": ("DATE",),
    "moment": ("TIMESTAMP",),
    "day_or_moment": ("TIMESTAMP", "DATE"),
    "money": ("DECIMAL", *_NUMBERS),
    "quantity": ("DECIMAL", *_NUMBERS),
    "rate": ("DECIMAL", *_NUMBERS),
    "count": _NUMBERS,
}
_DECIMALS: dict[Kind, int] = {"rate": 10}


def unread(
    connection: duckdb.DuckDBPyConnection, path: Path, file: str, table: str, layout: Layout
) -> Staged | None:
    """The file itself, its cells with their own types; None where a type is not that of the format's column. Raises
    UnableToReadFile where its header cannot be read."""
    source = f"read_parquet({sql.text(globless(path))})"
    try:
        described = sql.rows(connection, f"DESCRIBE SELECT * FROM {source}")
        rows = sql.number(connection, f"SELECT count(*) FROM {source}")
    except duckdb.Error:
        return None
    headers = checked(file, [str(row[0]) for row in described], 1, layout)
    kinds = {column.name: column.kind for column in TABLES[table].columns}
    if not all(_has_type(str(row[1]), kinds.get(plain(str(row[0])), "text")) for row in described):
        return None
    cells = ", ".join(f"{sql.name(str(row[0]))} AS _c{n}" for n, row in enumerate(described))
    return Staged(
        file, f"(SELECT {cells} FROM {source})", headers, rows, below_header, blanks="", numbered=False
    )


def _has_type(given: str, kind: Kind) -> bool:
    name, _, rest = given.partition("(")
    fits = not rest or int(rest.rstrip(")").partition(",")[2]) <= _DECIMALS.get(kind, 4)
    return name in _TYPES[kind] and fits


def stage(connection: duckdb.DuckDBPyConnection, path: Path, file: str, layout: Layout, table: str) -> Staged:
    """The file as a table of text. Raises UnableToReadFile where it cannot be read or holds nested columns."""
    source = f"read_parquet({sql.text(globless(path))})"
    try:
        described = sql.rows(connection, f"DESCRIBE SELECT * FROM {source}")
        headers = checked(file, [str(row[0]) for row in described], 1, layout)
        cells = [_cell(file, str(row[0]), str(row[1])) for row in described]
        columns = ", ".join(f"{cell} AS _c{n}" for n, cell in enumerate(cells))
        connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT {columns} FROM {source}")
    except duckdb.Error as error:
        what = f"is no Parquet file that can be read: {str(error).partition(chr(10))[0]}"
        raise UnableToReadFile(refusal("broken_parquet", file, what, "write it again")) from error
    rows = sql.number(connection, f"SELECT count(*) FROM {table}")
    return Staged(file, table, headers, rows, below_header, typed=True)


def _cell(file: str, header: str, kind: str) -> str:
    """The expression that turns a column into (marked) text."""
    column = sql.name(header)
    mark = sql.text(MARK)
    if kind in _TEXT or kind.startswith("ENUM"):
        return f"CAST({column} AS VARCHAR)"
    if kind == "BOOLEAN":
        return f"CAST({column} AS VARCHAR)"
    if kind in _FLOATS:  # fifteen digits, as spreadsheets keep them: 0.1 + 0.2 is 0.3
        return f"CASE WHEN NOT isnan({column}) THEN {mark} || {_shortest(column)} END"
    if kind in _NUMBERS or kind.startswith("DECIMAL") or kind == "DATE":
        return f"{mark} || CAST({column} AS VARCHAR)"
    if kind.startswith("TIMESTAMP"):
        moment = f"{column} AT TIME ZONE 'UTC'" if "ZONE" in kind else column
        return f"{mark} || replace(CAST(CAST({moment} AS TIMESTAMP) AS VARCHAR), ' 00:00:00', '')"
    what = f"the column {header} is of the type {kind}, which is neither text, number nor date"
    raise UnableToReadFile(refusal("unknown_type", file, what, "write it as text", None, header))


def _shortest(column: str) -> str:
    plain = f"format('{{:.15g}}', CAST({column} AS DOUBLE))"
    fixed = f"rtrim(rtrim(format('{{:.6f}}', CAST({column} AS DOUBLE)), '0'), '.')"
    return f"CASE WHEN contains({plain}, 'e') AND abs({column}) BETWEEN 1e15 AND 1e18 THEN {fixed} ELSE {plain} END"
