"""Unapplied credit: every movement of what a payment or credit note still holds.

Received or issued adds, applied takes away, a reversed payment takes back all it brought and gives back what it had
paid. `amount` is in the currency of the payment or credit note.
"""

from __future__ import annotations

import ibis

from countback.analytics.tables.books import BookTables, latest
from countback.kpis.facts import Table

COLUMNS = (
    "row",
    "row_id",
    "customer_id",
    "entity_id",
    "currency",
    "issued_on",
    "effective_on",
    "amount",
    "recorded_at",
)


def build(books: BookTables, settlements: Table) -> Table:
    """All movements. `settlements`: the table of that module."""
    payments = _payments(books)
    notes = _credit_notes(books)
    undone = payments.filter(payments.reversed_on.notnull())
    undone = undone.mutate(
        effective_on=ibis.greatest(undone.reversed_on, undone.issued_on), amount=-undone.amount
    )
    moves = [part.select(*COLUMNS) for part in (payments, undone, notes)]
    moves += [_applied(payments, settlements, "payment_id"), _applied(notes, settlements, "credit_note_id")]
    return ibis.union(*moves)


def _payments(books: BookTables) -> Table:
    paid = books["payments"]
    return paid.mutate(
        row=ibis.literal("payment"),
        row_id=paid.payment_id,
        issued_on=paid.received_on,
        effective_on=paid.received_on,
    )


def _credit_notes(books: BookTables) -> Table:
    notes = books["credit_notes"]
    return notes.mutate(
        row=ibis.literal("credit_note"), row_id=notes.credit_note_id, effective_on=notes.issued_on
    )


def _applied(sources: Table, settlements: Table, key: str) -> Table:
    used = settlements.filter(settlements[key].notnull()).select(
        used_id=key, used_on="effective_on", used="source_amount", used_recorded="recorded_at"
    )
    met = sources.join(used, sources.row_id == used.used_id)
    return met.mutate(
        effective_on=met.used_on,
        amount=(-met.used).cast("decimal(18, 4)"),
        recorded_at=latest(met.recorded_at, met.used_recorded),
    ).select(*COLUMNS)
