"""A reading made real: rows of text become rows of a table, typed, each value that cannot be taken found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from countback.books import limits, sql
from countback.books.cells import currencies, may_be_zero
from countback.books.findings import Finding, warning
from countback.books.readers import MARK
from countback.books.tables import SQL_TYPES, TABLES, Column
from countback.books.values import why_not

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from countback.books.cells import Cells
    from countback.books.findings import Findings
    from countback.books.reading import Field, Reading

WORK = "books_work"
"""Schema of tables that are still being judged."""

ROWS = "books_rows"
"""Schema of tables whose rows went straight from the file to their place."""


@dataclass(frozen=True, slots=True)
class Projection:
    """One reading of one staged file. `number`: of the reading among all. `fields`: those that the file has."""

    reading: Reading
    number: int
    cells: Cells
    fields: dict[str, Field]

    @property
    def columns(self) -> dict[str, Column]:
        """Every column of the result by name: those of the format, then further ones."""
        known = {column.name: column for column in TABLES[self.reading.table].columns}
        return known | {name: Column(name) for name in self.fields if name not in known}

    @property
    def texts(self) -> str:
        """The rows that belong to the table, every value as text in _t0, _t1, … in the order of `fields`."""
        shown = ", ".join(f"{self._shown(name)} AS _t{n}" for n, name in enumerate(self.fields))
        return f"(SELECT *, {shown} FROM {self.cells.relation} WHERE {self.kept})"

    def _shown(self, name: str) -> str:
        shown = self.cells.shown(self.fields[name])
        if name == "currency":
            shown = f"nullif({shown}, 'XXX')"
        if self.fields[name].add_days is not None:
            return (
                f"CASE WHEN {self.cells.text(self.fields[name].add_days or '')} IS NOT NULL THEN {shown} END"
            )
        return shown

    @property
    def kept(self) -> str:
        """The condition on rows: those of the reading, and never a row without any value."""
        if not self.cells.staged.numbered:
            return "true"
        width = len(self.cells.staged.headers)
        filled = f"coalesce({', '.join(self.cells.cell(n) for n in range(width))}) IS NOT NULL"
        return " AND ".join((filled, *(self.cells.condition(test) for test in self.reading.when)))

    def value(self, name: str) -> str:
        """The value of a column in terms of `texts`."""
        column = self.columns[name]
        if name not in self.fields or self.fields[name].via:
            return f"CAST(NULL AS {SQL_TYPES[column.kind]})"
        position = list(self.fields).index(name)
        return self.cells.typed(column, self.fields[name], f"_t{position}")

    def fault(self, name: str) -> str:
        """The condition under which a value is not taken, in terms of `texts` and of the value under its own name."""
        column = self.columns[name]
        text = f"_t{list(self.fields).index(name)}"
        if self.fields[name].via:
            return f"{text} IS NULL" if column.required else "false"
        value = sql.name(name)
        tests = [f"{value} IS NULL" if column.required else f"({value} IS NULL AND {text} IS NOT NULL)"]
        if column.kind in ("money", "rate", "quantity", "count") and not may_be_zero(
            column, self.reading.table
        ):
            tests.append(f"{value} = 0")
        if name in TABLES[self.reading.table].key and column.kind == "text":
            tests.append(f"strlen({value}) > {limits.IDENTIFIER_CHARACTERS}")
        return f"({' OR '.join(tests)})"

    @property
    def query(self) -> str:
        """The typed rows; `_bad`: a value of the row is not taken."""
        via = [
            f"_t{n} AS {sql.name(f'_via_{name}')}"
            for n, name in enumerate(self.fields)
            if self.fields[name].via
        ]
        faults = " OR ".join(f"coalesce({self.fault(name)}, false)" for name in self.fields)
        listed = ", ".join(("_row", *via))
        return f"SELECT {listed}, {self.listed()}, {faults} AS _bad FROM {self.texts}"

    def listed(self, loose: Mapping[str, str] | None = None) -> str:
        """`_reading` and every column of the table. `loose`: by column, another way to its value than `value`."""
        ways = {name: self.value(name) for name in self.columns} | dict(loose or {})
        values = [f"{value} AS {sql.name(name)}" for name, value in ways.items()]
        return ", ".join((f"CAST({self.number} AS INTEGER) AS _reading", *values))


def project(connection: duckdb.DuckDBPyConnection, projection: Projection, findings: Findings) -> None:
    """Appends the reading's rows to the working table; tells every value that cannot be taken."""
    table = f"{WORK}.{projection.reading.table}"
    target = f"{table}_{projection.number}"
    projection = _with_codes(connection, projection)
    connection.execute(f"CREATE OR REPLACE TABLE {target} AS {projection.query}")
    if sql.number(connection, f"SELECT count(*) FROM {target} WHERE _bad"):
        for name in projection.fields:
            _tell(connection, projection, name, findings)
    _tell_untested(connection, projection, findings)
    _warn_of_blank_rows(connection, projection, target, findings)
    _warn_of_thousands(connection, projection, findings)


