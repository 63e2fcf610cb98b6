"""`countback check`: what is wrong with a source."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from countback.core.problem import CountbackError
from countback.project import options
from countback.project.terminal import say, waiting, write_bytes, write_lines

if TYPE_CHECKING:
    from countback.core.problem import Problem

ProblemFormat = Annotated[
    Literal["table", "json"], typer.Option("--format", help="One problem a line, or a JSON list of objects.")
]


class UnableToTakeBooks(CountbackError):
    """The books are refused; what stands against them has been listed."""


def check(source: options.Source, profile: options.Profile = None, format: ProblemFormat = "table") -> None:
    """Check books and list every problem: file, line, column, what is wrong, what to do.

    The exit code is 1 where the books are refused; warnings alone leave it 0.
    """
    from countback.books.load import check as check_books

    today = datetime.now(UTC).astimezone().date()
    with waiting(f"checking {source}") as progress:
        problems = list(check_books(Path(source), profile=profile, today=today, progress=progress))
    if format == "json":
        write_bytes(
            iter(
                [
                    json.dumps(
                        [asdict(problem) for problem in problems], ensure_ascii=False, indent=1
                    ).encode(),
                    b"\n",
                ]
            )
        )
    else:
        write_lines("\n".join(map(_line, problems)))
    refused = [problem for problem in problems if problem.severity == "refused"]
    warnings = len(problems) - len(refused)
    if refused:
        files = {problem.file for problem in refused}
        raise UnableToTakeBooks(
            f"the books {source} were not taken",
            f"{_count(len(refused), 'problem')} in {_count(len(files), 'file')}",
            "mend what is listed and check again",
        )
    say(f"The books {source} are in order" + (f", with {_count(warnings, 'warning')}." if warnings else "."))


def _line(problem: Problem) -> str:
    return f"warning: {problem}" if problem.severity == "warning" else str(problem)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' * (number != 1)}"
