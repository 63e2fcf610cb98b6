"""A profile proposed for files that nobody has described: what can be told is told, every doubt is asked about.

A date such as 03/04/2024 or an amount such as 1.234 can be read in two ways. Where every value of a column can, the
proposal asks and stays unusable until it is answered; nothing is guessed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from countback.books import profile, sql, staging
from countback.books.cells import Cells
from countback.books.findings import UnableToReadFile
from countback.books.projection import Projection
from countback.books.proposing.mapping import OPEN, Mapped, mapped, recognised, table_of
from countback.books.proposing.questions import (
    Asking,
    Question,
    date_question,
    notation_question,
    unknown_date_question,
)
from countback.books.proposing.shapes import DATE_FORMATS, Shape, shapes
from countback.books.proposing.sniff import sniffed_layout
from countback.books.proposing.text import Drafted, profile_toml
from countback.books.readers import Staged
from countback.books.reading import Layout, Reading
from countback.books.source import found_in
from countback.books.tables import TABLES
from countback.core.problem import CountbackError, Problem

__all__ = ["Proposal", "Question", "UnableToProposeProfile", "propose"]


class UnableToProposeProfile(CountbackError):
    """No profile can be proposed, or the proposed one cannot be used yet."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed profile. `toml`: its text. `questions`: what must be answered before it can be used.

    `preview`: the first rows that each table would have, by table; empty while questions are open. `unused`: headers
    that are not read, by file. `problems`: files that could not be looked at, and why.
    """

    toml: str
    questions: tuple[Question, ...]
    preview: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    unused: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def profile(self) -> profile.Profile:
        """The profile, ready to use; refused while a question is open."""
        if self.questions:
            first = self.questions[0]
            raise UnableToProposeProfile(
                "The proposed profile was not used",
                f"{len(self.questions)} questions are open, the first on {first.file}: {first.text}",
                f"answer {first.id} with one of {', '.join(choice.value for choice in first.choices)}",
            )
        return profile.parse(self.toml, name="the proposed profile")


@dataclass(frozen=True, slots=True)
class _Looked:
    """A file that has been looked at."""

    file: str
    layout: Layout
    staged: Staged
    shapes: list[Shape]


def propose(source: str | Path, answers: Mapping[str, str] | None = None, *, rows: int = 5) -> Proposal:
    """A profile for the files of `source` (a file, a folder or a zip), with the questions that are open.

    `answers`: id of a question -> the chosen value. `rows`: how many rows of each table the preview shows.
    """
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        workspace = Path(folder)
        found = found_in(Path(source), workspace)
        looked, problems = _look(connection, found.files, workspace)
        if not looked:
            raise _nothing(found.name, (*found.problems, *problems))
        asking = Asking(answers or {})
        drafted = _drafts(looked, asking)
        asking.refuse_strangers()
        toml = profile_toml(found.name, drafted)
        unused = {each.file: each.mapped.unused for each in drafted if each.mapped.unused}
        proposal = Proposal(toml, asking.open, {}, unused, (*found.problems, *problems))
        if asking.open:
            return proposal
        readings = proposal.profile().readings([each.file for each in looked])
        return replace(proposal, preview=_preview(connection, looked, readings, rows))


def _look(
    connection: duckdb.DuckDBPyConnection, files: Mapping[str, Path], workspace: Path
) -> tuple[list[_Looked], list[Problem]]:
    looked: list[_Looked] = []
    problems: list[Problem] = []
    for number, (file, path) in enumerate(files.items()):
        try:
            layout = sniffed_layout(path, file)
            staged = staging.stage(connection, path, file, layout, f"looked_{number}", workspace)
        except UnableToReadFile as error:
            problems.extend(error.problems)
            continue
        looked.append(_Looked(file, layout, staged, shapes(connection, staged)))
    return looked, problems


def _nothing(name: str, problems: Sequence[Problem]) -> UnableToProposeProfile:
    first = problems[0] if problems else None
    return UnableToProposeProfile(
        f"No profile was proposed for {name}",
        f"{first.file}: {first.what}" if first else "there is no CSV, XLSX or Parquet file in it",
        first.remedy if first else "give a file or a folder with such files",
    )


def _drafts(looked: Sequence[_Looked], asking: Asking) -> list[Drafted]:
    """Each file mapped; whether customers have a file of their own is known first."""
    own = any(table_of(recognised(each.shapes)) == "customers" for each in looked)
    drafted = []
    for each in looked:
        found = mapped(each.file, each.shapes, asking, has_customers=own)
        by_header = {shape.header: shape for shape in each.shapes}
        dates = {header: _date_format(each.file, by_header[header], asking) for header in _dated(found)}
        layout = _marks(each, [by_header[header] for header in _amounts(found)], asking)
        drafted.append(
            Drafted(each.file, found, layout, {name: given for name, given in dates.items() if given})
        )
    return drafted


def _dated(found: Mapped) -> list[str]:
    """Headers that give dates."""
    if found.table not in TABLES:
        return []
    kinds = {column.name: column.kind for column in TABLES[found.table].columns}
    headers = [
        header for name, header in found.columns.items() if kinds.get(name) == "date" and header != OPEN
    ]
    return headers + ([found.cleared] if found.cleared else [])


def _amounts(found: Mapped) -> list[str]:
    """Headers that give amounts."""
    if found.table not in TABLES:
        return []
    both = (("customers", found.customers), (found.table, found.columns))
    return [
        header
        for table, columns in both
        for name, header in columns.items()
        if name in TABLES[table].names and TABLES[table].column(name).kind == "money" and header != OPEN
    ]


def _date_format(file: str, shape: Shape, asking: Asking) -> str | None:
    """The format of a column's dates; None where it does not matter."""
    if shape.typed or not shape.filled:
        return None
    if len(shape.dates) == 1:
        return shape.dates[0]
    if shape.dates:
        question = date_question(file, shape.header, shape.dates, shape.telling)
    else:
        question = unknown_date_question(file, shape.header, DATE_FORMATS)
    return asking.ask(question) or OPEN


