"""`countback import`: books into the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countback.books.findings import UnableToReadBooks
from countback.project import options
from countback.project.at_hand import ledger
from countback.project.commands.check import UnableToTakeBooks
from countback.project.shown.grid import Column, Grid, draw
from countback.project.terminal import say, waiting, write_lines

if TYPE_CHECKING:
    from countback.core.problem import Problem

Summary = dict[str, Any]
"""What changed, by table, as `Plan.summary()` gives it."""

DryRun = Annotated[bool, typer.Option("--dry-run", help="Tell what would change, and write nothing.")]
EndVanished = Annotated[
    bool,
    typer.Option(
        "--end-vanished", help="End the rows that the source no longer tells: it tells all there is."
    ),
]


def import_books(
    source: options.Source,
    profile: options.Profile = None,
    dry_run: DryRun = False,
    end_vanished: EndVanished = False,
) -> None:
    """Import books into the ledger of the application: what is new or has changed, whole or not at all.

    The ledger lies in the data folder (COUNTBACK_DATA), or where DATABASE_URL says; an empty one is made. The same
    books twice change nothing. The exit code is 1 where the books are refused.
    """
    with ledger(make=True) as settings:
        if dry_run:
            _plan(source, profile, end_vanished)
        else:
            _import(source, profile, end_vanished, settings.data / "mirror")


def _plan(source: Path, profile: str | None, end_vanished: bool) -> None:
    from countback.ledger import actions

    with waiting(f"comparing {source} with the ledger") as progress, _told_where_refused(source):
        plan = actions.plan_import(source, profile=profile, ends_vanished=end_vanished, progress=progress)
    write_lines("\n".join(map(str, plan.warnings)))
    _show(plan.summary())
    say(_what_is_new(plan.changes, "would be written or ended; nothing was"))


def _import(source: Path, profile: str | None, end_vanished: bool, figures: Path) -> None:
    from countback.ledger import actions, mirror

    with waiting(f"importing {source}") as progress, _told_where_refused(source):
        made = actions.import_books(
            source, name=source.name, profile=profile, by=None, at=datetime.now(UTC), ends_vanished=end_vanished,
            progress=progress,
        )  # fmt: skip
    with waiting("bringing the figures up to date"):
        mirror.refresh(figures)
    _show(made.summary)
    say(f"Import {made.pk}: {_what_is_new(made.changes, 'written or ended')}")


@contextmanager
def _told_where_refused(source: Path) -> Iterator[None]:
    """Lists what stands against the books, as `countback check` does, and ends with the count."""
    try:
        yield
    except UnableToReadBooks as refused:
        write_lines("\n".join(map(_line, refused.problems)))
        count = sum(problem.severity == "refused" for problem in refused.problems)
        raise UnableToTakeBooks(
            f"the books {source} were not imported",
            f"{count:,} problem{'s stand' if count > 1 else ' stands'} against them",
            "mend what is listed and import again",
        ) from refused


def _line(problem: Problem) -> str:
    return f"warning: {problem}" if problem.severity == "warning" else str(problem)


def _show(summary: Summary) -> None:
    from countback.ledger.uploads_changes import erased_words

    kinds = ("new", "changed", "vanished", "same")
    columns = [Column("table"), *(Column(kind, number=True) for kind in kinds)]
    columns += [Column("held before", number=True), Column("held after", number=True)]
    rows = [
        [
            name,
            *(f"{change[kind]['rows']:,}" for kind in kinds),
            _sum(change["before"]),
            _sum(change["after"]),
        ]
        for name, change in summary.items()
    ]
    draw([Grid("", columns, rows)])
    if erased := erased_words(summary).strip():
        say(erased)


def _sum(held: dict[str, Any]) -> str:
    return ", ".join(f"{Decimal(amount):,.2f} {currency}" for currency, amount in held["amounts"].items())


def _what_is_new(changes: int, done: str) -> str:
    if not changes:
        return "Nothing is new: the ledger holds all of this as it is."
    return f"{changes:,} row{'s' * (changes != 1)} {done}."
