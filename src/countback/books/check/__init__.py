"""The rules that books are held to, as data: one query for each, and the words for the rows that it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt

    from countback.books.working import Working


def judge(working: Working, today: dt.date | None) -> None:
    """Tells every row that breaks a rule. `today`: documents after it are called future; None: none is."""
