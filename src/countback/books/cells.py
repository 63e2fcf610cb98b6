"""Values of a reading as SQL over a table of text: where each comes from, and as which type it is taken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from babel import Locale

from countback.books import limits, sql
from countback.books.readers import MARK, SPACES, Staged
from countback.books.readers.header import plain
from countback.books.tables import SQL_TYPES

if TYPE_CHECKING:
    from countback.books.reading import Condition, Field, Layout
    from countback.books.tables import Column

_MARK = sql.text(MARK)
_ZERO_ALLOWED = ("credit_limit", "hourly_cost", "minutes", "fee_rate")
_ISO_DAY = r"\d{4}-\d\d-\d\d"
_ZONE = r"(Z|[+-]\d\d(:?\d\d)?)"
_ISO_MOMENT = rf"{_ISO_DAY}([ T]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{{1,9}})?)?{_ZONE}?)?"
_SHAPES = {"%d": r"\d{1,2}", "%m": r"\d{1,2}", "%Y": r"\d{4}", "%y": r"\d{2}", "%b": "[A-Za-z]{3}",
           "%B": "[A-Za-z]+", "%H": r"\d{1,2}", "%M": r"\d{2}", "%S": r"\d{2}", "%I": r"\d{1,2}", "%p": "[AaPp][Mm]",
           "%-d": r"\d{1,2}", "%-m": r"\d{1,2}"}  # fmt: skip


@cache
def currencies() -> frozenset[str]:
    """Every ISO 4217 code, past ones included."""
    return frozenset(Locale("en").currencies)


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of one staged file under one layout. `codes`: currencies that occur in it; None: not yet known."""

    staged: Staged
    layout: Layout
    codes: frozenset[str] | None = None

    @property
    def relation(self) -> str:
        """FROM clause with `_row` and the columns _c0, _c1, …: the rows of the file, group headings carried down and
        themselves left out."""
        heading = self.layout.heading
        if not self.staged.numbered:
            return self.staged.table
        rows = f"(SELECT rowid AS _row, * FROM {self.staged.table})"
        if heading is None:
            return rows
        blank = f"{self.raw(heading.where_blank)} IS NULL"
        carried = (
            f"last_value(CASE WHEN {blank} THEN {self.text(heading.column)} END IGNORE NULLS) "
            f"OVER (ORDER BY _row ROWS UNBOUNDED PRECEDING) AS _c{len(self.staged.headers)}"
        )
        return f"(SELECT * FROM (SELECT *, {carried} FROM {rows}) WHERE NOT ({blank}))"

    def position(self, header: str) -> int | None:
        """Which column a header means; None where the file has none such."""
        known = {plain(name): n for n, name in enumerate(self.staged.headers)}
        for name in (header, *self.layout.names.get(header, ())):
            if plain(name) in known:
                return known[plain(name)]
        heading = self.layout.heading
        return len(self.staged.headers) if heading is not None and header == heading.name else None

    def raw(self, header: str) -> str:
        """The cell without surrounding blanks, NULL where blank; a typed one still with its mark."""
        position = self.position(header)
        return "NULL::VARCHAR" if position is None else self.cell(position)

    def cell(self, position: int) -> str:
        """The cell of a column by its number."""
        blanks = self.staged.blanks
        if not blanks:
            return f"_c{position}"
        trimmed = f"trim(_c{position})" if blanks == " " else f"trim(_c{position}, {sql.text(blanks)})"
        return f"nullif({trimmed}, '')"

    def text(self, header: str) -> str:
        """The cell as text."""
        return f"ltrim({self.raw(header)}, {_MARK})" if self.staged.typed else self.raw(header)

    def shown(self, field: Field) -> str:
        """What the file gives for a field; a typed cell still with its mark."""
        if field.constant is not None:
            return sql.text(field.constant)
        if field.template is not None:
            return self._filled_in(field.template)
        value = self.raw(field.column or "")
        if field.fallback is not None:
            value = f"coalesce({value}, {self.raw(field.fallback)})"
        if field.words:
            bare = f"ltrim({value}, {_MARK})" if self.staged.typed else value
            cases = " ".join(f"WHEN {sql.text(word)} THEN {sql.text(to)}" for word, to in field.words.items())
            value = f"CASE {bare} {cases} ELSE {value} END"
        return value

    def _filled_in(self, template: str) -> str:
        """The template with its places filled; a blank one gives nothing, all blank give NULL."""
        parts = [part for part in re.split(r"(\{[^{}]*\})", template) if part]
        places = [self.text(part[1:-1]) for part in parts if part.startswith("{")]
        texts = [f"coalesce({self.text(p[1:-1])}, '')" if p.startswith("{") else sql.text(p) for p in parts]
        return f"CASE WHEN coalesce({', '.join(places)}) IS NOT NULL THEN {' || '.join(texts)} END"

    def typed(self, column: Column, field: Field, value: str) -> str:
        """The value, given as the SQL name of what `shown` gives, as its type; NULL where it cannot be taken so."""
        marked = self.staged.typed
        text = f"ltrim({value}, {_MARK})" if marked else value
        match column.kind:
            case "text":
                return self._word(column, text)
            case "date":
                return self._day(field, value, text)
            case "moment" | "day_or_moment":
                return _moment(column.kind, text, field.date_format or self.layout.date_format)
            case _ if field.minus is not None:
                return self._difference(field, value)
            case _:
                taken = _number(column, text, self.layout, absolute=field.absolute)
                if not marked:
                    return taken
                dotted = _number(column, text, None, absolute=field.absolute)
                return f"CASE WHEN starts_with({value}, {_MARK}) THEN {dotted} ELSE {taken} END"

    def _difference(self, field: Field, value: str) -> str:
        """An amount less that of another column, a blank taking nothing off; NULL where less than nothing is left."""
        minus = field.minus or ""
        off = f"CASE WHEN {self.raw(minus)} IS NULL THEN 0 ELSE {self.amount(minus)} END"
        left = f"({self._amount(value)} - {off})"
        left = f"abs({left})" if field.absolute else left
        return f"CASE WHEN {left} >= 0 THEN {left} END"

    def amount(self, header: str) -> str:
        """The cell as an amount with or without sign, NULL where it is none."""
        return self._amount(self.raw(header))

    def _amount(self, value: str) -> str:
        """A value with or without sign as an amount; a typed one in its own notation. NULL where it is none."""
        written = _signed(value, self.layout)
        if not self.staged.typed:
            return written
        typed = _signed(f"ltrim({value}, {_MARK})", None)
        return f"CASE WHEN starts_with({value}, {_MARK}) THEN {typed} ELSE {written} END"

    def _word(self, column: Column, text: str) -> str:
        if column.choices:
            return f"CASE WHEN lower({text}) IN ({sql.texts(column.choices)}) THEN lower({text}) END"
        if column.name == "currency":
            codes = sorted(currencies() if self.codes is None else self.codes)
            return f"CASE WHEN upper({text}) IN ({sql.texts(codes) or 'NULL'}) THEN upper({text}) END"
        return text

    def _day(self, field: Field, value: str, text: str) -> str:
        day = _date(text, field.date_format or self.layout.date_format)
        if self.staged.typed:
            day = f"CASE WHEN starts_with({value}, {_MARK}) THEN {_iso(f'left({text}, 10)')} ELSE {day} END"
        if field.add_days is None:
            return day
        days = self.text(field.add_days)
        whole = f"CASE WHEN regexp_full_match({days}, '-?\\d{{1,4}}([.]0*)?') THEN CAST({days} AS DECIMAL(9, 0)) END"
        return f"CAST({day} + CAST({whole} AS INTEGER) AS DATE)"

    def condition(self, condition: Condition) -> str:
        """A test on a row as SQL, never NULL."""
        text = self.text(condition.column)
        values = sql.texts(value.strip(SPACES).casefold() for value in condition.values) or "NULL"
        number = self.amount(condition.column)
        if condition.minus is not None:
            number = f"({number} - coalesce({self.amount(condition.minus)}, 0))"
        match condition.test:
            case "filled":
                return f"{text} IS NOT NULL"
            case "blank":
                return f"{text} IS NULL"
            case "equals":
                return f"coalesce(lower({text}) IN ({values}), false)"
            case "differs":
                return f"coalesce(lower({text}) NOT IN ({values}), true)"
            case "positive":
                return f"coalesce({number} > 0, false)"
            case "negative":
                return f"coalesce({number} < 0, false)"
            case _:
                return f"coalesce({number} <> 0, false)"


