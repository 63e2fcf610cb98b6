"""`countback profile`: a profile proposed for files of another shape."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countback.core.problem import CountbackError
from countback.project import options
from countback.project.asked import read_answers
from countback.project.terminal import is_terminal, say, waiting, write_bytes

if TYPE_CHECKING:
    from countback.books.propose import Proposal

Answers = Annotated[
    list[str] | None,
    typer.Option(
        "--answer", metavar="QUESTION=VALUE", help="The answer to a question of the proposal, by its id."
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FILE", help="Write the profile to this file, not to the screen."),
]


class ProfileNotReady(CountbackError):
    """A question of the proposed profile is open: a date or a number can be read in two ways."""


def profile(source: options.Source, answer: Answers = None, out: Out = None) -> None:
    """Propose a profile for files in another shape, and ask where they can be read in two ways.

    The profile goes to standard output or to --out, questions and a preview to standard error. The exit code is 1
    while a question is open: answer it with --answer, or correct the profile by hand.
    """
    from countback.books.propose import propose

    answers = read_answers(answer)
    with waiting(f"looking at {source}"):
        proposal = propose(Path(source), answers)
    _say_about(proposal)
    if proposal.questions:
        first = proposal.questions[0]
        raise ProfileNotReady(
            "no profile was written",
            f"{len(proposal.questions)} question{'s' * (len(proposal.questions) > 1)} about the files "
            f"{'are' if len(proposal.questions) > 1 else 'is'} open",
            f"answer as in --answer '{first.id}={first.choices[0].value if first.choices else 'VALUE'}'",
        )
    _give(proposal, out)


def _give(proposal: Proposal, out: Path | None) -> None:
    from countback.analytics.export import replace_file

    written = proposal.toml.encode()
    if out is None:
        write_bytes(iter([written]))
        return
    replace_file(out, lambda stream: stream.write(written))
    say(f"The profile is in {out}: check it, then use it with --profile {out}.")


def _say_about(proposal: Proposal) -> None:
    for problem in proposal.problems:
        say(str(problem))
    for file, headers in proposal.unused.items():
        say(f"{file}: not read: {', '.join(headers)}.")
    for question in proposal.questions:
        say(f"\n{question.id}\n  {question.file}: {question.text}")
        say("\n".join(f"    {choice.value}  {choice.meaning}" for choice in question.choices))
    if proposal.preview and is_terminal(_stderr()):
        for table, rows in proposal.preview.items():
            say(f"\n{table}, the first rows:")
            say(
                "\n".join(
                    "  " + ", ".join(f"{name} {value}" for name, value in row.items() if value is not None)
                    for row in rows
                )
            )


def _stderr() -> Any:
    import sys

    return sys.stderr
