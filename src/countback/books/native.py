"""Books in the format's own shape: which file is which table is said by its name."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import PurePath
from typing import TYPE_CHECKING

from countback.books.findings import refusal
from countback.books.readers.xlsx import sheet_names
from countback.books.reading import Field, Layout, Reading
from countback.books.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from countback.core.problem import Problem


def native_readings(files: Mapping[str, Path]) -> tuple[list[Reading], list[Problem]]:
    """The reading of each file whose name is a table's, and what is wrong with the other names."""
    found: list[tuple[str, Reading]] = []
    problems: list[Problem] = []
    for file, path in files.items():
        table = PurePath(file).stem.strip().lower()
        sheets = _sheets(path) if table not in TABLES else {}
        if table in TABLES:
            found.append((file, _reading(file, table)))
        elif any(sheet in TABLES for sheet in sheets):
            found += [(file, _reading(file, key, sheet)) for key, sheet in sheets.items() if key in TABLES]
            problems += [_unknown(file, sheets[key], "sheet", key) for key in sheets if key not in TABLES]
        else:
            problems.append(_unknown(file, PurePath(file).stem, "file", table))
    return [reading for _, reading in found], problems + _twice(found)


def _reading(file: str, table: str, sheet: str | None = None) -> Reading:
    fields = {name: Field(column=name, optional=True) for name in TABLES[table].names}
    return Reading(file, table, fields, Layout(sheet=sheet), native=True)


def _sheets(path: Path) -> dict[str, str]:
    """The sheets of a workbook by their names in lower case."""
    if path.suffix.lower() != ".xlsx":
        return {}
    return {sheet.strip().lower(): sheet for sheet in sheet_names(path)}


def _unknown(file: str, shown: str, kind: str, name: str) -> Problem:
    near = get_close_matches(name, TABLES, 1, 0.6)
    what = f"the {kind} name {shown!r} is no table of the books"
    remedy = f"call it {near[0]}" if near else "use a table's name, or give a profile that says what it holds"
    remedy += f" (the tables are {', '.join(TABLES)})"
    return refusal("unknown_table", file, what, remedy)


def _twice(found: Iterable[tuple[str, Reading]]) -> list[Problem]:
    """Two files for one table: neither can be preferred."""
    first: dict[str, str] = {}
    problems: list[Problem] = []
    for file, reading in found:
        other = first.setdefault(reading.table, file)
        if other != file:
            what = f"gives the table {reading.table}, which {other} gives too"
            problems.append(refusal("duplicate_table", file, what, "keep one of the two"))
    return problems
