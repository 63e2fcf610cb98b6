"""Lists that are longer than a page: which part is shown, and by what they are sorted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from countback.core.problem import Misuse

ON_A_PAGE = 200
"""Lines of a page; of more, the page says which it shows."""

Line = TypeVar("Line")


@dataclass(frozen=True, slots=True)
class Page(Generic[Line]):
    """Part of a list. `number` counts from 1; `first` and `last` are places in the whole list, from 1; `pages`: how
    many there are."""

    lines: tuple[Line, ...]
    number: int
    pages: int
    first: int
    last: int
    total: int

    @property
    def before(self) -> int | None:
        """The number of the page before."""
        return self.number - 1 if self.number > 1 else None

    @property
    def after(self) -> int | None:
        """The number of the page after."""
        return self.number + 1 if self.number < self.pages else None


def paged(lines: Sequence[Line], number: int, size: int = ON_A_PAGE) -> Page[Line]:
    """That page of the lines; the last one where there are not so many.

    >>> page = paged("abcde", 2, size=2)
    >>> page.lines, page.first, page.last, page.pages, page.after
    (('c', 'd'), 3, 4, 3, 3)
    >>> paged("", 7).pages, paged("", 7).first
    (1, 0)
    """
    pages = max(1, -(-len(lines) // size))
    number = min(number, pages)
    start = (number - 1) * size
    shown = tuple(lines[start : start + size])
    return Page(shown, number, pages, start + bool(shown), start + len(shown), len(lines))


def read_page(text: str) -> int:
    """The number of a page, 1 for nothing. Raises Misuse."""
    if not text:
        return 1
    if not (text.isascii() and text.isdigit() and int(text[:9]) > 0 and len(text) < 10):
        raise Misuse(f"page {text!r} was not shown", "it is no number of a page", "write it as page=2")
    return int(text)


@dataclass(frozen=True, slots=True)
class Sort:
    """By which column lines are sorted. `falling`: the largest first."""

    column: str
    falling: bool = False

    def __str__(self) -> str:
        return f"-{self.column}" if self.falling else self.column

    def turned(self, column: str, *, words: Collection[str] = ()) -> Sort:
        """What a click on the head of a column asks for: the other direction of this one; numbers largest first, words
        (`words`: the columns that hold them) from A."""
        if column == self.column:
            return Sort(column, not self.falling)
        return Sort(column, column not in words)

    def state(self, column: str) -> str:
        """What the head of a column says of it, as `aria-sort` has it."""
        if column != self.column:
            return "none"
        return "descending" if self.falling else "ascending"

    def apply(
        self, lines: Sequence[Line], value: Callable[[Line], Any], then: Callable[[Line], Any]
    ) -> list[Line]:
        """The lines sorted by `value`, equal ones by `then`; those without a value stand last, whichever the
        direction."""
        ordered = sorted(lines, key=then)
        filled = [line for line in ordered if value(line) is not None]
        return sorted(filled, key=value, reverse=self.falling) + [
            line for line in ordered if value(line) is None
        ]


def read_sort(text: str, columns: Collection[str], usual: Sort) -> Sort:
    """The sort of a query string, `-total` for largest first; the usual one where the column is not there (any more).

    >>> str(read_sort("-total", ["name", "total"], Sort("name"))), str(read_sort("61-90", ["name"], Sort("name")))
    ('-total', 'name')
    """
    column = text.removeprefix("-")
    return Sort(column, text.startswith("-")) if column in columns else usual
