"""The customers who owe most that is overdue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from countback.analytics.opened import Books

LINES = 15


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """A customer with what is open, overdue, how old the oldest overdue item is (days), and the ageing of all of it."""

    customer_id: str
    name: str
    open: Decimal
    overdue: Decimal
    oldest_days: int
    aging: tuple[tuple[str, Decimal], ...]


def top_overdue(books: Books, as_of: date, asked: Mapping[str, Any]) -> tuple[tuple[CustomerLine, ...], int]:
    """The lines, largest overdue first, and how many customers have anything overdue."""
    found = books.kpis("overdue_receivables", as_of=as_of, by="customer", **asked).to_arrow()
    wanted = ("by_customer", "value") if len(found) else ()  # by columns: there may be many thousands
    columns = (found[name].to_pylist() for name in wanted)
    overdue = {customer: amount for customer, amount in zip(*columns, strict=True) if amount}
    first = sorted(overdue, key=lambda customer: (-overdue[customer], customer))[:LINES]
    if not first:
        return (), 0
    always_as_many = first + first[-1:] * (LINES - len(first))  # so that it is compiled once for however many
    within = {**asked, "where": {**asked["where"], "customer": always_as_many}}
    aging = _aging(books, as_of, within)
    oldest = _oldest(books, as_of, within)
    names = books.customer_names(first)
    lines = [
        CustomerLine(
            customer_id=customer,
            name=names.get(customer, customer),
            open=sum((amount for bucket, amount in aging[customer] if bucket != "unapplied"), Decimal(0)),
            overdue=overdue[customer],
            oldest_days=(as_of - oldest[customer]).days,
            aging=tuple(aging[customer]),
        )
        for customer in first
    ]
    return tuple(lines), len(overdue)


def _aging(books: Books, as_of: date, asked: Mapping[str, Any]) -> dict[str, list[tuple[str, Decimal]]]:
    found: dict[str, list[tuple[str, Decimal]]] = {}
    for row in books.kpis("aging", as_of=as_of, by="customer", **asked):
        found.setdefault(row["by"]["customer"], []).append((row["by"]["bucket"], row["value"]))
    return found


def _oldest(books: Books, as_of: date, asked: Mapping[str, Any]) -> dict[str, date]:
    found: dict[str, date] = {}
    for row in books.rows("overdue_receivables", as_of=as_of, side="numerator", **asked):
        due = row["due_on"]
        found[row["customer_id"]] = min(found.get(row["customer_id"], due), due)
    return found
