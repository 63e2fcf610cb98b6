"""The tables while they are being judged: which there are, where their rows come from, what is told of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from countback.books import sql
from countback.books.findings import Finding, Findings, Severity
from countback.books.loaded import SCHEMA, loaded_columns
from countback.books.projection import ROWS, WORK
from countback.books.tables import SQL_TYPES, TABLES
from countback.core.money import plain

if TYPE_CHECKING:
    import duckdb

    from countback.books.projection import Projection


@dataclass(slots=True)
class Working:
    """Books on their way. `projections`: by the number that rows carry as `_reading`. `unread`: tables of which a file
    could not be read, so that nothing may be concluded from what they lack. `extra`: further columns by table.
    `filled`: tables with rows. `absent`: tables that no file gives. `straight`: tables whose rows lie in the
    schema `ROWS`, in the order of their file. `views`: completed tables that are views on such rows, their queries."""

    connection: duckdb.DuckDBPyConnection
    findings: Findings
    projections: dict[int, Projection] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    extra: dict[str, tuple[str, ...]] = field(default_factory=dict)
    filled: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)
    straight: set[str] = field(default_factory=set)
    views: dict[str, str] = field(default_factory=dict)

    def tell(
        self, query: str, code: str, column: str | None, what: str, remedy: str, severity: Severity
    ) -> None:
        """Tells every row of a query, whose first columns are `_reading` and `_row`; `what` and `remedy` may name the
        others in braces."""
        limit = self.findings.limit
        counted = f"SELECT *, count(*) OVER () AS _all FROM ({query}) ORDER BY _reading, _row LIMIT {limit}"
        cursor = self.connection.execute(counted)
        names = [str(part[0]) for part in cursor.description]
        by_reading: dict[int, list[Finding]] = {}
        total = 0
        for values in cursor.fetchall():
            row: dict[str, Any] = dict(zip(names, map(_shown, values), strict=True))
            total = row["_all"]
            finding = Finding(
                severity,
                code,
                row["_row"],
                self.header(row["_reading"], column),
                what.format(**row),
                remedy.format(**row),
            )
            by_reading.setdefault(row["_reading"], []).append(finding)
        listed = sum(map(len, by_reading.values()))
        for reading, found in by_reading.items():
            rest = total - listed if reading == max(by_reading) else 0
            self.findings.add_rows(self.projections[reading].cells.staged, found, len(found) + rest)

    def header(self, reading: int, column: str | None) -> str | None:
        """What the file calls a column of the table."""
        if column is None:
            return None
        source = self.projections[reading].fields.get(column)
        return source.column or column if source else column

    def has_rows(self, table: str) -> bool:
        """Whether any row was found for a table."""
        return table in self.filled

    def complete(self, table: str, completed: dict[str, str], joins: str, also: str = "") -> None:
        """Makes the table of the schema `books`, some columns by expressions; `row` is the working row, which goes."""
        if table in self.absent and not also:
            self.make_empty(table, "_reading INTEGER", "_row BIGINT")
            return
        columns = [
            f"{completed.get(column, 'row.' + sql.name(column))} AS {sql.name(column)}"
            for column in loaded_columns(table, self.extra)
        ]
        listed = ", ".join(("row._reading", "row._row", *columns, *filter(None, [also])))
        if table in self.straight and not joins:
            self.views[table] = f"SELECT {listed} FROM {_numbered(table)} AS row"
            self.connection.execute(f"CREATE VIEW {SCHEMA}.{table} AS {self.views[table]}")
            self.connection.execute(f"DROP VIEW {WORK}.{table}")
            return
        source = f"{WORK}.{table} AS row {joins}"
        self.connection.execute(f"CREATE OR REPLACE TABLE {SCHEMA}.{table} AS SELECT {listed} FROM {source}")
        self._drop(table)

    def make_empty(self, table: str, *further: str) -> None:
        """Makes the table of the schema `books` without rows, with these columns before its own."""
        own = [f"{sql.name(column)} {kind}" for column, kind in loaded_columns(table, self.extra).items()]
        self.connection.execute(f"CREATE OR REPLACE TABLE {SCHEMA}.{table} ({', '.join((*further, *own))})")

    def replace(self, table: str, query: str) -> None:
        """Puts the rows of a query in the place of a working table."""
        self.connection.execute(f"CREATE TABLE {WORK}.replaced AS {query}")
        self._drop(table)
        self.connection.execute(f"ALTER TABLE {WORK}.replaced RENAME TO {table}")

    def _drop(self, table: str) -> None:
        if table not in self.straight:
            self.connection.execute(f"DROP TABLE {WORK}.{table}")
            return
        self.connection.execute(f"DROP VIEW {WORK}.{table}")
        self.connection.execute(f"DROP TABLE {ROWS}.{table}")
        self.straight.remove(table)

    def gather(self) -> None:
        """One working table for each of the format, out of those that its readings gave."""
        for name, table in TABLES.items():
            parts = [number for number, one in self.projections.items() if one.reading.table == name]
            if name in self.straight:
                self.connection.execute(f"CREATE VIEW {WORK}.{name} AS FROM {_numbered(name)}")
            elif len(parts) == 1:
                self.connection.execute(f"ALTER TABLE {WORK}.{name}_{parts[0]} RENAME TO {name}")
            elif parts:
                union = " UNION ALL BY NAME ".join(f"SELECT * FROM {WORK}.{name}_{part}" for part in parts)
                self.connection.execute(f"CREATE TABLE {WORK}.{name} AS {union}")
                for part in parts:
                    self.connection.execute(f"DROP TABLE {WORK}.{name}_{part}")
            else:
                self.absent.add(name)
                columns = ", ".join(f"{sql.name(one.name)} {SQL_TYPES[one.kind]}" for one in table.columns)
                self.connection.execute(
                    f"CREATE TABLE {WORK}.{name} (_row BIGINT, _reading INTEGER, {columns}, _bad BOOLEAN)"
                )
            further = [
                key for part in parts for key in self.projections[part].fields if key not in table.names
            ]
            if further:
                self.extra[name] = tuple(dict.fromkeys(further))
            if parts and sql.number(self.connection, f"SELECT count(*) FROM {WORK}.{name}"):
                self.filled.add(name)


def _numbered(table: str) -> str:
    """Straight rows with their place in the file."""
    return f"(SELECT rowid AS _row, * FROM {ROWS}.{table})"


def _shown(value: object) -> object:
    """Amounts as people write them."""
    return plain(value, 2) if isinstance(value, Decimal) else value
