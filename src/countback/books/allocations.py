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
    credited = working.has_rows("credit_notes")
    joins = _JOINS + (_CREDIT_JOIN if credited else "")
    working.complete("allocations", _completed(working, credited), joins, also=_also(credited))
    _credit_notes_at_once(working)
    exchange(working)


def _completed(working: Working, credited: bool) -> dict[str, str]:
    available, currency = (
        _of_source("received_on", "issued_on", credited),
        _of_source("currency", "currency", credited),
    )
    return {
        "allocation_id": f"{_prefix(working)} || (row._row + 1)",
        "customer_id": "known.customer_id",
        "currency": "known.currency",
        "applied_on": f"coalesce(row.applied_on, greatest({available}, known.issued_on))",
        "source_amount": f"CASE WHEN {currency} = known.currency THEN row.amount END",
    }


def _prefix(working: Working) -> str:
    """What tells the rows of several files apart: the number of the reading, but for the first."""
    readings = [number for number, one in working.projections.items() if one.reading.table == "allocations"]
    if len(readings) == 1:
        return sql.text(f"A{readings[0]}-" if readings[0] else "A")
    return "'A' || (CASE WHEN row._reading = 0 THEN '' ELSE row._reading || '-' END)"


def _also(credited: bool) -> str:
    stray = "credit.credit_note_id IS NULL" if credited else "true"
    return f"""nullif({_of_source("currency", "currency", credited)}, known.currency) AS _source_currency,
        nullif({_of_source("customer_id", "customer_id", credited)}, known.customer_id) AS _payer_id,
        {_of_source("received_on", "issued_on", credited)} AS _available_on,
        paid.reversed_on AS _reversed_on, known.issued_on AS _issued_on, known.amount AS _owed,
        {_of_source("amount", "amount", credited)} AS _held, known.invoice_id IS NULL AS _stray_invoice_id,
        row.payment_id IS NOT NULL AND paid.payment_id IS NULL AS _stray_payment_id,
        row.credit_note_id IS NOT NULL AND {stray} AS _stray_credit_note_id"""


def _of_source(paid: str, credit: str, credited: bool) -> str:
    """A column of the payment or credit note that an allocation draws on; without credit notes, of the payment."""
    return f"coalesce(paid.{paid}, credit.{credit})" if credited else f"paid.{paid}"


_JOINS = f"""LEFT JOIN {SCHEMA}.invoices AS known ON known.invoice_id = row.invoice_id
        LEFT JOIN {SCHEMA}.payments AS paid ON paid.payment_id = row.payment_id"""
_CREDIT_JOIN = f"""
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
