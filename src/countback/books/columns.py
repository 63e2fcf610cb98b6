"""Which columns of a file are read as which: known ones, further ones, missing ones, misspelt ones."""

from __future__ import annotations

import re
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from countback.books.findings import refusal, warning
from countback.books.loaded import FILLED
from countback.books.readers.header import plain
from countback.books.reading import Field
from countback.books.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from countback.books.cells import Cells
    from countback.books.reading import Reading
    from countback.core.problem import Problem


def fields_of(reading: Reading, cells: Cells) -> tuple[dict[str, Field], list[Problem]]:
    """Column of the table -> where its value is found, for what this file has; and what is wrong with its columns."""
    present = {name: field for name, given in reading.fields.items() if (field := _found(given, cells))}
    problems = [_lacking(cells, header) for header in _lacked(reading, cells)]
    if reading.native:
        further, odd = _further(reading, cells)
        present |= further
        problems += odd
    problems += [
        _required(reading, cells, column.name)
        for column in TABLES[reading.table].columns
        if column.required and column.name not in present and not _without_rows(reading, cells)
    ]
    return present, problems


def _found(field: Field, cells: Cells) -> Field | None:
    """The field as this file can give it: its fallback where the column is lacking; None where there is neither."""
    if field.column is None or cells.position(field.column) is not None:
        return field
    if field.fallback is None or cells.position(field.fallback) is None:
        return None
    return replace(field, column=field.fallback, fallback=None)


def _without_rows(reading: Reading, cells: Cells) -> bool:
    """Whether the file gives the table no rows, lacking an optional column that its rows must have filled."""
    tests = (test for test in reading.when if test.optional and test.test not in ("blank", "differs"))
    return any(cells.position(test.column) is None for test in tests)


def _lacked(reading: Reading, cells: Cells) -> Iterator[str]:
    """Headers that the reading needs and the file does not have."""
    tests = [test for test in reading.when if not test.optional]
    needed: list[str] = [header for test in tests for header in (test.column, test.minus) if header]
    for field in reading.fields.values():
        places = re.findall(r"\{([^{}]*)\}", field.template or "")
        headers = (
            *places,
            *(header for header in (field.column, field.fallback, field.add_days, field.minus) if header),
        )
        needed += [] if field.optional else headers
    heading = reading.layout.heading
    needed += [heading.column, heading.where_blank] if heading else []
    yield from (header for header in dict.fromkeys(needed) if cells.position(header) is None)


def _lacking(cells: Cells, header: str) -> Problem:
    near = get_close_matches(header, cells.staged.headers, 1, 0.6)
    what = f"has no column {header}, which the profile reads"
    remedy = (f"did you mean {near[0]}? " if near else "") + "Add the column, or correct the profile"
    return refusal("missing_column", cells.staged.file, what, remedy, None, header)


def _required(reading: Reading, cells: Cells, name: str) -> Problem:
    unknown = [header for header in cells.staged.headers if plain(header) not in TABLES[reading.table].names]
    near = _nearest(name, unknown)
    what = f"has no column {name}, which the table {reading.table} needs"
    remedy = f"rename {near} to {name}" if near else f"add the column {name}"
    if not reading.native:
        remedy = f"let the profile say where {name} is found"
    return refusal("missing_column", cells.staged.file, what, remedy, None, name)


def _further(reading: Reading, cells: Cells) -> tuple[dict[str, Field], list[Problem]]:
    """Columns that the format does not know: kept for customers and invoices, else not read."""
    table = TABLES[reading.table]
    filled = FILLED.get(reading.table, {})
    fields: dict[str, Field] = {}
    problems: list[Problem] = []
    known = {plain(header) for header in cells.staged.headers}
    for position, header in enumerate(cells.staged.headers, 1):
        if plain(header) in table.names:
            continue
        kept = table.open_ended and plain(header) not in filled and not header.startswith("_")
        if header == f"column {position}":
            problems += [_nameless(cells, header)]
            continue
        if plain(header) in filled and cells.staged.file.lower().endswith(".parquet"):
            continue  # converted books that were touched: what they had filled in is filled in anew
        if kept:
            fields[header] = Field(column=header)
        if not kept or _nearest(header, [name for name in table.names if name not in known]):
            near = _nearest(header, [name for name in table.names if name not in known])
            problems.append(_unknown(cells, header, near, kept=kept, filled=plain(header) in filled))
    return fields, problems


def _nearest(header: str, names: list[str]) -> str | None:
    comparable = {plain(name).replace(" ", "_").replace("-", "_"): name for name in names}
    near = get_close_matches(plain(header).replace(" ", "_").replace("-", "_"), comparable, 1, 0.8)
    return comparable[near[0]] if near else None


def _unknown(cells: Cells, header: str, near: str | None, *, kept: bool, filled: bool) -> Problem:
    file = cells.staged.file
    if filled:
        what = f"the column {header} is computed by the books themselves and was not read"
        return warning("reserved_column", file, what, "nothing, or give it another name", None, header)
    what = f"the column {header} is unknown and was " + ("kept as a further column" if kept else "not read")
    remedy = f"did you mean {near}? Then rename it" if near else "nothing, unless it is misspelt"
    return warning("unknown_column", file, what, remedy, None, header)


def _nameless(cells: Cells, header: str) -> Problem:
    what = f"{header} has no name and was not read"
    return warning("nameless_column", cells.staged.file, what, "give it a name, or delete it", None, header)
