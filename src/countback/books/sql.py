"""SQL text from names and values that are not ours: quoted, always."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import duckdb

    Row = tuple[object, ...]


def name(identifier: str) -> str:
    """An identifier in double quotes."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """A string literal in single quotes."""
    return "'" + value.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """String literals, separated by commas."""
    return ", ".join(text(value) for value in values)


def rows(connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[object] = ()) -> list[Row]:
    """All rows of a query."""
    found: list[Row] = connection.execute(query, list(values)).fetchall()
    return found


def number(connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[object] = ()) -> int:
    """The single whole number that a query gives; none counts as 0."""
    first = connection.execute(query, list(values)).fetchone()
    return int(first[0] or 0) if first else 0
