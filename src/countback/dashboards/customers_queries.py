"""Asks the figures and the books for the list of customers: as many questions for ten as for ten thousand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from countback.dashboards.asked import Asked
from countback.dashboards.customer_reading import names_of
from countback.dashboards.customers import CustomerLine, Key, Standing, lines_of, passes, sorted_lines
from countback.dashboards.customers_listing import Sort
from countback.dashboards.remembered import remembered
from countback.ledger.figures import Figures

OPEN, OVERDUE = "open_receivables", "overdue_receivables"
ALL = 100_000_000
"""More customers than any books hold."""


def customer_lines(figures: Figures, asked: Asked) -> tuple[CustomerLine, ...]:
    """A line for each customer and currency of what is asked; remembered until the books move."""
    plain = replace(asked, own=(), pick="", params=())
    return remembered(figures, ("customers", plain), lambda: _asked(figures, plain))


def customers_in_order(figures: Figures, asked: Asked, sort: Sort) -> list[CustomerLine]:
    """The same lines, sorted; remembered, too: sorting twenty thousand takes longer than the rest of a page."""
    plain = replace(asked, own=(), pick="", params=())
    return remembered(
        figures,
        ("customers in order", plain, sort),
        lambda: sorted_lines(customer_lines(figures, asked), sort),
    )


def _asked(figures: Figures, asked: Asked) -> tuple[CustomerLine, ...]:
    records = {record["customer_id"]: record for record in figures.customers(limit=ALL)}
    standing = _standing(figures, asked, limits=any(record["credit_limit"] for record in records.values()))
    owing = {customer for customer, _ in standing.open}
    listed = [id_ for id_, record in records.items() if id_ in owing or passes(record, asked.where)]
    codes = sorted({records[id_]["collector"] for id_ in listed if records[id_]["collector"]})
    currencies = figures.books.currencies
    return lines_of(
        records,
        standing,
        listed,
        names_of(figures, "collector", codes),
        as_of=asked.as_of,
        only_currency=currencies[0] if len(currencies) == 1 else "",
    )


def _standing(figures: Figures, asked: Asked, *, limits: bool) -> Standing:
    amounts = figures.kpis([OPEN, OVERDUE], **asked.arguments(by=["customer"])).to_arrow()
    open_ones, overdue = (_amounts(amounts.filter(pc.field("kpi") == kpi)) for kpi in (OPEN, OVERDUE))
    rows = figures.rows(OVERDUE, **asked.arguments(by=["customer"], side="numerator")).to_arrow()
    own = open_ones
    if limits and (len(figures.books.currencies) > 1 or asked.where or asked.currency):
        # A limit is used by all that a customer owes in its currency, whatever part of it the page shows.
        whole = asked.arguments(by=["customer", "currency"], currency=None, where={})
        own = _amounts(figures.kpis(OPEN, **whole).to_arrow())
    apart = "by_currency" in amounts.column_names
    return Standing(open_ones, overdue, oldest_by_line(rows, open_ones), own, apart)


def _amounts(table: pa.Table) -> dict[Key, Decimal]:
    columns = [table[name].to_pylist() for name in ("by_customer", "unit", "value") if len(table)]
    return {(customer, currency): amount for customer, currency, amount in zip(*columns, strict=True)}


def oldest_by_line(rows: pa.Table, lines: Iterable[Key]) -> dict[Key, date]:
    """The earliest due day of each line. Where amounts are converted a row's currency is none of a line's, and the
    customer has one line for all of them."""
    earliest = rows.group_by(["customer_id", "currency"]).aggregate([("due_on", "min")])
    columns = (earliest[name].to_pylist() for name in ("customer_id", "currency", "due_on_min"))
    found: dict[Any, date] = {}
    for customer, currency, due_on in zip(*columns, strict=True):
        for key in ((customer, currency), customer):
            found[key] = min(found.get(key, due_on), due_on)
    several: dict[str, int] = {}
    for customer, _ in lines:
        several[customer] = several.get(customer, 0) + 1
    keys = {key: key if several[key[0]] > 1 else key[0] for key in lines}
    return {key: found[place] for key, place in keys.items() if place in found}
