"""Allocations completed: what each takes from its payment or credit note, when, and in which currency."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countback.books import sql
from countback.books.exchange import exchange
from countback.books.loaded import SCHEMA

if TYPE_CHECKING:
    from countback.books.working import Working


def fill_allocations(working: Working) -> None:
    """Makes `books.allocations`; the columns beginning with `_` are what the rules judge them by (`_source_currency`
    and `_payer_id` only where they are others than the invoice's)."""
    working.complete("allocations", _COMPLETED, _JOINS, also=_ALSO)
    _credit_notes_at_once(working)
    exchange(working)


_COMPLETED = {
    "allocation_id": "'A' || (CASE WHEN row._reading = 0 THEN '' ELSE row._reading || '-' END) || (row._row + 1)",
    "customer_id": "known.customer_id",
    "currency": "known.currency",
    "applied_on": "coalesce(row.applied_on, greatest(coalesce(paid.received_on, credit.issued_on), known.issued_on))",
    "source_amount": "CASE WHEN coalesce(paid.currency, credit.currency) = known.currency THEN row.amount END",
}
_ALSO = """nullif(coalesce(paid.currency, credit.currency), known.currency) AS _source_currency,
        nullif(coalesce(paid.customer_id, credit.customer_id), known.customer_id) AS _payer_id,
        coalesce(paid.received_on, credit.issued_on) AS _available_on,
        paid.reversed_on AS _reversed_on, known.issued_on AS _issued_on, known.amount AS _owed,
        coalesce(paid.amount, credit.amount) AS _held, known._row IS NULL AS _stray_invoice_id,
        row.payment_id IS NOT NULL AND paid._row IS NULL AS _stray_payment_id,
        row.credit_note_id IS NOT NULL AND credit._row IS NULL AS _stray_credit_note_id"""
_JOINS = f"""LEFT JOIN {SCHEMA}.invoices AS known ON known.invoice_id = row.invoice_id
        LEFT JOIN {SCHEMA}.payments AS paid ON paid.payment_id = row.payment_id
        LEFT JOIN {SCHEMA}.credit_notes AS credit ON credit.credit_note_id = row.credit_note_id"""


def _credit_notes_at_once(working: Working) -> None:
    """A credit note that names an invoice is applied to it at once, with what no allocation of its own takes."""
    if not sql.number(
        working.connection, f"SELECT count(*) FROM {SCHEMA}.credit_notes WHERE invoice_id IS NOT NULL"
    ):
        return
    taken = f"""SELECT credit_note_id, sum(coalesce(source_amount, amount)) AS amount FROM {SCHEMA}.allocations
    WHERE credit_note_id IS NOT NULL GROUP BY credit_note_id"""
    left = "CAST(credit.amount - coalesce(taken.amount, 0) AS DECIMAL(18, 4))"
    working.connection.execute(
        f"""INSERT INTO {SCHEMA}.allocations BY NAME
        SELECT credit._reading, credit._row, 'CN-' || credit.credit_note_id AS allocation_id, credit.credit_note_id,
        credit.invoice_id, credit.recorded_at, {left} AS source_amount, known.customer_id, known.currency,
        CASE WHEN credit.currency = known.currency THEN {left} END AS amount,
        greatest(credit.issued_on, known.issued_on) AS applied_on,
        nullif(credit.currency, known.currency) AS _source_currency,
        nullif(credit.customer_id, known.customer_id) AS _payer_id, credit.issued_on AS _available_on,
        known.issued_on AS _issued_on, known.amount AS _owed, credit.amount AS _held
        FROM {SCHEMA}.credit_notes AS credit JOIN {SCHEMA}.invoices AS known ON known.invoice_id = credit.invoice_id
        LEFT JOIN ({taken}) AS taken ON taken.credit_note_id = credit.credit_note_id
        WHERE {left} > 0"""
    )
