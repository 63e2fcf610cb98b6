"""Tables on a terminal: numbers aligned right, nothing cut, text of the books only ever text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from countback.project.terminal import console, safe

if TYPE_CHECKING:
    from rich.console import Console

GAP = 2
"""Blanks between two columns."""

WIDEST_HEADER = 14
"""Characters of a line of a header that is broken at underscores."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `number`: aligned right. `whole`: never folded, as numbers never are."""

    header: str
    number: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table to draw. `sections`: rows after which a gap stands. `titles`: rows that are
    headings. `notes`: lines below it."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    sections: frozenset[int] = frozenset()
    titles: frozenset[int] = frozenset()
    notes: Sequence[str] = ()


def draw(grids: Iterable[Grid], heading: str = "") -> None:
    """The heading and the tables on standard output."""
    from rich.text import Text

    screen = console()
    if heading:
        screen.print(Text(safe(heading), "bold"), soft_wrap=True)
    for grid in grids:
        _draw(screen, grid)


def _draw(screen: Console, grid: Grid) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
    for place, column in enumerate(grid.columns):
        least = (
            max((len(row[place]) for row in grid.rows), default=0) if column.number or column.whole else None
        )
        justify: Literal["left", "right"] = "right" if column.number else "left"
        table.add_column(Text(safe_lines(column.header)), justify=justify, min_width=least, overflow="fold")
    for number, row in enumerate(grid.rows):
        style = "bold" if number in grid.titles else ""
        table.add_row(*(Text(safe(cell), style) for cell in row), end_section=number in grid.sections)
    screen.print()
    if grid.title:
        screen.print(Text(safe(grid.title), "bold"), soft_wrap=True)
    if grid.rows:
        screen.print(table, crop=False)
    if grid.rows and grid.notes:
        screen.print()
    for note in grid.notes:
        screen.print(Text(safe(note), "dim"))


def safe_lines(text: str) -> str:
    """Like `safe`, line by line."""
    return "\n".join(safe(line) for line in text.split("\n"))


def broken(name: str, most: int = WIDEST_HEADER) -> str:
    """A name in lines of so many characters, broken after underscores.

    >>> broken("cash_collection_effectiveness_index").split()
    ['cash_', 'collection_', 'effectiveness_', 'index']
    """
    lines = [""]
    for word in re.findall(r"[^_]+_?|_", name):
        if lines[-1] and len(lines[-1]) + len(word) > most:
            lines.append("")
        lines[-1] += word
    return "\n".join(lines)


def width(columns: Sequence[str]) -> int:
    """The width of a column: its longest line, header or cell."""
    return max((len(line) for text in columns for line in text.split("\n")), default=0)


def screen_width() -> int:
    """Columns of the terminal; eighty where there is none, unless COLUMNS says otherwise."""
    return console().width
