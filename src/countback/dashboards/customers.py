"""The list of customers: one line a customer and currency, with what is open, how late, and how much credit is used."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from countback.dashboards.asked import Filters
from countback.dashboards.customers_listing import Sort

COLUMNS = ("name", "open", "overdue", "oldest", "collector", "limit")
WORDS = ("name", "collector")
"""Columns that are sorted from A."""

NO_AMOUNT = Decimal(0)

Key = tuple[str, str]
"""Customer and currency."""


@dataclass(frozen=True, slots=True)
class CustomerLine:
    """A customer in one currency. `currency` is blank where nothing was ever open. `oldest_days`: days past due of the
    oldest overdue item. `limit`: the credit limit, in `limit_currency`; `used`: per cent of it that is open in that
    currency, None where there is no limit or its currency is unknown. `apart`: its amounts are those in this currency
    alone, as nothing converts the others."""

    customer_id: str
    name: str
    collector: str
    currency: str
    open: Decimal
    overdue: Decimal
    oldest_days: int | None
    limit: Decimal | None
    limit_currency: str
    used: Decimal | None
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What the figures say: open and overdue amounts, and the earliest due day of what is overdue, by customer and
    currency; `own`: what is open in the customer's own currencies; `apart`: nothing converts one into another."""

    open: Mapping[Key, Decimal]
    overdue: Mapping[Key, Decimal]
    oldest_on: Mapping[Key, date]
    own: Mapping[Key, Decimal]
    apart: bool


def lines_of(
    records: Mapping[str, Mapping[str, Any]],
    standing: Standing,
    listed: Collection[str],
    collectors: Mapping[str, str],
    *,
    as_of: date,
    only_currency: str,
) -> tuple[CustomerLine, ...]:
    """The lines of the customers `listed`. `records`: their rows of the books. `only_currency`: that of all documents,
    if there is one, and so of limits that name none."""
    currencies: dict[str, list[str]] = {}
    for customer, currency in standing.open:
        currencies.setdefault(customer, []).append(currency)
    found = []
    for customer in listed:
        record = records[customer]
        limit, limited_in = record["credit_limit"], record["currency"] or only_currency
        for currency in sorted(currencies.get(customer, ("",))):
            key = customer, currency
            oldest = standing.oldest_on.get(key)
            found.append(
                CustomerLine(
                    customer_id=customer,
                    name=record["name"] or customer,
                    collector=collectors.get(record["collector"] or "", record["collector"] or ""),
                    currency=currency,
                    open=standing.open.get(key, NO_AMOUNT),
                    overdue=standing.overdue.get(key, NO_AMOUNT),
                    oldest_days=None if oldest is None else (as_of - oldest).days,
                    limit=limit,
                    limit_currency=limited_in,
                    used=used_of(limit, limited_in, standing.own.get((customer, limited_in), NO_AMOUNT)),
                    apart=standing.apart,
                )
            )
    return tuple(found)


def used_of(limit: Decimal | None, currency: str, open_amount: Decimal) -> Decimal | None:
    """Per cent of a credit limit that is open; None without a limit above zero in a known currency.

    >>> used_of(Decimal(2000), "EUR", Decimal(500)), used_of(Decimal(2000), "", Decimal(500))
    (Decimal('25'), None)
    """
    if not limit or limit < 0 or not currency:
        return None
    return 100 * open_amount / limit


def matching(lines: Sequence[CustomerLine], search: str) -> list[CustomerLine]:
    """Those whose name or number has every word of the search in it, without regard to case."""
    wanted = search.casefold().split()
    return [
        line for line in lines if all(word in f"{line.name} {line.customer_id}".casefold() for word in wanted)
    ]


def sorted_lines(lines: Sequence[CustomerLine], sort: Sort) -> list[CustomerLine]:
    """The lines by one of `COLUMNS`; equal ones by name."""

    def value(line: CustomerLine) -> Any:
        if sort.column == "name":
            return _by_name(line)
        if sort.column == "collector":
            return line.collector.casefold() or None
        if sort.column == "limit":
            return line.used
        return line.oldest_days if sort.column == "oldest" else getattr(line, sort.column)

    return sort.apply(lines, value, _by_name)


def _by_name(line: CustomerLine) -> tuple[str, str, str]:
    return line.name.casefold(), line.customer_id, line.currency


def passes(record: Mapping[str, Any], where: Filters) -> bool:
    """Whether a customer without any figure belongs to what is asked: by its own record. Filters on what only documents
    have (salesperson, currency, ageing bucket) let none of these pass."""
    for dimension, values in where:
        column = {"customer": "customer_id", "parent": "root_id", "entity": "entity_id"}.get(
            dimension, dimension
        )
        if dimension == "currency" or column not in record or (record[column] or None) not in values:
            return False
    return True
