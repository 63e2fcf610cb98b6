"""Files become tables of text in the database, row for row, nothing interpreted: one module for each kind of file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from countback.core.problem import Problem

MARK = "\x1f"
"""Stands before the text of a cell that was typed in the file: a date then is ISO, a number has a dot, whatever the
layout says of texts."""

SPACES = " \t\r\n\v\f\u00a0\u2007\u202f\u200b\ufeff"
"""What is blank at either end of a cell."""


@dataclass(frozen=True, slots=True)
class Staged:
    """A file as a table of text.

    `file`: how it is called to people. `table`: relation with the columns _c0, _c1, … and `rowid` in the order of the
    file. `headers`: one for each column, as the file has them. `rows`: how many. `typed`: cells may carry the `MARK`.
    `blanks`: what may stand at the ends of cells and is no part of them. `lines`: numbers of rows, from 0, to the
    physical lines on which they begin, the header being line 1 of a plain file. `warnings`: what is odd about the
    file as a whole. `numbered`: whether the relation has a `rowid`; else it is the file itself, not yet read.
    """

    file: str
    table: str
    headers: tuple[str, ...]
    rows: int
    lines: Callable[[Sequence[int]], dict[int, int]]
    typed: bool = False
    blanks: str = SPACES
    warnings: tuple[Problem, ...] = ()
    numbered: bool = True


def below_header(rows: Sequence[int]) -> dict[int, int]:
    """Lines of rows that follow a header on line 1, one line each."""
    return {row: row + 2 for row in rows}


def globless(path: Path) -> str:
    """A path in which nothing stands for other names."""
    return "".join(f"[{mark}]" if mark in "*?[" else mark for mark in str(path))
