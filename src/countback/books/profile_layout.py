"""How a profile says that a file is written: marks, dates, encoding, the place of the header."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from countback.books.profile_keys import Section
from countback.books.reading import Heading, Layout

THOUSANDS = ("", ".", ",", " ", "'", "’", "\u00a0", "\u202f")
"""Marks between thousands that may be stated; the last two are blanks that do not break."""


def layout_of(section: Section, common: Layout) -> Layout:
    """The layout that the section states, `common` where it is silent."""
    stated: dict[str, Any] = {}
    for key, read in _READERS.items():
        if key in section.content:
            stated[key] = read(section, key)
    layout = replace(common, **stated)
    if layout.decimal == layout.thousands:
        raise section.refusal(
            "thousands",
            f"{layout.thousands!r} is the decimal mark too",
            'state two different marks, such as decimal = "," and thousands = "."',
        )
    if layout.skip_lines and layout.header_with:
        raise section.refusal(
            "skip_lines", "header_with already says where the header is", "keep one of the two"
        )
    return layout


def checked_date_format(section: Section, key: str) -> str:
    """A date format that names year, month and day once each."""
    value = section.text(key)
    parts = re.findall(r"%-?([A-Za-z])", value)
    for meaning, letters in (("year", "Yy"), ("month", "mbB"), ("day", "d")):
        if sum(part in letters for part in parts) != 1:
            raise section.refusal(
                key,
                f"{value!r} does not name the {meaning} once",
                "write it like %d.%m.%Y (31.12.2024), %m/%d/%Y (12/31/2024) or %Y-%m-%d",
            )
    return value


def _delimiter(section: Section, key: str) -> str:
    value = section.content[key]
    if not isinstance(value, str) or len(value.encode()) != 1:
        raise section.refusal(
            key, f"{value!r} is not one ASCII character", 'write one, such as ";" or "," or "\\t"'
        )
    return value


def _encoding(section: Section, key: str) -> str:
    value = section.text(key)
    try:
        return codecs.lookup(value).name
    except LookupError as error:
        raise section.refusal(
            key, f"there is no encoding {value}", "write utf-8, cp1252 or utf-16"
        ) from error


def _decimal(section: Section, key: str) -> str:
    value = section.text(key)
    if value not in (".", ","):
        raise section.refusal(key, f"{value!r} is no decimal mark", 'write "." or ","')
    return value


def _thousands(section: Section, key: str) -> str:
    value = section.content[key]
    if value not in THOUSANDS:
        raise section.refusal(
            key, f"{value!r} is no mark between thousands", 'write ".", ",", " " or "" for none'
        )
    return str(value)


def _names(section: Section, key: str) -> dict[str, tuple[str, ...]]:
    value = section.content[key]
    if not isinstance(value, Mapping):
        raise section.refusal(
            key, "it is no table of headers", 'write [file.names] and "Due Date" = ["Due on"]'
        )
    names = Section(section.file, f"{section.path}.{key}", value)
    return {header: names.texts(header) for header in value}


def _heading(section: Section, key: str) -> Heading:
    heading = section.section(key, ("column", "where_blank", "name"))
    return Heading(heading.text("column"), heading.text("where_blank"), heading.text("name"))


_READERS: dict[str, Callable[[Section, str], object]] = {
    "delimiter": _delimiter,
    "encoding": _encoding,
    "skip_lines": lambda section, key: section.whole(key, 0),
    "date_format": checked_date_format,
    "decimal": _decimal,
    "thousands": _thousands,
    "sheet": lambda section, key: section.text(key),
    "header_with": lambda section, key: section.texts(key),
    "names": _names,
    "heading": _heading,
}
