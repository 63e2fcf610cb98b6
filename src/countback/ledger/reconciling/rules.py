"""Both sides of a reconciliation, line by line: what differs, and what makes the difference up. From values alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal(0)


class What(StrEnum):
    """What a control total is of."""

    OPEN = "open_receivables"
    INVOICES = "invoices"
    PAYMENTS = "payments"


class Level(StrEnum):
    """What a line stands for: a total; a customer's part of it; what the source's total holds beyond the customers
    that it named; a total of the ledger of which the source told nothing."""

    TOTAL = "total"
    CUSTOMER = "customer"
    REST = "rest"
    UNTOLD = "untold"


WORDS = {What.OPEN: "Open receivables", What.INVOICES: "Invoices issued", What.PAYMENTS: "Payments received"}
"""What each is called to people."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a total is of. `month`: its first day, None for what is open as of the date. `rows`: whether documents are
    counted; else their amounts are added up."""

    what: What
    entity: str
    currency: str
    month: date | None = None
    rows: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """One control total of the source. `customer_id`: "" for the total itself."""

    key: Key
    value: Decimal
    customer_id: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of both sides."""

    key: Key
    level: Level
    ledger: Decimal
    source: Decimal
    customer_id: str = ""

    @property
    def difference(self) -> Decimal:
        """How much more the ledger has."""
        return self.ledger - self.source


Held = Mapping[Key, Decimal]
"""The ledger's totals."""
HeldByCustomer = Mapping[Key, Mapping[str, Decimal]]
"""The ledger's open amounts by customer."""


def compared(told: Iterable[Told], held: Held, by_customer: HeldByCustomer) -> list[Line]:
    """A line for each total that the source told, followed by those of its customers, the largest difference first;
    then what is open in the ledger and the source told nothing of. A source that gave customers alone has their sum
    for its total; the differences of customers and of the rest add up to that of the total, always."""
    totals: dict[Key, Decimal] = {}
    customers: dict[Key, dict[str, Decimal]] = {}
    for one in told:
        if one.customer_id:
            customers.setdefault(one.key, {})[one.customer_id] = one.value
        else:
            totals[one.key] = one.value
    lines: list[Line] = []
    for key in sorted({*totals, *customers}, key=_order):
        theirs = customers.get(key, {})
        named = sum(theirs.values(), ZERO)
        total = totals.get(key, named)
        lines.append(Line(key, Level.TOTAL, held.get(key, ZERO), total))
        if theirs:
            lines += _by_customer(key, theirs, by_customer.get(key, {}))
            lines += [Line(key, Level.REST, ZERO, total - named)] if total != named else []
    return lines + _untold({*totals, *customers}, held)


def _by_customer(key: Key, theirs: Mapping[str, Decimal], ours: Mapping[str, Decimal]) -> list[Line]:
    lines = [
        Line(key, Level.CUSTOMER, ours.get(one, ZERO), theirs.get(one, ZERO), one) for one in {*theirs, *ours}
    ]
    return sorted(lines, key=lambda line: (-abs(line.difference), line.customer_id))


def _untold(told: set[Key], held: Held) -> list[Line]:
    """What the ledger holds open of entities and currencies of which the source, telling others, said nothing."""
    if not any(key.what is What.OPEN for key in told):
        return []
    return [
        Line(key, Level.UNTOLD, held[key], ZERO)
        for key in sorted(held, key=_order)
        if key.what is What.OPEN and not key.rows and key not in told and held[key]
    ]


def differing(lines: Iterable[Line]) -> dict[str, Decimal]:
    """Currency -> by how much the totals of amounts differ, added up without sign, so that nothing cancels out."""
    found: dict[str, Decimal] = {}
    for line in lines:
        if line.level is Level.TOTAL and not line.key.rows and line.difference:
            found[line.key.currency] = found.get(line.key.currency, ZERO) + abs(line.difference)
    return dict(sorted(found.items()))


def rows_differing(lines: Iterable[Line]) -> int:
    """By how many documents the counts differ, added up without sign."""
    counted = [line for line in lines if line.level is Level.TOTAL and line.key.rows]
    return int(sum((abs(line.difference) for line in counted), ZERO))


def agrees(lines: Sequence[Line]) -> bool:
    """Whether nothing that the source told differs; of what its total holds beyond its customers, too."""
    return not any(line.difference for line in lines if line.level is not Level.UNTOLD)


def _order(key: Key) -> tuple[str, str, str, date, bool]:
    return key.what.value, key.entity, key.currency, key.month or date.min, key.rows
