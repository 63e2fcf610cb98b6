"""Counting the bytes of a text file: what its rows are held against once the database has read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK = 1 << 18
_NEWLINE, _SPACE = b"\n "
_ENDS = b'\n\r"'
_ODD_SPACES = (b"\t", b"\x0b", b"\x0c")
_FOREIGN_SPACES = (b"\xa0", b"\xe2", b"\xef")
"""Bytes of which blanks other than the space are made: single ones, which are looked for fastest."""


@dataclass(slots=True)
class Survey:
    """How often the bytes that matter occur. `pairs`: returns that a newline follows. `outer_spaces`: whether a space
    stands where a cell may begin or end; `odd_blanks`: whether other blanks may be among the bytes."""

    size: int = 0
    newlines: int = 0
    returns: int = 0
    pairs: int = 0
    quotes: int = 0
    nuls: int = 0
    first_nul_line: int = 0
    delimiters: int = 0
    outer_spaces: bool = False
    odd_blanks: bool = False
    ends_with_newline: bool = False

    @property
    def one_line_end(self) -> bool:
        """Whether every line ends alike: all with a newline, or all with return and newline."""
        return self.returns == 0 or self.returns == self.pairs == self.newlines


def survey(path: Path, delimiter: str) -> Survey:
    """Goes once through the file, in blocks."""
    found = Survey()
    mark = delimiter.encode()
    last = b"\n"
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            _count(found, block, mark, last)
            last = block[-1:]
    found.ends_with_newline = found.size > 0 and last == b"\n"
    found.outer_spaces = found.outer_spaces or last == b" "
    return found


def _count(found: Survey, block: bytes, mark: bytes, last: bytes) -> None:
    """Adds a block. Looking whether a byte is there is several times faster than counting, so it comes first; what
    every line has is counted faster as numbers."""
    if b"\0" in block:
        if not found.nuls:
            found.first_nul_line = found.newlines + block.count(b"\n", 0, block.index(b"\0")) + 1
        found.nuls += block.count(b"\0")
    if b'"' in block:
        found.quotes += block.count(b'"')
    if b"\r" in block or last == b"\r":
        found.returns += block.count(b"\r")
        found.pairs += block.count(b"\r\n") + (last == b"\r" and block.startswith(b"\n"))
    numbers = np.frombuffer(block, dtype=np.uint8)
    found.size += len(block)
    found.newlines += int(np.count_nonzero(numbers == _NEWLINE))
    found.delimiters += int(np.count_nonzero(numbers == ord(mark)))
    if not found.outer_spaces and (b" " in block or last == b" "):
        found.outer_spaces = _outer_spaces(last + block, mark)
    if not found.odd_blanks:
        odd = _ODD_SPACES if block.isascii() else _ODD_SPACES + _FOREIGN_SPACES
        found.odd_blanks = any(blank in block for blank in odd)


def _outer_spaces(text: bytes, mark: bytes) -> bool:
    """Whether a space stands beside a delimiter, a quote or the end of a line."""
    numbers = np.frombuffer(text, dtype=np.uint8)
    spaces = numbers == _SPACE
    edges = numbers == ord(mark)
    for end in _ENDS:
        edges |= numbers == end
    return bool(np.any(spaces[1:] & edges[:-1]) or np.any(spaces[:-1] & edges[1:]))
