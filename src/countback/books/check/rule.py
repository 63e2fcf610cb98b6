"""What a rule is: a query for the rows that break it, and the words in which they are told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from countback.books import sql

if TYPE_CHECKING:
    from countback.books.findings import Severity
    from countback.books.working import Working


@dataclass(frozen=True, slots=True)
class Rule:
    """`query`: the rows that break the rule, with `_reading`, `_row` and what `what` and `remedy` name in braces.

    `tables`: those without whose rows there is nothing to judge. `rests_on`: others from which it concludes.
    `column`: the one to look at in the file.
    """

    code: str
    tables: tuple[str, ...]
    column: str | None
    query: str
    what: str
    remedy: str
    severity: Severity = "refused"
    rests_on: tuple[str, ...] = ()

    def apply(self, working: Working) -> None:
        """Tells every row that breaks the rule, unless a table that it rests on could not be read."""
        if working.unread.intersection(self.rests_on):
            return
        if sql.number(working.connection, f"SELECT count(*) FROM ({self.query})"):
            working.tell(self.query, self.code, self.column, self.what, self.remedy, self.severity)


def broken(table: str, condition: str, shown: str, joins: str = "") -> str:
    """The rows of a table that meet a condition, with what is to be shown of them."""
    return f"SELECT row._reading, row._row, {shown} FROM books.{table} AS row {joins} WHERE {condition}"
