"""The proposal as the TOML of a profile, to read, correct and keep."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from glob import escape

from countback.books.proposing.mapping import OPEN, Mapped
from countback.books.reading import Layout
from countback.books.tables import TABLES


@dataclass(frozen=True, slots=True)
class Drafted:
    """One file of a proposal. `dates`: header -> date format. `layout`: as sniffed, with the marks that were found."""

    file: str
    mapped: Mapped
    layout: Layout
    dates: Mapping[str, str]


def profile_toml(source: str, files: list[Drafted]) -> str:
    """The whole profile."""
    lines = [
        f"# Proposed by Countback for {_one_line(source)} from its headers and values: check it before you keep it.",
        f"description = {_text(f'Read as proposed for {_one_line(source)}.')}",
    ]
    for drafted in files:
        lines += {"ignore": _ignored, OPEN: _undecided}.get(drafted.mapped.table, _file)(drafted)
    return "\n".join(lines) + "\n"


def _ignored(drafted: Drafted) -> list[str]:
    match = f"match = {_text(escape(drafted.file))}"
    return ["", "[[ignore]]", match, 'reason = "left out when the profile was proposed"']


def _undecided(drafted: Drafted) -> list[str]:
    return ["", "[[file]]", f"match = {_text(escape(drafted.file))}", f"[file.tables.{_text(OPEN)}]"]


def _file(drafted: Drafted) -> list[str]:
    found = drafted.mapped
    usual = _prevailing_format(drafted)
    lines = ["", "[[file]]", f"match = {_text(escape(drafted.file))}", *_layout(drafted.layout, usual)]
    if found.unused:
        lines.append(f"# Not read: {_one_line(', '.join(found.unused))}.")
    if found.customers:
        lines += ["", "[file.tables.customers]", "one_per_key = true", "[file.tables.customers.columns]"]
        lines += _columns("customers", found.customers, drafted, usual)
    lines += ["", f"[file.tables.{found.table}]"]
    if found.cleared is not None:
        lines.append(f"cleared_on = {_field('date', found.cleared, drafted, usual)}")
    lines += [f"[file.tables.{found.table}.columns]", *_columns(found.table, found.columns, drafted, usual)]
    if found.table == "payments" and found.invoice is not None:
        lines += _applied(found)
    return lines


def _applied(found: Mapped) -> list[str]:
    """What belongs to payments that name their invoice: the customer by way of it, and the allocation."""
    invoice = _text(found.invoice or "")
    lines = []
    if "customer_id" not in found.columns:
        lines.append(f'customer_id = {{ column = {invoice}, via = "invoices" }}')
    return [
        *lines,
        "",
        "[file.tables.allocations.columns]",
        f"payment_id = {_text(found.columns.get('payment_id', OPEN))}",
        f"invoice_id = {invoice}",
        f"amount = {_text(found.columns.get('amount', OPEN))}",
    ]


def _columns(table: str, columns: Mapping[str, str], drafted: Drafted, usual: str | None) -> list[str]:
    kinds = {column.name: column.kind for column in TABLES[table].columns}
    return [
        f"{_key(name)} = {_field(kinds.get(name, 'text'), header, drafted, usual)}"
        for name, header in columns.items()
    ]


def _field(kind: str, header: str, drafted: Drafted, usual: str | None) -> str:
    own = drafted.dates.get(header) if kind == "date" else None
    if own is None or own == usual:
        return _text(header)
    return f"{{ column = {_text(header)}, date_format = {_text(own)} }}"


def _prevailing_format(drafted: Drafted) -> str | None:
    """The format that most date columns of the file have."""
    most = Counter(drafted.dates.values()).most_common(1)
    return most[0][0] if most else None


def _layout(layout: Layout, date_format: str | None) -> list[str]:
    plain = Layout()
    lines = [
        f"{key} = {_text(getattr(layout, key))}"
        for key in ("delimiter", "encoding", "decimal", "thousands")
        if getattr(layout, key) != getattr(plain, key)
    ]
    if layout.skip_lines:
        lines.append(f"skip_lines = {layout.skip_lines}")
    if date_format is not None:
        lines.append(f"date_format = {_text(date_format)}")
    return lines


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _text(value: str) -> str:
    """A TOML string: JSON's escapes are TOML's."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _one_line(value: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]+", " ", value)
