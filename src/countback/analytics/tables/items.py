"""Open items: every invoice, or each of its instalments where it has any, with its own due date."""

from __future__ import annotations

import ibis

from countback.analytics.tables.books import BookTables, latest
from countback.kpis.facts import Table

COLUMNS = (
    "item_id",
    "invoice_id",
    "number",
    "customer_id",
    "entity_id",
    "currency",
    "issued_on",
    "due_on",
    "item_amount",
    "recorded_at",
)


def build(books: BookTables) -> Table:
    """One row an open item; `item_id` is the invoice's, or `INVOICE#NUMBER` for an instalment; `number` NULL
    or its number."""
    invoices = books["invoices"]
    if not books.has("instalments"):
        return _whole(invoices)
    parts = books["instalments"]
    split = parts.select("invoice_id").distinct()
    return _whole(invoices.anti_join(split, "invoice_id")).union(_instalments(invoices, parts))


def _whole(invoices: Table) -> Table:
    return invoices.mutate(
        item_id=invoices.invoice_id, number=ibis.null("int32"), item_amount=invoices.amount
    ).select(*COLUMNS)


def _instalments(invoices: Table, parts: Table) -> Table:
    parts = parts.select(
        "invoice_id", "number", part_due="due_on", item_amount="amount", part_recorded="recorded_at"
    )
    met = invoices.join(parts, "invoice_id")
    return met.mutate(
        item_id=met.invoice_id + "#" + met.number.cast("string"),
        due_on=met.part_due,
        recorded_at=latest(met.recorded_at, met.part_recorded),
    ).select(*COLUMNS)
