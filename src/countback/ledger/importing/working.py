"""What an import has at hand while it is done."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from countback.books import sql
from countback.books.load import Progress, own_connection
from countback.books.loaded import loaded_columns
from countback.books.tables import TABLES
from countback.ledger.schema import columns_of, table_of

MEMORY = "600MB"
"""Memory that DuckDB may take before it writes to disk."""

JOURNALED = ("invoices", "instalments", "credit_notes", "payments", "allocations", "write_offs")
"""Tables whose rows move open items."""


@dataclass(slots=True)
class Working:
    """`db`: DuckDB with the schemas of this package. `cursor`: PostgreSQL, in the import's transaction. `folder`: for
    files that pass from one to the other. `fresh`: the ledger is empty. `whole`: all that it holds is read, as most of
    it is told anew; else what meets the told rows. `kept_erased`: customers of whom what was erased is
    told."""

    db: duckdb.DuckDBPyConnection
    cursor: Any
    folder: Path
    progress: Progress
    fresh: bool = False
    whole: bool = False
    kept_erased: int = 0

    def number(self, query: str) -> int:
        """The number that a query of DuckDB gives."""
        return sql.number(self.db, query)

    def numbers(self, schema: str) -> dict[str, int]:
        """How many rows each table of a schema has."""
        counts = ", ".join(f"(SELECT count(*) FROM {schema}.{name})" for name in TABLES)
        (found,) = sql.rows(self.db, f"SELECT {counts}")
        return {name: int(str(count)) for name, count in zip(TABLES, found, strict=True)}

    def say(self, words: str, done: float) -> None:
        """Tells how far it is."""
        self.progress(words, done)


def database() -> duckdb.DuckDBPyConnection:
    """DuckDB with empty schemas."""
    db = own_connection()
    db.execute(f"SET memory_limit = '{MEMORY}'")
    for schema in ("told", "held", "brings", "near"):
        db.execute(f"CREATE SCHEMA {schema}")
    for state in ("state_before", "state_after"):
        db.execute(f"ATTACH ':memory:' AS {state}")
        db.execute(f"CREATE SCHEMA {state}.books")
    db.execute("CREATE TABLE ends (table_name VARCHAR, version BIGINT, row_key VARCHAR, vanishes BOOLEAN)")
    return db


def is_fresh(cursor: Any) -> bool:
    """Whether the ledger has never held a row."""
    cursor.execute(" UNION ALL ".join(f"(SELECT 1 FROM {table_of(name)} LIMIT 1)" for name in TABLES))
    return cursor.fetchone() is None


def typed(name: str) -> dict[str, str]:
    """Column -> DuckDB type of a table as the ledger keeps it, `extra` as text."""
    columns = loaded_columns(name, {})
    return columns | ({"extra": "VARCHAR"} if TABLES[name].open_ended else {})


def listed(name: str, of: str = "") -> str:
    """The columns of a table, for a query; `of`: the name of the relation that has them."""
    before = f"{of}." if of else ""
    return ", ".join(before + sql.name(column) for column in columns_of(name))