def may_be_zero(column: Column, table: str) -> bool:
    """Whether an amount of nothing means something: an invoice of 0 is odd, a payment of 0 is none."""
    return column.name in _ZERO_ALLOWED or not column.required or table in ("invoices", "costs")


def date_shape(date_format: str) -> str:
    """The pattern of texts that are written in a format; day and month unpadded only where a year does not lead."""
    pattern = ""
    for part in re.findall(r"%-?.|[^%]+", date_format):
        shape = _SHAPES.get(part, re.escape(part))
        if date_format.startswith("%Y") and part in ("%d", "%m", "%H", "%I"):
            shape = r"\d{2}"
        pattern += shape
    return pattern


def amount_shape(layout: Layout | None, *, whole: int = 14, decimals: int = 4, sign: str = "[+]?") -> str:
    """The pattern of amounts in a layout's marks; None: the plain notation of typed cells."""
    decimal, thousands = (layout.decimal, layout.thousands) if layout else (".", "")
    digits = rf"\d{{1,{whole}}}"
    if thousands:
        mark = "[ \u00a0\u202f]" if thousands in " \u00a0\u202f" else re.escape(thousands)
        digits = rf"({digits}|\d{{1,3}}({mark}\d{{2,3}})*{mark}\d{{3}})"
    return rf"{sign}{digits}({re.escape(decimal)}\d{{1,{decimals}}}0*)?"


