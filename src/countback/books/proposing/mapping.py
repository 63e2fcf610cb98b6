"""Which table an unknown file gives, and which of its columns gives which of the table's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from countback.books.proposing.questions import Asking, column_question, table_question
from countback.books.proposing.shapes import Shape
from countback.books.proposing.words import WORDS, likeness, plain_words
from countback.books.tables import TABLES

OPEN = "?"
"""Stands where an answer is missing; no profile with it can be used."""

_DATES = ("issued", "due", "cleared")
_AMOUNTS = ("amount", "paid", "credit_limit")
_FEW = 50  # values that a dimension may have
_NEAR_KNOWN = 0.85

NEEDED: dict[str, dict[str, tuple[str, ...]]] = {
    "customers": {"customer_id": ("customer", "name"), "name": ("name", "customer")},
    "invoices": {
        "invoice_id": ("invoice",),
        "customer_id": ("customer", "name"),
        "issued_on": ("issued",),
        "due_on": ("due",),
        "amount": ("amount",),
    },
    "payments": {
        "payment_id": ("payment",),
        "customer_id": ("customer", "name"),
        "received_on": ("cleared", "issued"),
        "amount": ("paid", "amount"),
    },
}
"""Column that a table needs -> the meanings of headers that can give it, the likeliest first."""

WELCOME: dict[str, tuple[str, ...]] = {
    "customers": (
        "currency",
        "email",
        "phone",
        "country",
        "region",
        "segment",
        "collector",
        "credit_limit",
        "terms",
    ),
    "invoices": ("currency", "terms", "po_number", "salesperson"),
    "payments": ("currency", "method"),
}
"""Columns that are taken where the file has them; their meaning has their name."""


@dataclass(slots=True)
class Mapped:
    """What a file gives. `table`: its main table, "ignore" or `OPEN`. `columns`: column of the table -> header.

    `customers`: the same for the customers that a list of invoices gives besides. `cleared`: header of the clearing
    date. `invoice`: header of the invoice that a payment pays. `unused`: headers that are not read.
    """

    table: str
    columns: dict[str, str] = field(default_factory=dict)
    customers: dict[str, str] = field(default_factory=dict)
    cleared: str | None = None
    invoice: str | None = None
    unused: tuple[str, ...] = ()


def mapped(file: str, shapes: Sequence[Shape], asking: Asking, *, has_customers: bool) -> Mapped:
    """The mapping of one file, asking where two columns could be meant or none is recognised."""
    headers = tuple(shape.header for shape in shapes)
    meanings = recognised(shapes)
    table = table_of(meanings) or asking.ask(table_question(file, headers))
    if table is None or table == "ignore":
        return Mapped(table or OPEN, unused=headers)
    found = Mapped(table)
    for column, options in NEEDED[table].items():
        header = _needed(file, table, column, options, meanings, shapes, asking, found)
        if header is not None:
            found.columns[column] = header
    _add_welcome(found.columns, WELCOME[table], meanings)
    if table == "invoices":
        found.cleared = meanings.get("cleared")
        if not has_customers:
            _add_customers(found, meanings)
    if table == "payments":
        found.invoice = meanings.get("invoice")
    _add_further(found, shapes)
    return found


def recognised(shapes: Sequence[Shape]) -> dict[str, str]:
    """Meaning -> header, the surest first; each header has one meaning, and a meaning with equal claims has none."""
    claims = sorted(
        ((likeness(shape.header, meaning), meaning, shape.header) for shape in shapes for meaning in WORDS
         if _suits(shape, meaning)),
        key=lambda claim: -claim[0],
    )  # fmt: skip
    found: dict[str, str] = {}
    doubtful: set[str] = set()
    for sureness, meaning, header in claims:
        if not sureness or header in found.values() or meaning in found or meaning in doubtful:
            continue
        equal = [
            other for score, what, other in claims if (score, what) == (sureness, meaning) and other != header
        ]
        if any(other not in found.values() for other in equal):
            doubtful.add(meaning)
        else:
            found[meaning] = header
    return found


def table_of(meanings: dict[str, str]) -> str | None:
    """The table that a file with these meanings gives; None where they say too little."""
    has = meanings.keys()
    if has & {"amount", "paid"} and "payment" in has:
        return "payments"
    if {"invoice", "amount"} <= has and has & {"issued", "due"}:
        return "invoices"
    if {"customer", "name"} <= has and not has & {"amount", "paid", "issued", "due", "invoice", "payment"}:
        return "customers"
    return None


def _suits(shape: Shape, meaning: str) -> bool:
    """Whether the values can have the meaning; a header that says it in so many words is believed."""
    if shape.typed or likeness(shape.header, meaning) == 3:
        return True
    if meaning in _DATES:
        return bool(shape.dates)
    return shape.numeric if meaning in _AMOUNTS else not shape.dates


def _needed(
    file: str, table: str, column: str, options: tuple[str, ...], meanings: dict[str, str],
    shapes: Sequence[Shape], asking: Asking, found: Mapped,
) -> str | None:  # fmt: skip
    for meaning in options:
        if meaning in meanings:
            return meanings[meaning]
    if column == "due_on" and "terms" in meanings:
        return None
    if column == "customer_id" and "invoice" in meanings and table == "payments":
        return None
    kind = TABLES[table].column(column).kind
    free = [shape for shape in shapes if shape.header not in {*meanings.values(), *found.columns.values()}]
    fit = [shape for shape in free if _fits_kind(shape, kind)] or free or list(shapes)
    return asking.ask(column_question(file, table, column, tuple(shape.header for shape in fit))) or OPEN


def _fits_kind(shape: Shape, kind: str) -> bool:
    if kind == "date":
        return bool(shape.dates) or shape.typed
    return (shape.numeric or shape.typed) if kind == "money" else not shape.dates


def _add_welcome(columns: dict[str, str], welcome: tuple[str, ...], meanings: dict[str, str]) -> None:
    for name in welcome:
        if name in meanings and meanings[name] not in columns.values():
            columns[name] = meanings[name]


def _add_customers(found: Mapped, meanings: dict[str, str]) -> None:
    customer = found.columns.get("customer_id")
    if customer is None or customer == OPEN:
        return
    found.customers = {"customer_id": customer, "name": meanings.get("name", customer)}
    _add_welcome(found.customers, tuple(name for name in WELCOME["customers"] if name != "terms"), meanings)


def _add_further(found: Mapped, shapes: Sequence[Shape]) -> None:
    """Columns with few values become dimensions; what is read nowhere is listed."""
    used = {*found.columns.values(), *found.customers.values(), found.cleared, found.invoice}
    for shape in shapes:
        few = 1 < shape.distinct <= min(_FEW, shape.filled / 2) and not shape.dates and not shape.marked
        if few and shape.header not in used and TABLES[found.table].open_ended:
            found.columns[_further_name(found, shape.header)] = shape.header
            used.add(shape.header)
    found.unused = tuple(shape.header for shape in shapes if shape.header not in used)


def _further_name(found: Mapped, header: str) -> str:
    name = plain_words(header).replace(" ", "_") or "further"
    if get_close_matches(name, TABLES[found.table].names, 1, _NEAR_KNOWN):
        name = f"file_{name}"
    while name in found.columns:
        name += "_"
    return name
