"""Pure packages read no clock, hold money in decimals, and name no engine where Spark must follow."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.tree import Module, none_of, pure, sources

CLOCKS = {"now", "today", "utcnow", "time_ns", "localtime", "gmtime"}
SQL_CLOCK = re.compile(
    r"\b(now|today|get_current_timestamp|current_localtimestamp)\s*\(\s*\)|\b(current_date|current_timestamp|localtimestamp)\b",
    re.IGNORECASE,
)
SQL_FLOAT = re.compile(
    r"\b(DOUBLE|FLOAT[48]?|REAL)\b|::\s*(double|float|real)\b|^(double|float|real|float32|float64)$"
)
SQL = re.compile(
    r"^\s*(SELECT\s.*\sFROM\s|WITH\s+\w+\s+AS\s*\(|CREATE\s+(OR\s+REPLACE\s+)?(TEMP\w*\s+)?(TABLE|VIEW|MACRO)\s|INSERT\s+INTO\s)|\bSELECT\b",
    re.DOTALL,
)
ENGINE_FREE = ("src/countback/kpis/", "src/countback/analytics/tables/")

FLOATS_ALLOWED = {
    "src/countback/books/demo/": "chances and habits of an invented business; amounts are rounded to cents",
    "src/countback/books/proposing/": "likeness of headers and values, from 0 to 1",
    "src/countback/books/readers/xlsx.py": "a sheet holds floats; here each becomes the decimal that a person sees",
    "src/countback/books/readers/parquet.py": "a file may hold floats; here each becomes the decimal that it shows",
}
"""File or folder of a pure package that may hold a float -> why (no money is in it)."""

LINES_ALLOWED = {
    "get_close_matches": "likeness of two words, as difflib takes it",
    "_NEARLY": "likeness of two words",
    "progress": "part of the work that is done, for a bar",
    "Progress": "part of the work that is done, for a bar",
}
"""What a line with a float may be about -> why."""


def clock_reads(module: Module) -> list[str]:
    calls = [node for node in module.of(ast.Call) if isinstance(node.func, ast.Attribute)]
    read = [
        call
        for call in calls
        if call.func.attr in CLOCKS or ast.unparse(call.func) in ("time.time", "time.strftime")
    ]
    asked = [node for node in module.strings if SQL_CLOCK.search(node.value)]
    return [f"{module.at(node)} reads the clock; pass the date or time in" for node in (*read, *asked)]


def floats(module: Module) -> list[str]:
    names = [node for node in module.of(ast.Name) if node.id == "float"]
    types = [
        node for node in module.of(ast.Attribute) if node.attr in ("float64", "float32", "Float64", "Float32")
    ]
    literals = [node for node in module.of(ast.Constant) if isinstance(node.value, float)]
    casts = [node for node in module.strings if SQL_FLOAT.search(node.value)]
    lines = module.text.splitlines()
    found = [node for node in (*names, *types, *literals, *casts) if not about(lines[node.lineno - 1])]
    words = "use Decimal, DECIMAL(p, s) or Fraction"
    return [f"{module.at(node)} a float: {ast.unparse(node)[:40]}; {words}" for node in found]


def about(line: str) -> set[str]:
    """Which of LINES_ALLOWED the line is about."""
    return {word for word in LINES_ALLOWED if word in line}


def raw_sql(module: Module) -> list[str]:
    strings = [node for node in module.strings if SQL.search(node.value)]
    calls = [
        node
        for node in module.of(ast.Call)
        if isinstance(node.func, ast.Attribute) and node.func.attr in ("sql", "raw_sql", "execute")
    ]
    imports = [
        node
        for node in module.of(ast.Import, ast.ImportFrom)
        if re.search(r"\b(duckdb|sqlglot|pyspark)\b", ast.unparse(node))
    ]
    found = (*strings, *calls, *imports)
    return [f"{module.at(node)} names an engine or its SQL; say it as an Ibis expression" for node in found]


def test_pure_packages_read_no_clock() -> None:
    none_of([finding for module in pure() for finding in clock_reads(module)])


def test_pure_packages_hold_no_float() -> None:
    held = [module for module in pure() if not module.path.startswith(tuple(FLOATS_ALLOWED))]
    none_of([finding for module in held for finding in floats(module)])


def test_every_allowed_float_is_still_there() -> None:
    holding = [module.path for module in pure() if floats(module)]
    stale = [place for place in FLOATS_ALLOWED if not any(path.startswith(place) for path in holding)]
    seen = {word for module in pure() for line in module.text.splitlines() for word in about(line)}
    assert not stale, f"take {stale} out of FLOATS_ALLOWED: there is no float there now"
    assert seen == set(LINES_ALLOWED), "take words out of LINES_ALLOWED that no line has"


def test_kpis_and_derived_tables_name_no_engine() -> None:
    none_of(
        [
            finding
            for module in sources()
            if module.path.startswith(ENGINE_FREE)
            for finding in raw_sql(module)
        ]
    )


@pytest.mark.parametrize(
    "source",
    [
        "datetime.now(tz=UTC)",
        "datetime.date.today()",
        "time.time()",
        "ibis.now()",
        "q = 'select current_date'",
        "q = f'where due_on < today() and {x}'",
        "q = 'recorded_at <= now()'",
    ],
)
def test_a_clock_is_seen(source: str) -> None:
    assert clock_reads(Module("x.py", source))


def test_a_word_is_no_clock() -> None:
    assert not clock_reads(
        Module("x.py", '"""now() in a docstring."""\nx = "what is known now"\ny = moment.time()')
    )


@pytest.mark.parametrize(
    "source",
    [
        "x = float(y)",
        "def f(a: float): ...",
        "x = 0.5",
        "q = 'amount DOUBLE'",
        "q = 'x::double'",
        "x.cast('float64')",
        "dt.float64",
        "q = f'cast({x} as FLOAT8)'",
    ],
)
def test_a_float_is_seen(source: str) -> None:
    assert floats(Module("x.py", source))


def test_decimals_are_no_floats() -> None:
    assert not floats(
        Module("x.py", "x = Decimal('0.5')\nq = 'DECIMAL(18,4)'\nr = 'a double payment'\ny = 1")
    )


@pytest.mark.parametrize(
    "source",
    [
        "q = 'SELECT 1'",
        "con.sql(q)",
        "import duckdb",
        "from duckdb import sql",
        "q = 'CREATE TABLE x (a INT)'",
    ],
)
def test_an_engine_is_seen(source: str) -> None:
    assert raw_sql(Module("x.py", source))


def test_an_expression_names_no_engine() -> None:
    assert not raw_sql(Module("x.py", "x = t.select('a').filter(t.b > 1)\nr = 'select a date from the list'"))
