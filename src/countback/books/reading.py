"""How a file becomes a table: the one description that native books, profiles and proposals share.

A `Reading` says, for one table, which file it comes from, how that file is written, and where each column's value is
found. Books in the native shape are readings whose columns carry their own names; a profile makes other readings.
Several readings may draw on one file (a flat list of open items gives customers, invoices, payments, allocations).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Test = Literal["filled", "blank", "equals", "differs", "positive", "negative", "nonzero"]


@dataclass(frozen=True, slots=True)
class Heading:
    """Group headings between the rows, as accounting reports have them (the customer alone on a line, then its items).

    A row whose column `where_blank` is blank is a heading; its value in `column` is carried down to the rows below it
    and can be used there like a further header called `name`.
    """

    column: str
    where_blank: str
    name: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How a text file or sheet is written.

    `delimiter`: one character. `encoding`: a Python codec name; None: UTF-8, with or without byte order mark.
    `skip_lines`: lines before the header. `date_format`: strptime notation, one for the whole file unless a field
    says otherwise. `decimal`, `thousands`: marks of amounts; thousands empty: none allowed.
    `sheet`: of a workbook; None: the first.
    `header_with`: header names; the header is the first of the first 50 lines that has them all (an export whose
    preamble varies); instead of `skip_lines`. `names`: header as the fields call it -> other names that it may have
    in the file (`{"Due Date": ("Due date", "Fällig am")}`); the first that the file has is meant, wherever the header
    is spoken of. `heading`: group headings to carry down.

    Headers are compared without regard to case and surrounding blanks. A header that is blank is called `column N`,
    N counting from 1.
    """

    delimiter: str = ","
    encoding: str | None = None
    skip_lines: int = 0
    date_format: str = "%Y-%m-%d"
    decimal: str = "."
    thousands: str = ""
    sheet: str | None = None
    header_with: tuple[str, ...] = ()
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    heading: Heading | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """Where one value comes from; exactly one of `column`, `constant` or `template` is given.

    `column`: header name in the file. `constant`: the same text in every row. `template`: text with `{Header}`
    places, such as `PAY-{invoiceNumber}`. `fallback`: header used where the column is blank.
    `date_format`: of this column alone. `absolute`: the amount without its sign. `add_days`: header of a column with
    a number of days that is added to the date. `words`: translation of values (`{"Y": "yes"}`); a value that is not
    among them stays. `via`: name of a table; the column then holds the identifier of a row of that table, and the
    value is that row's column of the same name (the customer of a payment by way of its invoice). `optional`: the
    file may lack the column, the value is then blank; otherwise a lacking column refuses the file. `minus`: header
    of an amount that is taken off (what has been settled = total minus what is due; a blank takes nothing off).
    """

    column: str | None = None
    constant: str | None = None
    template: str | None = None
    fallback: str | None = None
    date_format: str | None = None
    absolute: bool = False
    add_days: str | None = None
    words: dict[str, str] = field(default_factory=dict)
    via: str | None = None
    optional: bool = False
    minus: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """Which rows of the file belong to the table: `column` passes `test` (against `values` for equals and differs).

    Equals: one of the values, without regard to case and surrounding blanks. Differs: none of them; a blank differs.
    Positive, negative, nonzero: read as an amount in the layout's marks; a blank is none of them. `optional`: the
    file may lack the column, which is then read as blank. `minus`: header of an amount that is taken off before the
    test.
    """

    column: str
    test: Test
    values: tuple[str, ...] = ()
    optional: bool = False
    minus: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One table out of one file.

    `file`: name inside the source. `table`: name of the format. `fields`: column of the format, or name of a further
    column of customers and invoices -> where its value is found. `when`: all must hold, else the row is not of this
    table. `one_per_key`: rows with the same identifier make one row, the first filled value of each column winning
    (customers out of a list of invoices); otherwise a repeated identifier is judged by the rules of the format.
    `native`: the file has the format's own header, so that unknown columns can be spoken of.
    """

    file: str
    table: str
    fields: dict[str, Field]
    layout: Layout = field(default_factory=Layout)
    when: tuple[Condition, ...] = ()
    one_per_key: bool = False
    native: bool = False
