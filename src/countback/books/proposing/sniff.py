"""How an unknown text file or sheet is written: encoding, delimiter, and the line on which its header stands."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from typing import TYPE_CHECKING

from countback.books.findings import UnableToReadFile, refusal
from countback.books.readers.xlsx import first_rows
from countback.books.reading import Layout

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DELIMITERS = ",;\t|"
LINES = 60
"""Lines at the beginning that are looked at."""

_START = 1 << 18
_BOMS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_VALUE = re.compile(r"[-+(]?[\W_]?\d[\d\s.,'/:()-]*%?|\d{1,2}[ .-]\w{3,9}[ .-]\d{2,4}")


def sniffed_layout(path: Path, file: str) -> Layout:
    """The layout in which the file seems to be written; marks of dates and amounts are not decided here."""
    kind = path.suffix.lower()
    if kind == ".parquet":
        return Layout()
    if kind == ".xlsx":
        return Layout(skip_lines=_header_line(file, first_rows(path, file, Layout(), LINES)))
    encoding = sniffed_encoding(path, file)
    with path.open("rb") as stream:
        start = codecs.getincrementaldecoder(encoding or "utf-8-sig")("ignore").decode(stream.read(_START))
    lines = start.splitlines()[:LINES]
    delimiter = _delimiter(lines)
    skip = _header_line(file, list(csv.reader(lines, delimiter=delimiter)))
    return Layout(delimiter=delimiter, encoding=encoding, skip_lines=skip)


def sniffed_encoding(path: Path, file: str) -> str | None:
    """The encoding of the whole file, None for UTF-8: by its mark, else UTF-8 where every byte fits, else cp1252."""
    with path.open("rb") as stream:
        start = stream.read(4096)
    for bom, name in _BOMS.items():
        if start.startswith(bom):
            return None if name == "utf-8" else name
    if b"\0" in start:
        return "utf-16-le" if start[1::2].count(0) >= start[::2].count(0) else "utf-16-be"
    for encoding in ("utf-8", "cp1252"):
        if _decodes(path, encoding):
            return None if encoding == "utf-8" else encoding
    what = "is written neither in UTF-8 nor in UTF-16 nor in cp1252"
    raise UnableToReadFile(refusal("wrong_encoding", file, what, "save it as UTF-8"))


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(lines: Sequence[str]) -> str:
    """The delimiter that cuts the most lines into the same number of columns, and into the most columns."""

    def weight(delimiter: str) -> int:
        counts = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if len(row) > 1)
        return max((times * (columns - 1) for columns, times in counts.items()), default=0)

    return max(DELIMITERS, key=weight)


def _header_line(file: str, rows: Sequence[Sequence[str]]) -> int:
    """Number of lines before the header: the first full row of words of the usual width."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    usual = max(widths, key=lambda width: (widths[width], width), default=0)
    for number, row in enumerate(rows):
        words = [cell.strip() for cell in row if cell.strip()]
        full = len(words) * 3 >= usual * 2 and len(words) > 1
        if len(row) == usual and full and not any(_VALUE.fullmatch(word) for word in words):
            return number
    what = f"has no line among the first {LINES} that looks like the names of columns"
    raise UnableToReadFile(refusal("no_header", file, what, "add a line with the names of the columns"))
