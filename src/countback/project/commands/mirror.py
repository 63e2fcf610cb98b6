"""`countback mirror`: the ledger's mirror, refreshed, made anew, or checked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from countback.core.problem import CountbackError
from countback.project.at_hand import ledger
from countback.project.terminal import say, waiting, write_lines

if TYPE_CHECKING:
    from countback.ledger.mirror import State


class UnableToMirror(CountbackError):
    """The mirror was not made, or does not agree with the ledger."""


Action = Annotated[
    Literal["refresh", "rebuild", "check"],
    typer.Argument(
        metavar="ACTION",
        help="refresh: bring in what is new. rebuild: make it anew from the whole ledger. "
        "check: compare it with the ledger.",
    ),
]


def mirror(action: Action) -> None:
    """Keep the files that figures are computed from in step with the ledger.

    The server does this by itself after every import. `check` names each difference between the mirror and the ledger;
    the exit code is 1 where there is any.
    """
    with ledger() as settings:
        folder = settings.data / "mirror"
        if action == "check":
            _check(folder)
            return
        from countback.ledger import mirror as ledgers_mirror

        with waiting(f"{action} of the mirror"):
            state = ledgers_mirror.refresh(folder) if action == "refresh" else ledgers_mirror.rebuild(folder)
        say(_told(state))


def _told(state: State) -> str:
    rows = sum(state.rows.values())
    moment = f"{state.known_through:%Y-%m-%d %H:%M:%S} UTC"
    return f"The mirror holds {rows:,} rows, known through {moment}, in generation {state.generation}."


def _check(folder: Path) -> None:
    from countback.ledger import reconcile

    try:
        with waiting("comparing the mirror with the ledger"):
            found = reconcile.differences(folder)
    except FileNotFoundError as error:
        why = f"there is no mirror in {folder}"
        raise UnableToMirror("The mirror was not checked", why, "run countback mirror refresh") from error
    if not found:
        say("The mirror agrees with the ledger.")
        return
    write_lines("\n".join(map(str, found)))
    count = f"{len(found)} number{'s differ' if len(found) > 1 else ' differs'}"
    remedy = (
        "run countback mirror rebuild, then check again; if they still differ, report it with these lines"
    )
    raise UnableToMirror("The mirror does not agree with the ledger", count, remedy)
