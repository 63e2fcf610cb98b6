"""Collecting what is wrong: every problem of every file, each with its line, up to a stated number per file."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from countback.books import limits
from countback.core.problem import CountbackError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from countback.books.readers import Staged

Severity = Literal["refused", "warning"]


class UnableToReadBooks(CountbackError):
    """The books were not taken: `problems` holds everything that was found, warnings included."""

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        refused = [problem for problem in self.problems if problem.severity == "refused"]
        files = {problem.file for problem in refused}
        told = [problem for problem in refused if problem.code != "more_problems"]
        count = f"{len(told):,} problem{'s' if len(told) != 1 else ''}"
        count = count if len(told) == len(refused) else f"more than {count}"
        where = f"{len(files)} file{'s' if len(files) != 1 else ''}"
        super().__init__(
            f"The books {source} were not taken",
            f"{count} in {where}, the first: {refused[0].file}: {refused[0].what}"
            if refused
            else "no reason",
            "mend them; the check lists every one with its line",
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem of one row before its physical line is known. `row`: number of the row in its file, from 0."""

    severity: Severity
    code: str
    row: int
    column: str | None
    what: str
    remedy: str


@dataclass(slots=True)
class Findings:
    """Problems as they are found; `told` gives them in the order of files and lines."""

    limit: int = limits.PROBLEMS_PER_FILE
    _whole: list[Problem] = field(default_factory=list)
    _rows: dict[int, list[Finding]] = field(default_factory=lambda: defaultdict(list))
    _files: dict[int, Staged] = field(default_factory=dict)
    _more: Counter[tuple[str, Severity, str]] = field(default_factory=Counter)

    def add(self, *problems: Problem) -> None:
        """Problems whose line is known, or that concern a file as a whole."""
        self._whole.extend(problems)

    def add_unread(self, unread: UnableToReadFile) -> None:
        """Why a file could not be read."""
        self.add(*unread.problems)
        first = unread.problems[0]
        self._more[first.file, first.severity, first.code] += unread.more

    def add_rows(self, place: Staged, found: Iterable[Finding], total: int | None = None) -> None:
        """Problems of rows. `total`: how many there are of this kind, where not all are given."""
        listed = list(found)
        self._files[id(place)] = place
        self._rows[id(place)].extend(listed)
        if total is not None and total > len(listed) and listed:
            self._more[place.file, listed[0].severity, listed[0].code] += total - len(listed)

    @property
    def refused(self) -> bool:
        """Whether anything stands against taking the books."""
        rows = [finding.severity for found in self._rows.values() for finding in found]
        return "refused" in rows or any(problem.severity == "refused" for problem in self._whole)

    def told(self) -> list[Problem]:
        """Every problem with its line, by file and line; where there are too many, the last says how many more."""
        problems = list(self._whole)
        for key, found in self._rows.items():
            problems += _placed(self._files[key], found)
        by_file: dict[str, list[Problem]] = defaultdict(list)
        for problem in dict.fromkeys(problems):
            by_file[problem.file].append(problem)
        return [problem for file in by_file for problem in self._cut(file, by_file[file])]

    def _cut(self, file: str, problems: list[Problem]) -> list[Problem]:
        problems.sort(key=lambda problem: (problem.line or 0, problem.column or ""))
        refused = [problem for problem in problems if problem.severity == "refused"]
        more = sum(
            n for (name, severity, _), n in self._more.items() if (name, severity) == (file, "refused")
        )
        more += max(len(refused) - self.limit, 0)
        refused = refused[: self.limit]
        if more:
            refused.append(_further("refused", "more_problems", file, more, "problems", "mend these first"))
        return refused + self._warnings(file, [item for item in problems if item.severity == "warning"])

    def _warnings(self, file: str, warnings: list[Problem]) -> list[Problem]:
        kept: list[Problem] = []
        for code in dict.fromkeys(warning.code for warning in warnings):
            same = [warning for warning in warnings if warning.code == code]
            kept += same[: limits.WARNINGS_PER_KIND]
            more = max(len(same) - limits.WARNINGS_PER_KIND, 0) + self._more[file, "warning", code]
            if more:
                kept.append(_further("warning", code, file, more, "of this kind", same[0].remedy))
        return kept


def _further(severity: Severity, code: str, file: str, more: int, kind: str, remedy: str) -> Problem:
    return Problem(severity, code, file, None, None, f"{more:,} more {kind} in this file", remedy)


def _placed(place: Staged, found: list[Finding]) -> list[Problem]:
    lines = place.lines(sorted({finding.row for finding in found}))
    return [
        Problem(item.severity, item.code, place.file, lines[item.row], item.column, item.what, item.remedy)
        for item in found
    ]


def refusal(
    code: str, file: str, what: str, remedy: str, line: int | None = None, column: str | None = None
) -> Problem:
    """A problem for which books are not taken."""
    return Problem("refused", code, file, line, column, what, remedy)


def warning(
    code: str, file: str, what: str, remedy: str, line: int | None = None, column: str | None = None
) -> Problem:
    """Something odd that is kept as it is."""
    return Problem("warning", code, file, line, column, what, remedy)


class UnableToReadFile(CountbackError):
    """One file gave no rows; the check goes on with the others. `problems`: why, line by line; `more`: how many
    further ones there are."""

    def __init__(self, *problems: Problem, more: int = 0) -> None:
        self.problems = list(problems)
        self.more = more
        first = self.problems[0]
        super().__init__(f"The file {first.file} was not read", first.what, first.remedy)