def _marks(looked: _Looked, amounts: Sequence[Shape], asking: Asking) -> Layout:
    """The layout with the decimal mark that every amount of the file fits, asked for where two do or none does."""
    texts = [shape for shape in amounts if shape.filled and not shape.typed]
    if not any(shape.marked or not shape.notations for shape in texts):
        return looked.layout
    common = set.intersection(*({decimal for decimal, _ in shape.notations} for shape in texts))
    if len(common) == 1:
        (decimal,) = common
    else:
        shown = next((shape for shape in texts if shape.telling), texts[0])
        question = notation_question(looked.file, shown.header, shown.telling, fits=bool(common))
        decimal = asking.ask(question) or OPEN
    thousands = [mark for shape in texts for given, mark in shape.notations if given == decimal and mark]
    return replace(looked.layout, decimal=decimal, thousands=thousands[0] if thousands else "")


def _preview(
    connection: duckdb.DuckDBPyConnection, looked: Sequence[_Looked], readings: Sequence[Reading], rows: int
) -> dict[str, list[dict[str, Any]]]:
    """The first rows that each table would have, typed; what cannot be taken is None."""
    staged = {each.file: each.staged for each in looked}
    shown: dict[str, list[dict[str, Any]]] = {}
    for number, reading in enumerate(readings):
        projection = Projection(reading, number, Cells(staged[reading.file], reading.layout), reading.fields)
        names = list(reading.fields)
        listed = ", ".join(sql.name(name) for name in names)
        distinct = "DISTINCT " if reading.one_per_key else ""
        query = f"SELECT {distinct}{listed} FROM (SELECT * FROM ({projection.query}) ORDER BY _row LIMIT {20 * rows})"
        found = sql.rows(connection, f"{query} LIMIT {rows}")
        shown.setdefault(reading.table, []).extend(dict(zip(names, row, strict=True)) for row in found)
    return shown
