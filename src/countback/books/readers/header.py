"""The header of a file: where it stands, and whether its names can be told apart."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from countback.books import limits
from countback.books.findings import UnableToReadFile, refusal
from countback.books.readers import SPACES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from countback.books.reading import Layout

HEADER_LINES = 50
"""Lines in which a header that is known by its names is looked for."""

_LIKELY = {";": "semicolons", "\t": "tabs", "|": "bars", ",": "commas"}


def plain(header: str) -> str:
    """A header for comparing: without surrounding blanks, in one case."""
    return header.strip(SPACES).casefold()


def is_header(cells: Iterable[object], layout: Layout) -> bool:
    """Whether these cells hold every name of `header_with`, under any of its names."""
    found = {plain(str(cell)) for cell in cells if cell is not None}
    wanted = ((name, *layout.names.get(name, ())) for name in layout.header_with)
    return all(any(plain(name) in found for name in names) for names in wanted)


def missing_header(file: str, layout: Layout) -> UnableToReadFile:
    """No header where one must be."""
    if layout.header_with:
        what = f"none of the first {HEADER_LINES} lines has the headers {', '.join(layout.header_with)}"
        return UnableToReadFile(refusal("no_header", file, what, "check that this is the right export"))
    what = "is empty: not even a header line"
    return UnableToReadFile(refusal("empty_file", file, what, "export it again, or leave the file out"))


def checked(file: str, cells: Sequence[str], line: int, layout: Layout) -> tuple[str, ...]:
    """The headers without surrounding blanks, a blank one as `column N`; refused where two are the same."""
    headers = tuple(cell.strip(SPACES) or f"column {n}" for n, cell in enumerate(cells, 1))
    if len(headers) > limits.COLUMNS:
        what = f"has {len(headers):,} columns; at most {limits.COLUMNS:,} are read"
        raise UnableToReadFile(
            refusal("too_many_columns", file, what, "leave out the columns nobody needs", line)
        )
    _refuse_one_column(file, headers, line, layout)
    count = Counter(plain(header) for header in headers)
    twice = dict.fromkeys(header for header in headers if count[plain(header)] > 1)
    same = {plain(header): header for header in twice}
    if same:
        remedy = "give each column a name of its own"
        raise UnableToReadFile(
            *(
                refusal(
                    "duplicate_column",
                    file,
                    f"the header names {header} {count[key]} times",
                    remedy,
                    line,
                    header,
                )
                for key, header in same.items()
            )
        )
    return headers


def _refuse_one_column(file: str, headers: tuple[str, ...], line: int, layout: Layout) -> None:
    """A header of one cell with another delimiter in it was written with that delimiter."""
    if len(headers) != 1:
        return
    for mark, words in _LIKELY.items():
        if mark != layout.delimiter and mark in headers[0]:
            meant = _LIKELY.get(layout.delimiter, repr(layout.delimiter))
            what = f"its columns are separated by {words}, {meant} were expected"
            remedy = f"save it with {meant}, or read it with a profile that states the delimiter"
            raise UnableToReadFile(refusal("wrong_delimiter", file, what, remedy, line))
