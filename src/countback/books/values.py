"""Why a value cannot be taken, in words: only for values that were found wanting."""

from __future__ import annotations

import datetime as dt
import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from countback.books import limits
from countback.books.cells import amount_shape, currencies, date_shape
from countback.books.readers import MARK

if TYPE_CHECKING:
    from countback.books.reading import Layout
    from countback.books.tables import Column

Words = tuple[str, str, str]
"""Code, what is wrong, what to do."""

_EXAMPLE = dt.date(2024, 1, 31)


def why_not(column: Column, value: str | None, layout: Layout, date_format: str) -> Words:
    """The code, cause and remedy of a value that is not taken for a column."""
    if value is None:
        return "missing_value", f"{column.name} is blank", "fill it in: no row may lack it"
    typed = value.startswith(MARK)
    value = value.removeprefix(MARK)
    shown = value if len(value) <= 80 else value[:77] + "…"
    if column.kind == "text":
        return _word(column, value, shown)
    if column.kind == "date":
        return _day(value, shown, "%Y-%m-%d" if typed else date_format)
    if column.kind in ("moment", "day_or_moment"):
        remedy = "write it as 2024-01-31, 2024-01-31 14:30:00 or 2024-01-31T14:30:00+01:00"
        return "bad_moment", f"{shown} is no moment", remedy
    return _number(column, value, shown, layout, typed=typed)


def _word(column: Column, value: str, shown: str) -> Words:
    if column.name == "currency":
        near = get_close_matches(value.upper(), currencies(), 1, 0.6)
        hint = f" such as {near[0]}" if near else " such as EUR"
        return "unknown_currency", f"{shown} is no currency of ISO 4217", f"write its three letters,{hint}"
    if column.choices:
        near = get_close_matches(value.lower().replace(" ", "_"), column.choices, 1, 0.5)
        remedy = f"did you mean {near[0]}? It is one of " if near else "write one of "
        return "unknown_word", f"{shown} is no {column.name} of the books", remedy + ", ".join(column.choices)
    what = f"{shown} has more than {limits.IDENTIFIER_CHARACTERS} characters"
    return "identifier_too_long", what, "look for a delimiter or quote that is missing before it"


def _day(value: str, shown: str, date_format: str) -> Words:
    example = _EXAMPLE.strftime(date_format.replace("%-", "%"))
    if not re.fullmatch(date_shape(date_format), value):
        remedy = f"write it like {example} ({date_format}), or state the format in a profile"
        return "bad_date", f"{shown} is no date in the format {date_format}", remedy
    try:
        day = dt.datetime.strptime(value, date_format.replace("%-", "%")).date()  # noqa: DTZ007 a date has no zone
    except ValueError:
        return "no_such_day", f"{shown} is no day that exists", "write a day that exists"
    if not limits.FIRST_YEAR <= day.year <= limits.LAST_YEAR:
        what = f"{shown} lies outside the years {limits.FIRST_YEAR} to {limits.LAST_YEAR}"
        return "date_out_of_range", what, "correct the year"
    return "bad_date", f"{shown} cannot be read as a date", f"write it like {example}"


def _number(column: Column, value: str, shown: str, layout: Layout, *, typed: bool) -> Words:
    marks = None if typed else layout
    if column.kind == "count":
        return "bad_number", f"{shown} is no whole number from 1", "write 1, 2, 3 …"
    if not re.fullmatch(amount_shape(marks, whole=400, decimals=400, sign="[+-]?"), value):
        return "bad_amount", f"{shown} is no amount in the notation {_notation(layout)}", _rewrite(layout)
    if value.startswith("-") and re.search("[1-9]", value):
        remedy = "write it as a positive amount; give back money by its own document, not by its sign"
        return "negative_amount", f"{shown} is negative", remedy
    if not re.search("[1-9]", value):
        return (
            "zero_amount",
            f"{shown} is nothing, a positive amount is needed",
            "leave the row out, or correct it",
        )
    decimals = 10 if column.kind == "rate" else 4
    if not re.fullmatch(amount_shape(marks, whole=400, decimals=decimals, sign="[+-]?"), value):
        return (
            "too_many_decimals",
            f"{shown} has more than {decimals} decimals",
            "round it where it was computed",
        )
    most = "100 million" if column.kind == "rate" else "100 million millions"
    return (
        "amount_too_large",
        f"{shown} is not below {most}",
        "correct it: no such amount can be kept exactly",
    )


def _notation(layout: Layout) -> str:
    return f"1{layout.thousands}234{layout.decimal}56"


def _rewrite(layout: Layout) -> str:
    without = "" if layout.thousands else ", without thousands marks, currency signs or brackets"
    return f"write it like {_notation(layout)}{without}, or state the notation in a profile"
