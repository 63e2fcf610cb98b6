"""The engine: runs Ibis expressions over loaded books on DuckDB.

Ibis builds and compiles; DuckDB runs the SQL itself. Derived tables are made when first asked for and kept: in the
folder of converted books as Parquet, else in the connection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from pathlib import Path
from threading import RLock
from typing import Any

import ibis
import pyarrow as pa

from countback.analytics.tables.books import SHAPING, declared
from countback.analytics.written import written, written_text
from countback.books.loaded import LoadedBooks
from countback.kpis.facts import Table

DERIVED = "derived"
ASKED = "asked"
_DERIVED_NAME = re.compile(rf'"{DERIVED}"\."([^"]+)"')

PLANS = 64
"""Plans that are kept at once."""


def compiled(expression: Table) -> str:
    """The SQL of an expression."""
    return str(ibis.to_sql(expression, dialect="duckdb"))


class Engine:
    """One connection with books, derived tables (schema `derived`) and the tables of the question (schema `asked`)."""

    def __init__(self, books: LoadedBooks) -> None:
        self.books = books
        self.lock = RLock()
        self.connection = books.connection
        self._schemas: dict[str, Any] = {}
        self._standing: set[str] = set()
        self._asked: dict[str, object] = {}
        self._planned: dict[str, str] = {}
        for schema in (DERIVED, ASKED):
            self.connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        # A handful of periods meets millions of rows: comparing each with each beats sorting the millions.
        self.connection.execute("SET nested_loop_join_threshold = 64")
        self.connection.execute("SET merge_join_threshold = 64")

    def compile(self, expression: Table) -> str:
        """The SQL of an expression."""
        return compiled(expression)

    def run(self, sql: str) -> pa.Table:
        """The result of compiled SQL."""
        with self.lock:
            return self.connection.sql(sql).to_arrow_table()

    def run_again(self, sql: str) -> pa.Table:
        """The same, keeping the plan: of a short query over small tables, planning takes the most time."""
        with self.lock:
            if sql not in self._planned:
                if len(self._planned) == PLANS:
                    self._forget_plans()
                name = f"plan_{len(self._planned)}"
                self.connection.execute(f"PREPARE {name} AS {sql}")
                self._planned[sql] = name
            return self.connection.sql(f"EXECUTE {self._planned[sql]}").to_arrow_table()

    def _forget_plans(self) -> None:
        for name in self._planned.values():
            self.connection.execute(f"DEALLOCATE {name}")
        self._planned.clear()

    @property
    def shape(self) -> Hashable:
        """What compiled SQL hangs on: books that have it in common are asked in the same words."""
        books = self.books
        filled = tuple(name for name in SHAPING if books.rows.get(name))
        only = books.currencies if len(books.currencies) < 2 else "several"
        return filled, tuple(sorted(books.extra.items())), only, books.has_recorded_at

    def kept(self, name: str, build: Callable[[], Table]) -> Table:
        """The derived table of that name, built when first asked for."""
        with self.lock:
            if name not in self._schemas:
                self._schemas[name] = written((self.shape, DERIVED, name), build).schema()
                self._make(name, build)
            return declared(name, self._schemas[name], DERIVED)

    def stand(self, sql: str) -> None:
        """Makes the derived tables that are read by SQL which was compiled for other books of this shape. Raises
        KeyError where one is not known in this process."""
        for name in dict.fromkeys(_DERIVED_NAME.findall(sql)):
            self._make(name, partial(_unknown, name))

    def is_kept(self, name: str) -> bool:
        """Whether the derived table stands already."""
        return name in self._standing

    def _make(self, name: str, build: Callable[[], Table]) -> None:
        with self.lock:
            if name in self._standing:
                return
            folder = self.books.derived / name if self.books.derived else None
            if folder is not None and folder.is_dir():
                files = _parquet(folder / "*.parquet")
                source = f"CREATE OR REPLACE VIEW {DERIVED}.{name} AS SELECT * FROM {files}"
            else:
                key = (self.shape, DERIVED, name)
                made = written_text((*key, "SQL"), lambda: self.compile(written(key, build)))
                self.stand(made)
                source = f"CREATE OR REPLACE TABLE {DERIVED}.{name} AS {made}"
            self.connection.execute(source)
            self._standing.add(name)

    def reading(self, file: Path, schema: Any) -> Table:
        """A Parquet file as a table of the question."""
        self.show(file)
        return declared("file", schema, ASKED)

    def show(self, file: Path) -> None:
        """From now on, `asked.file` is this Parquet file."""
        with self.lock:
            self.connection.execute(f"CREATE OR REPLACE VIEW {ASKED}.file AS SELECT * FROM {_parquet(file)}")

    def ask(self, name: str, columns: dict[str, tuple[str, str]], rows: Iterable[Sequence[Any]]) -> None:
        """Lay down a small table of the question: column -> (DuckDB type, Ibis type), and its rows. Where it lies there
        as it is, it stays; where not, the plans are made anew for it."""
        listed = [list(row) for row in rows]
        with self.lock:
            if self._asked.get(name) != (columns, listed):
                self._lay(name, columns, listed)

    def _lay(self, name: str, columns: dict[str, tuple[str, str]], rows: list[list[Any]]) -> None:
        declared_columns = ", ".join(f'"{column}" {kind}' for column, (kind, _) in columns.items())
        places = ", ".join("?" for _ in columns)
        self._forget_plans()
        self._asked.pop(name, None)
        self.connection.execute(f"CREATE OR REPLACE TABLE {ASKED}.{name} ({declared_columns})")
        if rows:
            values = ", ".join(f"({places})" for _ in rows)
            flat = [value for row in rows for value in row]
            self.connection.execute(f"INSERT INTO {ASKED}.{name} VALUES {values}", flat)
        self._asked[name] = columns, rows

    def asked(self, name: str, columns: dict[str, tuple[str, str]]) -> Table:
        """The small table of the question as Ibis sees it."""
        return declared(name, {column: kind for column, (_, kind) in columns.items()}, ASKED)


def _unknown(name: str) -> Table:
    raise KeyError(name)


def _parquet(file: Path) -> str:
    quoted = str(file).replace("'", "''")
    return f"read_parquet('{quoted}')"
