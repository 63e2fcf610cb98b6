"""Control totals as people give them: in the fields of a page, or as a small CSV file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from countback.core.money import is_currency
from countback.core.problem import CountbackError
from countback.ledger.reconciling.rules import Key, Told, What

COLUMNS = ("what", "entity", "currency", "customer_id", "month", "amount", "rows")
"""Columns of the file; `currency` and `amount` or `rows` must be there, the others may be left out."""

LARGEST = 8 << 20
"""Bytes of a file of totals."""
MOST_ROWS = 100_000
MOST_WRONG = 50
"""Wrong lines that are told at once."""

_AMOUNT = re.compile(r"-?\d{1,17}(\.\d{1,4})?")
_COUNT = re.compile(r"\d{1,12}")
_MONTH = re.compile(r"(?:19|20|21)\d\d-(?:0[1-9]|1[0-2])")
_LONGEST = 200


class UnableToReadTotals(CountbackError):
    """The control totals were not understood; nothing was compared. `wrong`: each line with what is wrong in it."""

    wrong: tuple[str, ...] = ()


def read_totals(content: bytes) -> list[Told]:
    """The totals of a file. Raises UnableToReadTotals, with every wrong line."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _not_read("it is not in UTF-8", "save it as CSV in UTF-8") from None
    first = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",")
    names = [(name or "").strip().lower() for name in rows.fieldnames or ()]
    rows.fieldnames = names
    missing = [name for name in ("currency",) if name not in names]
    unknown = [name for name in names if name not in COLUMNS]
    if missing or unknown or not {"amount", "rows"} & set(names) or len(set(names)) < len(names):
        wrong = (
            f"the column {unknown[0]} is not known"
            if unknown
            else "currency, or amount and rows, are missing"
        )
        raise _not_read(wrong, f"name the columns {', '.join(COLUMNS)}, as far as you have them, each once")
    found: dict[tuple[Key, str], Told] = {}
    wrongs: list[str] = []
    for row in rows:
        if rows.line_num > MOST_ROWS:
            raise _not_read(
                f"it has more than {MOST_ROWS:,} lines", "give totals, and customers that owe something"
            )
        try:
            for told in _row(row):
                if found.setdefault((told.key, told.customer_id), told) is not told:
                    raise ValueError("the same was told in an earlier line")
        except ValueError as error:
            wrongs.append(f"line {rows.line_num}: {error}")
    return _sound(found, wrongs)


def entered_totals(fields: Mapping[str, str], keys: Mapping[str, Key]) -> list[Told]:
    """The totals that were typed in: name of the field -> text, and what each field is of; a blank one tells nothing.
    Raises UnableToReadTotals."""
    found, wrong = [], []
    for name, key in keys.items():
        text = fields.get(name, "").strip()
        if not text:
            continue
        try:
            found.append(Told(key, _amount(text)))
        except ValueError as error:
            wrong.append(f"{key.entity or '(no entity)'} {key.currency}: {error}")
    if wrong:
        raise _with(wrong)
    return found


def together(entered: list[Told], in_file: list[Told]) -> list[Told]:
    """Both. Raises UnableToReadTotals where they tell the same."""
    twice = {(one.key, one.customer_id) for one in entered} & {(one.key, one.customer_id) for one in in_file}
    if twice:
        key = min(twice, key=str)[0]
        why = f"the total of {key.entity or '(no entity)'} in {key.currency} is typed in and in the file, too"
        raise _not_read(why, "leave it out in one of them")
    return [*entered, *in_file]


def template(keys: Mapping[str, Key]) -> str:
    """A file to fill in: a line for each total that the ledger has."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(COLUMNS)
    lines.writerows([key.what.value, key.entity, key.currency, "", "", "", ""] for key in keys.values())
    return out.getvalue()


def _sound(found: Mapping[tuple[Key, str], Told], wrong: list[str]) -> list[Told]:
    if wrong:
        raise _with(wrong)
    if not found:
        raise _not_read("it has no line with a total", "fill in at least one")
    return list(found.values())


def _row(row: Mapping[str | None, str | list[str] | None]) -> Iterator[Told]:
    """What a line tells: an amount, a count, or both. Raises ValueError."""
    if None in row:
        raise ValueError("it has more cells than the first line has columns")
    cells = {name: str(row.get(name) or "").strip() for name in COLUMNS}
    if not any(cells.values()):
        return
    what = _what(cells["what"])
    month = _month(cells["month"], what)
    if not is_currency(cells["currency"]):
        raise ValueError(f"{cells['currency'] or 'a blank'} is no currency; write EUR, USD")
    if cells["customer_id"] and what is not What.OPEN:
        raise ValueError("only open receivables are told by customer")
    if any(len(cells[name]) > _LONGEST or "\0" in cells[name] for name in ("entity", "customer_id")):
        raise ValueError("an entity or customer_id is too long")
    if not cells["amount"] and not cells["rows"]:
        raise ValueError("neither amount nor rows are filled in")
    for column, rows in (("amount", False), ("rows", True)):
        if not cells[column]:
            continue
        if rows and what is What.OPEN:
            raise ValueError("rows are counted of invoices and payments alone")
        value = _count(cells[column]) if rows else _amount(cells[column])
        yield Told(Key(what, cells["entity"], cells["currency"], month, rows), value, cells["customer_id"])


def _what(text: str) -> What:
    try:
        return What(text.lower().replace(" ", "_") or What.OPEN.value)
    except ValueError:
        raise ValueError(f"{text} is none of {', '.join(one.value for one in What)}") from None


def _month(text: str, what: What) -> date | None:
    if what is What.OPEN:
        if text:
            raise ValueError("open receivables are as of the date, not of a month")
        return None
    if not _MONTH.fullmatch(text):
        raise ValueError(f"{text or 'a blank'} is no month; write it as 2026-10")
    return date.fromisoformat(f"{text}-01")


def _amount(text: str) -> Decimal:
    if not _AMOUNT.fullmatch(text):
        raise ValueError(f"{text} is no amount; write it as 1234.56, without thousands marks")
    return Decimal(text)


def _count(text: str) -> Decimal:
    if not _COUNT.fullmatch(text):
        raise ValueError(f"{text} is no number of rows")
    return Decimal(text)


def _with(wrong: list[str]) -> UnableToReadTotals:
    many = f"{len(wrong):,} lines cannot be understood" if len(wrong) > 1 else wrong[0]
    error = _not_read(many, "correct what is listed and send them again")
    error.wrong = tuple(wrong[:MOST_WRONG])
    return error


def _not_read(why: str, remedy: str) -> UnableToReadTotals:
    return UnableToReadTotals("The control totals were not compared", why, remedy)
