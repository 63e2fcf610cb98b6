"""What the values of a column look like: which date formats and which notations of numbers every one of them fits.

The whole column is looked at, never a sample alone: one value beyond the twelfth of a month settles which part is the
day, and it may stand in the last row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from countback.books import limits, sql
from countback.books.cells import Cells, amount_shape, date_shape
from countback.books.readers import MARK
from countback.books.reading import Layout

if TYPE_CHECKING:
    import duckdb

    from countback.books.readers import Staged

DATE_FORMATS = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d",
    "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y",
    "%d.%m.%y", "%d/%m/%y", "%m/%d/%y", "%y/%m/%d", "%d-%m-%y", "%m-%d-%y", "%y-%m-%d",
    "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M",
    "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y",
)  # fmt: skip
"""Formats that are tried; points between figures are day first everywhere they are used."""

NOTATIONS = tuple(
    (decimal, thousands)
    for decimal in ".,"
    for thousands in ("", ".", ",", " ", "'", "’")
    if decimal != thousands
)
"""Decimal mark and mark between thousands."""

_SAMPLE = 1000
_MOSTLY = 0.9


@dataclass(frozen=True, slots=True)
class Shape:
    """What one column's values fit. `filled`: how many are not blank. `distinct`: about how many differ.

    `dates`: the formats that fit the most values (at least nine in ten), more than one where they fit equally well.
    `misfits`: filled values that fit none of `dates`. `notations`: for each decimal mark under which every value is a
    number, the plainest mark between thousands. `marked`: whether any value has a mark at all, so that it matters.
    `typed`: every value was typed as date or number in the file. `telling`: a value in which the readings differ.
    """

    header: str
    filled: int
    distinct: int
    dates: tuple[str, ...] = ()
    misfits: int = 0
    notations: tuple[tuple[str, str], ...] = ()
    marked: bool = False
    typed: bool = False
    telling: str = ""

    @property
    def numeric(self) -> bool:
        """Whether every value is a number in some notation."""
        return bool(self.notations) and self.filled > 0


def shapes(connection: duckdb.DuckDBPyConnection, staged: Staged) -> list[Shape]:
    """The shape of every column of the file, in its order."""
    return [_shape(connection, staged, number, header) for number, header in enumerate(staged.headers)]


def _shape(connection: duckdb.DuckDBPyConnection, staged: Staged, number: int, header: str) -> Shape:
    cells = Cells(staged, Layout())
    values = (
        f"(SELECT {cells.cell(number)} AS v FROM {cells.relation} WHERE {cells.cell(number)} IS NOT NULL)"
    )
    ((filled, distinct, typed),) = sql.rows(
        connection, f"SELECT count(*), approx_count_distinct(v), count_if(v[1] = ?) FROM {values}", [MARK]
    )
    total = _whole(filled)
    if not total or typed == total:
        return Shape(header, total, _whole(distinct), typed=bool(total))
    texts = f"(SELECT v FROM {values} WHERE v[1] <> {sql.text(MARK)})"
    dates, fitting = _dates(connection, texts, total)
    notations = _notations(connection, texts)
    marked = sql.number(connection, f"SELECT count(*) FROM {texts} WHERE regexp_matches(v, '[.,]')") > 0
    return Shape(
        header, total, _whole(distinct), dates, total - fitting if dates else 0, notations, marked,
        telling=_telling(connection, texts, dates, notations),
    )  # fmt: skip


def _dates(connection: duckdb.DuckDBPyConnection, texts: str, total: int) -> tuple[tuple[str, ...], int]:
    """The formats that fit the most values, and how many those are; none where too few are dates."""
    sample = f"(SELECT v FROM {texts} LIMIT {_SAMPLE})"
    likely = [name for name, times in _fits(connection, sample, DATE_FORMATS).items() if times]
    counts = _fits(connection, texts, likely)
    most = max(counts.values(), default=0)
    if most < total * _MOSTLY:
        return (), 0
    return tuple(name for name, times in counts.items() if times == most), most


def _fits(
    connection: duckdb.DuckDBPyConnection, texts: str, formats: tuple[str, ...] | list[str]
) -> dict[str, int]:
    if not formats:
        return {}
    counts = ", ".join(f"count_if({_year(name)})" for name in formats)
    (row,) = sql.rows(connection, f"SELECT {counts} FROM {texts}")
    return {name: _whole(times) for name, times in zip(formats, row, strict=True)}


def _year(name: str) -> str:
    """SQL for: the value is a day in this format, in a year that books can have."""
    shaped = f"regexp_full_match(v, {sql.text(date_shape(name))})"
    day = f"year(try_strptime(v, {sql.text(name)})) BETWEEN {limits.FIRST_YEAR} AND {limits.LAST_YEAR}"
    return f"{shaped} AND coalesce({day}, false)"


def _notations(connection: duckdb.DuckDBPyConnection, texts: str) -> tuple[tuple[str, str], ...]:
    """For each decimal mark that fits every value, the plainest mark between thousands that does."""
    misses = ", ".join(
        f"count_if(NOT regexp_full_match(v, {sql.text(_number(*each))}))" for each in NOTATIONS
    )
    (row,) = sql.rows(connection, f"SELECT {misses} FROM {texts}")
    found: dict[str, str] = {}
    for (decimal, thousands), missed in zip(NOTATIONS, row, strict=True):
        if not missed:
            found.setdefault(decimal, thousands)
    return tuple(found.items())


def _number(decimal: str, thousands: str) -> str:
    return amount_shape(Layout(decimal=decimal, thousands=thousands), sign="[-+]?")


def _telling(
    connection: duckdb.DuckDBPyConnection,
    texts: str,
    dates: tuple[str, ...],
    notations: tuple[tuple[str, str], ...],
) -> str:
    """A value that shows the doubt: a day that differs by the format, a number with a mark."""
    if len(dates) > 1:
        days = [f"try_strptime(v, {sql.text(name)})" for name in dates]
        differ = " OR ".join(f"{days[0]} <> {day}" for day in days[1:])
    elif len(notations) > 1:
        differ = "regexp_matches(v, '[.,]')"
    else:
        return ""
    found = sql.rows(connection, f"SELECT v FROM {texts} ORDER BY {differ} DESC LIMIT 1")
    return str(found[0][0])


def _whole(value: object) -> int:
    return int(str(value))
