"""Documents: invoices (positive) and credit notes (negative), for credit sales."""

from __future__ import annotations

import ibis

from countback.analytics.tables.books import BookTables
from countback.kpis.facts import Table

COLUMNS = (
    "row",
    "row_id",
    "invoice_id",
    "customer_id",
    "entity_id",
    "currency",
    "issued_on",
    "due_on",
    "amount",
    "recorded_at",
)


def build(books: BookTables) -> Table:
    """One row a document."""
    issued = books["invoices"]
    issued = issued.mutate(row=ibis.literal("invoice"), row_id=issued.invoice_id).select(*COLUMNS)
    if not books.has("credit_notes"):
        return issued
    notes = books["credit_notes"]
    notes = notes.mutate(
        row=ibis.literal("credit_note"),
        row_id=notes.credit_note_id,
        due_on=ibis.null("date"),
        amount=(-notes.amount).cast("decimal(18, 4)"),
    )
    return issued.union(notes.select(*COLUMNS))