def _plain_number(text: str, layout: Layout | None) -> str:
    """The text with a dot and no thousands marks."""
    if layout is None:
        return text
    if layout.thousands:
        marks = " \u00a0\u202f" if layout.thousands in " \u00a0\u202f" else layout.thousands
        for mark in marks:
            text = f"replace({text}, {sql.text(mark)}, '')"
    return text if layout.decimal == "." else f"replace({text}, {sql.text(layout.decimal)}, '.')"


def _signed(text: str, layout: Layout | None) -> str:
    shape = sql.text(amount_shape(layout, sign="[+-]?"))
    plain_text = _plain_number(text, layout)
    return f"CASE WHEN regexp_full_match({text}, {shape}) THEN TRY_CAST({plain_text} AS DECIMAL(18, 4)) END"


def _number(column: Column, text: str, layout: Layout | None, *, absolute: bool) -> str:
    sign = "[+-]?" if absolute or column.signed else "[+]?"
    shape = {
        "rate": amount_shape(layout, whole=8, decimals=10, sign=sign),
        "count": r"\d{1,9}([.]0*)?" if layout is None else r"\d{1,9}",
    }.get(column.kind, amount_shape(layout, sign=sign))
    taken = f"TRY_CAST({_plain_number(text, layout)} AS {SQL_TYPES[column.kind]})"
    taken = f"abs({taken})" if absolute else taken
    return f"CASE WHEN regexp_full_match({text}, {sql.text(shape)}) THEN {taken} END"


def _iso(text: str) -> str:
    """A date as ISO 8601 writes it, of a year that books can have."""
    sane = f"{text} BETWEEN '{limits.FIRST_YEAR}-01-01' AND '{limits.LAST_YEAR}-12-31'"
    return f"CASE WHEN {sane} AND CAST(TRY_CAST({text} AS DATE) AS VARCHAR) = {text} THEN TRY_CAST({text} AS DATE) END"


def _date(text: str, date_format: str) -> str:
    if date_format == "%Y-%m-%d":
        return _iso(text)
    parsed = f"CAST(TRY_STRPTIME({text}, {sql.text(date_format)}) AS DATE)"
    shaped = f"regexp_full_match({text}, {sql.text(date_shape(date_format))})"
    sane = f"year({parsed}) BETWEEN {limits.FIRST_YEAR} AND {limits.LAST_YEAR}"
    return f"CASE WHEN {shaped} AND {sane} THEN {parsed} END"


def _moment(kind: str, text: str, date_format: str) -> str:
    """A moment in ISO 8601: recorded ones in UTC where a zone is given; a contact keeps the clock it was made by."""
    zoned = f"regexp_matches(substr({text}, 11), '{_ZONE}$')"
    bare = f"left({text}, 10) || regexp_replace(substr({text}, 11), '{_ZONE}$', '')"
    if kind == "moment":
        utc = f"TRY_CAST({text} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
        moment = f"CASE WHEN {zoned} THEN {utc} ELSE TRY_CAST({text} AS TIMESTAMP) END"
    else:
        moment = f"TRY_CAST({bare} AS TIMESTAMP)"
    sane = f"{text} BETWEEN '{limits.FIRST_YEAR}-01-01' AND '{limits.LAST_YEAR}-12-31~'"
    iso = f"CASE WHEN {sane} AND regexp_full_match({text}, '{_ISO_MOMENT}') THEN {moment} END"
    if date_format == "%Y-%m-%d":
        return iso
    return f"coalesce({iso}, CAST({_date(text, date_format)} AS TIMESTAMP))"
