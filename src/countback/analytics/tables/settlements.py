"""Settlements: what reduces an invoice (cash, credit, write-off) and what undoes it, each on its effective date.

One row an allocation or write-off; a reversed payment adds a row per allocation, negative, on the reversal's date. An
allocation takes effect when its invoice exists: on the later of `applied_on` and the issue date.
"""

from __future__ import annotations

import ibis

from countback.analytics.tables.books import BookTables, latest
from countback.kpis.facts import Table

COLUMNS = (
    "invoice_id",
    "instalment",
    "kind",
    "effective_on",
    "amount",
    "source_amount",
    "payment_id",
    "credit_note_id",
    "source_id",
    "row_id",
    "reverses",
    "reversed_on",
    "recorded_at",
)


def build(books: BookTables) -> Table:
    """All settlements of all invoices; `amount` is positive where it reduces what is owed."""
    parts = []
    if books.has("allocations"):
        applied = _allocations(books)
        parts.append(applied)
        if books.has("payments"):
            parts.append(_reversals(applied))
    if books.has("write_offs"):
        parts.append(_write_offs(books))
    parts = parts or [_write_offs(books)]
    return parts[0] if len(parts) == 1 else ibis.union(*parts)


def _allocations(books: BookTables) -> Table:
    applied = books["allocations"]
    invoices = books["invoices"].select("invoice_id", "issued_on", invoice_recorded="recorded_at")
    applied = applied.join(invoices, "invoice_id")
    payments = books["payments"]
    if not books.has_recorded_at:
        payments = payments.filter(payments.reversed_on.notnull())
    payments = payments.select("reversed_on", paid_by="payment_id", paid_recorded="recorded_at")
    applied = applied.left_join(payments, applied.payment_id == payments.paid_by)
    recorded = [applied.recorded_at, applied.invoice_recorded, applied.paid_recorded]
    if books.has_recorded_at and books.has("credit_notes"):
        notes = books["credit_notes"].select(credited_by="credit_note_id", note_recorded="recorded_at")
        applied = applied.left_join(notes, applied.credit_note_id == notes.credited_by)
        recorded = [applied[column.get_name()] for column in recorded] + [applied.note_recorded]
    effective = ibis.greatest(applied.applied_on, applied.issued_on)
    applied = applied.mutate(
        kind=ibis.ifelse(applied.payment_id.notnull(), "cash", "credit"),
        effective_on=effective,
        source_id=ibis.coalesce(applied.payment_id, applied.credit_note_id),
        row_id=applied.allocation_id,
        reverses=ibis.literal(False),
        reversed_on=ibis.ifelse(
            applied.reversed_on.notnull(), ibis.greatest(applied.reversed_on, effective), ibis.null("date")
        ),
        recorded_at=latest(*recorded),
    )
    return applied.select(*COLUMNS)


def _reversals(applied: Table) -> Table:
    undone = applied.filter(applied.reversed_on.notnull())
    undone = undone.mutate(
        effective_on=undone.reversed_on,
        amount=-undone.amount,
        source_amount=-undone.source_amount,
        reverses=ibis.literal(True),
        reversed_on=ibis.null("date"),
    )
    return undone.select(*COLUMNS)


def _write_offs(books: BookTables) -> Table:
    written = books["write_offs"]
    invoices = books["invoices"].select("invoice_id", "issued_on", invoice_recorded="recorded_at")
    written = written.join(invoices, "invoice_id")
    written = written.mutate(
        instalment=ibis.null("int32"),
        kind=ibis.literal("write_off"),
        effective_on=ibis.greatest(written.written_off_on, written.issued_on),
        source_amount=written.amount,
        payment_id=ibis.null("string"),
        credit_note_id=ibis.null("string"),
        source_id=written.write_off_id,
        row_id=written.write_off_id,
        reverses=ibis.literal(False),
        reversed_on=ibis.null("date"),
        recorded_at=latest(written.recorded_at, written.invoice_recorded),
    )
    return written.select(*COLUMNS)
