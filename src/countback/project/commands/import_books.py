"""`countback import`: books into the ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from countback.books.findings import UnableToReadBooks
from countback.project import options
from countback.project.at_hand import ledger
from countback.project.commands.check import UnableToTakeBooks
from countback.project.terminal import Progress, console, say, waiting, write_lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from countback.core.problem import Problem
    from countback.ledger.importing.plan import Plan, TableChange

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
        from countback.ledger import actions, mirror

        with waiting(f"comparing {source} with the ledger") as progress:
            plan = _planned(Path(source), profile, end_vanished, progress)
        _show(plan)
        if dry_run:
            say(f"{_rows(plan.changes)} would be written or ended; nothing was.")
            return
        with waiting(f"importing {source}") as progress:
            made = actions.import_books(
                Path(source), name=Path(source).name, profile=profile, by=None, at=datetime.now(UTC),
                ends_vanished=end_vanished, progress=progress,
            )  # fmt: skip
        with waiting("bringing the mirror up to date"):
            mirror.refresh(settings.data / "mirror")
        say(f"Import {made.pk}: {_rows(plan.changes)} written or ended.")


def _planned(source: Path, profile: str | None, end_vanished: bool, progress: Progress) -> Plan:
    from countback.ledger import actions

    try:
        return actions.plan_import(source, profile=profile, ends_vanished=end_vanished, progress=progress)
    except UnableToReadBooks as refused:
        write_lines("\n".join(map(_line, refused.problems)))
        count = sum(problem.severity == "refused" for problem in refused.problems)
        why = f"{count:,} problem{'s stand' if count > 1 else ' stands'} against them"
        raise UnableToTakeBooks(
            f"the books {source} were not imported", why, "mend what is listed and import again"
        ) from refused


def _line(problem: Problem) -> str:
    return f"{problem.severity}: {problem}"


def _show(plan: Plan) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("table")
    for name in ("new", "changed", "vanished", "same"):
        table.add_column(name, justify="right")
    table.add_column("held before")
    table.add_column("held after")
    for change in plan.tables:
        table.add_row(change.table, *_counts(change), _sum(change.before.amounts), _sum(change.after.amounts))
    if plan.tables:
        console().print(table)


def _counts(change: TableChange) -> list[str]:
    return [f"{one.rows:,}" for one in (change.new, change.changed, change.vanished, change.same)]


def _sum(amounts: Mapping[str, Decimal]) -> str:
    return ", ".join(f"{amount:,.2f} {currency}" for currency, amount in amounts.items())


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
