"""The short way into the books and the thorough one: the same rows, the same refusals, whatever the file is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from countback.books import load as loading
from countback.books.load import check, load
from countback.books.loaded import loaded_columns
from countback.books.readers.csv_survey import survey
from countback.books.tables import SQL_TYPES, TABLES

WAYS = ("straight", "straight_typed")


def of_parquet(folder: Path, typed: bool = True, change: str = "", table: str = "") -> Path:
    """The same books as Parquet, with the types of the format or all text; `change`: of one table's columns."""
    target = folder.with_name("parquet")
    target.mkdir(exist_ok=True)
    for file in sorted(folder.glob("*.csv")):
        known = {column.name: SQL_TYPES[column.kind] for column in TABLES[file.stem].columns}
        rows = f"read_csv('{file}', header = true, all_varchar = true)"
        names = [row[0] for row in duckdb.sql(f"DESCRIBE SELECT * FROM {rows}").fetchall()]
        listed = ", ".join(
            f'CAST("{name}" AS {known.get(name, "VARCHAR")}) AS "{name}"' if typed else f'"{name}"'
            for name in names
        )
        changed = change if file.stem == table else ""
        duckdb.sql(
            f"COPY (SELECT * {changed} FROM (SELECT {listed} FROM {rows})) TO '{target}/{file.stem}.parquet'"
        )
    return target


def tables_of(source: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    books = load(source)
    found = {}
    for table in TABLES:
        columns = ", ".join(f'"{name}"' for name in loaded_columns(table, books.extra))
        found[table] = books.connection.execute(
            f"SELECT {columns} FROM books.{table} ORDER BY ALL"
        ).fetchall()
    books.connection.close()
    return found


def told(source: Path) -> list[tuple[object, ...]]:
    """Every problem, without the name of its file."""
    return sorted(((one.code, one.line, one.column, one.severity) for one in check(source)), key=str)


@pytest.fixture
def thoroughly(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Closes the short way."""

    def close() -> None:
        for name in WAYS:
            monkeypatch.setattr(loading, name, lambda *_: None)

    return close


@pytest.mark.parametrize("kind", ["csv", "typed", "text"])
def test_both_ways_give_the_same_books(
    folder: Callable[..., Path], thoroughly: Callable[[], None], kind: str
) -> None:
    source = folder()
    source = source if kind == "csv" else of_parquet(source, typed=kind == "typed")
    short = tables_of(source)
    thoroughly()
    assert tables_of(source) == short
    assert all(short.values())


@pytest.mark.parametrize("kind", ["csv", "typed"])
def test_sound_files_go_the_short_way(
    folder: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    source = folder(only=("customers", "invoices"))
    source = source if kind == "csv" else of_parquet(source)
    gone = []
    for name in WAYS:
        real = getattr(loading, name)
        monkeypatch.setattr(loading, name, lambda *given, real=real: gone.append(real(*given)) or gone[-1])
    load(source)
    assert sorted(projection.reading.table for projection in gone) == ["customers", "invoices"]


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("invoices", "REPLACE (amount * 0 AS amount)"),
        ("invoices", "REPLACE (-amount AS amount)"),
        ("invoices", "REPLACE (CAST(amount AS DECIMAL(18, 6)) + 0.000001 AS amount)"),
        ("invoices", "REPLACE (CAST(amount AS DOUBLE) / 3 AS amount)"),
        ("invoices", "REPLACE ('EURO' AS currency)"),
        ("invoices", "REPLACE ('eur' AS currency)"),
        ("invoices", "REPLACE (issued_on - INTERVAL 200 YEARS AS issued_on)"),
        ("invoices", "REPLACE (CAST(issued_on AS DATE) + 400 * 365 AS issued_on)"),
        ("invoices", "REPLACE (CAST(NULL AS VARCHAR) AS invoice_id)"),
        ("invoices", "REPLACE (' ' || invoice_id AS invoice_id)"),
        ("invoices", "REPLACE (invoice_id || '\u00a0' AS invoice_id)"),
        ("invoices", "REPLACE ('' AS terms)"),
        ("invoices", "REPLACE (repeat('I', 201) AS invoice_id)"),
        ("disputes", "REPLACE ('CREDITED' AS outcome)"),
        ("disputes", "REPLACE ('forgotten' AS outcome)"),
        ("payments", "REPLACE (amount / 2 AS amount)"),
        ("customers", "REPLACE ([name] AS name)"),
    ],
)
def test_a_typed_file_with_a_fault_is_told_as_ever(
    folder: Callable[..., Path], thoroughly: Callable[[], None], table: str, change: str
) -> None:
    source = of_parquet(folder(), change=change, table=table)
    short = told(source)
    thoroughly()
    assert told(source) == short


@pytest.mark.parametrize(
    ("text", "outer"),
    [
        ("a,b c\nd,e\n", False),
        ("a ,b\n", True),
        ("a, b\n", True),
        ("a,b \n", True),
        ("a,b \r\n", True),
        (" a,b\n", True),
        ("a,b\n c,d\n", True),
        ("a,b ", True),
        ('a," b"\n', True),
        ("x" * ((1 << 18) - 2) + ", b\n", True),
        ("x" * ((1 << 18) - 1) + ", b\n", True),
        ("x" * ((1 << 18) - 1) + " b\n", False),
    ],
)
def test_blanks_at_the_ends_of_cells_are_seen(tmp_path: Path, text: str, outer: bool) -> None:
    """Also where the file is cut between two blocks."""
    file = tmp_path / "a.csv"
    file.write_bytes(text.encode())
    assert survey(file, ",").outer_spaces is outer
