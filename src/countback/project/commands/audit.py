"""`countback audit verify`: whether the audit is as it was written."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from countback.core.problem import CountbackError
from countback.project.at_hand import ledger
from countback.project.terminal import say, waiting, write_lines


class UnableToVerifyAudit(CountbackError):
    """The audit does not hold, or was not found."""


Action = Annotated[
    Literal["verify"], typer.Argument(metavar="ACTION", help="verify: check the seal of every line.")
]


def audit(action: Action) -> None:
    """Check that no line of the audit was changed, taken away or put in between.

    Says the number and the seal of the last line: keep them elsewhere, and lines that were cut off at the end are
    noticed, too. The exit code is 1 where the chain is broken; the first broken line is named.
    """
    del action
    with ledger(), waiting("checking the audit"):
        from countback.audit import queries

        found = queries.verify()
        number, seal = queries.last()
    if found:
        write_lines("\n".join(map(str, found)))
        why = f"it does not hold from line {found[0].line} on"
        remedy = "compare with a backup from before, and find out who has the rights of the database's owner"
        raise UnableToVerifyAudit("The audit is not as it was written", why, remedy)
    say(
        f"The audit holds: {number:,} line{'s' if number > 1 else ''}, the last sealed {seal}."
        if number
        else "The audit has no lines yet."
    )