def _with_codes(connection: duckdb.DuckDBPyConnection, projection: Projection) -> Projection:
    """The same, knowing which currencies occur: few are compared faster than all there are."""
    if "currency" not in projection.fields:
        return projection
    text = f"_t{list(projection.fields).index('currency')}"
    found = sql.rows(
        connection, f"SELECT DISTINCT upper(ltrim({text}, {sql.text(MARK)})) FROM {projection.texts}"
    )
    codes = currencies().intersection(str(row[0]) for row in found)
    return replace(projection, cells=replace(projection.cells, codes=codes))


def _tell(
    connection: duckdb.DuckDBPyConnection, projection: Projection, name: str, findings: Findings
) -> None:
    """Every value of one column that is not taken."""
    text = f"_t{list(projection.fields).index(name)}"
    inner = f"(SELECT *, {projection.value(name)} AS {sql.name(name)} FROM {projection.texts})"
    source = f"FROM {inner} WHERE {projection.fault(name)}"
    total = sql.number(connection, f"SELECT count(*) {source}")
    if not total:
        return
    found = sql.rows(connection, f"SELECT _row, {text} {source} ORDER BY _row LIMIT {findings.limit}")
    field, layout = projection.fields[name], projection.reading.layout
    column = projection.columns[name]
    told = []
    for row, value in found:
        if field.minus is not None and value is not None:
            code, remedy = "bad_difference", f"correct it, or {field.minus}"
            what = f"{str(value).removeprefix(MARK)} less {field.minus} leaves no amount of 0 or more"
        else:
            code, what, remedy = why_not(
                column, None if value is None else str(value), layout, field.date_format or layout.date_format
            )
        told.append(Finding("refused", code, int(str(row)), field.column or name, what, remedy))
    findings.add_rows(projection.cells.staged, told, total)


def _tell_untested(connection: duckdb.DuckDBPyConnection, projection: Projection, findings: Findings) -> None:
    """Rows that would fall out of the table only because an amount that decides on it cannot be read."""
    cells = projection.cells
    for test in projection.reading.when:
        if test.test not in ("positive", "negative", "nonzero"):
            continue
        others = [cells.condition(other) for other in projection.reading.when if other is not test]
        unread = (*others, f"{cells.raw(test.column)} IS NOT NULL", f"{cells.amount(test.column)} IS NULL")
        rows = f"SELECT _row, {cells.raw(test.column)} FROM {cells.relation}"
        query = f"{rows} WHERE {' AND '.join(unread)} ORDER BY _row"
        layout, column = projection.reading.layout, Column(test.column, "money", signed=True)
        found = []
        for row, value in sql.rows(connection, query):
            code, what, remedy = why_not(column, str(value), layout, layout.date_format)
            found.append(Finding("refused", code, int(str(row)), test.column, what, remedy))
        findings.add_rows(cells.staged, found)


def _warn_of_blank_rows(
    connection: duckdb.DuckDBPyConnection, projection: Projection, target: str, findings: Findings
) -> None:
    if not projection.reading.native:
        return
    staged = projection.cells.staged
    blank = staged.rows - sql.number(connection, f"SELECT count(*) FROM {target}")
    if blank:
        what = f"{blank:,} row{'s' if blank > 1 else ''} without any value passed over"
        findings.add(warning("blank_rows", staged.file, what, "nothing"))


def _warn_of_thousands(
    connection: duckdb.DuckDBPyConnection, projection: Projection, findings: Findings
) -> None:
    """Amounts such as 1.500, which are 1.5 in the notation stated, in a file that has none such as 1.505."""
    layout = projection.reading.layout
    if projection.cells.staged.typed or layout.thousands:
        return
    for position, (name, field) in enumerate(projection.fields.items()):
        if projection.columns[name].kind != "money":
            continue
        text = f"_t{position}"
        three = f"{text}[-4] = {sql.text(layout.decimal)}"
        odd = f"count(*) FILTER (WHERE {three} AND {text}[-1] <> '0')"
        query = f"SELECT count(*) FILTER (WHERE {three}), {odd}, min({text}) FILTER (WHERE {three})"
        ((found, others, example),) = sql.rows(connection, f"{query} FROM {projection.texts}")
        if found and not others:
            many = "an amount has" if found == 1 else f"{found:,} amounts have"
            what = f"{many} three decimals, such as {example}, which was read as less than a thousand"
            remedy = "nothing, if that is so; else state the thousands mark in a profile"
            file = projection.cells.staged.file
            findings.add(warning("three_decimals", file, what, remedy, None, field.column or name))
