"""The books that the mirror's versions make: as they stand now, or as they were known at a moment."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb

from countback.books import sql
from countback.books.load import any_recorded, document_currencies
from countback.books.loaded import SCHEMA, LoadedBooks, loaded_columns
from countback.books.tables import TABLES
from countback.ledger.mirror.reading import ENDED, version_columns
from countback.ledger.mirror.state import State

NAME = "Ledger"
"""What the books are called on a report."""


def lay_out(
    duck: duckdb.DuckDBPyConnection, folder: Path, state: State, *, known_at: datetime | None = None
) -> LoadedBooks:
    """Books in the schema `books` of a connection: views on the versions that stand; with `known_at` tables of those
    that stood then."""
    duck.execute(f"CREATE SCHEMA {SCHEMA}")
    kind = "VIEW" if known_at is None else "TABLE"
    extra: dict[str, tuple[str, ...]] = {}
    for table in TABLES:
        standing = _standing(folder, state, table, known_at)
        spellings = _further(duck, standing, table) if TABLES[table].open_ended else {}
        extra |= {table: tuple(spellings)} if spellings else {}
        listed = [sql.name(column) for column in loaded_columns(table, {})]
        listed += [f"{_values(keys)} AS {sql.name(name)}" for name, keys in spellings.items()]
        duck.execute(f"CREATE {kind} {SCHEMA}.{table} AS SELECT {', '.join(listed)} FROM ({standing})")
    rows = {table: sql.number(duck, f"SELECT count(*) FROM {SCHEMA}.{table}") for table in TABLES}
    return LoadedBooks(
        duck, NAME, extra, document_currencies(duck), rows=rows, has_recorded_at=any_recorded(duck)
    )


def read_from(books: LoadedBooks, folder: Path) -> None:
    """From now on, the tables of the books are the Parquet files in a folder that they were written to."""
    for table in TABLES:
        file = sql.text(str(folder / f"{table}.parquet"))
        query = f"SELECT * FROM read_parquet({file})"
        books.connection.execute(f"CREATE OR REPLACE VIEW {SCHEMA}.{table} AS {query}")


def parts_of(folder: Path, state: State, kind: str, columns: dict[str, str]) -> str:
    """SQL of all rows of `versions/<table>` or `ended`."""
    files = state.parts(folder, kind)
    if not files:
        nothing = ", ".join(f"CAST(NULL AS {type_}) AS {sql.name(name)}" for name, type_ in columns.items())
        return f"SELECT {nothing} WHERE false"
    return f"SELECT * FROM read_parquet([{sql.texts(str(file) for file in files)}])"


def _standing(folder: Path, state: State, table: str, known_at: datetime | None) -> str:
    """SQL of the versions of a table without an end, or of those that were known at a moment."""
    versions = parts_of(folder, state, f"versions/{table}", version_columns(table))
    ended = f"SELECT version FROM ({parts_of(folder, state, 'ended', ENDED)}) WHERE table_name = {sql.text(table)}"
    known = ""
    if known_at is not None:
        moment = f"TIMESTAMP {sql.text(str(in_utc(known_at)))}"
        ended += f" AND known_until <= {moment}"
        known = f" WHERE row.known_from IS NULL OR row.known_from <= {moment}"
    return f"SELECT row.* FROM ({versions}) AS row ANTI JOIN ({ended}) AS gone ON gone.version = row.version{known}"


def in_utc(moment: datetime) -> datetime:
    """The moment in UTC, without a zone, as the books keep it."""
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def _further(duck: duckdb.DuckDBPyConnection, standing: str, table: str) -> dict[str, list[str]]:
    """Further columns of a table, each with every spelling under which imports gave it: names differ by more than
    capitals, or they are one."""
    query = f"SELECT DISTINCT unnest(json_keys(extra)) AS name FROM ({standing}) ORDER BY name"
    known = {column.lower() for column in loaded_columns(table, {})}
    found: dict[str, list[str]] = {}
    for (key,) in sql.rows(duck, query):
        if str(key).lower() not in known:
            found.setdefault(str(key).lower(), []).append(str(key))
    return {keys[0]: keys for keys in found.values()}


def _values(keys: list[str]) -> str:
    pointers = ("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)
    return (
        f"coalesce({', '.join(f'CAST(extra AS JSON) ->> {sql.text(pointer)}' for pointer in pointers)}, NULL)"
    )
