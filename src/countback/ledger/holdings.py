"""What no payment, credit note or invoice may be made to give: more than it holds. The rules once, as queries that
PostgreSQL (in `guards`) and DuckDB (before an import is written) both run.

Each query gives one row for each item beyond what it holds: its id, what it holds (NULL where the books hold no such
item), what is taken, the currency. `touched` is a query of one column, the ids to look at; None: all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

Relation = Callable[[str], str]
"""Where the rows of a table of the books stand, as they are to be judged."""

Query = Callable[[Relation, str | None], str]


class Limit(NamedTuple):
    """One rule. `told`: what is wrong, with `{id}`, `{held}`, `{taken}`, `{currency}`; `missing`: where there is
    no such item."""

    name: str
    table: str
    told: str
    missing: str
    query: Query


def _among(key: str, touched: str | None) -> str:
    return "" if touched is None else f" AND {key} IN ({touched})"


def _beyond(sums: str, own: str, key: str) -> str:
    """The items of which more is taken than they hold. `sums`: a query of `id` and `taken`."""
    return f"""SELECT sums.id, own.amount AS held, sums.taken, own.currency FROM ({sums}) AS sums
        LEFT JOIN {own} AS own ON own.{key} = sums.id WHERE own.amount IS NULL OR sums.taken > own.amount"""


def _of_source(table: str, key: str) -> Query:
    """Allocations of a payment or credit note, in its own currency; a reversal gives none of it free."""

    def query(rows: Relation, touched: str | None) -> str:
        sums = f"""SELECT {key} AS id, sum(source_amount) AS taken FROM {rows("allocations")} AS part
            WHERE {key} IS NOT NULL{_among(key, touched)} GROUP BY {key}"""
        return _beyond(sums, rows(table), key)

    return query


def _of_invoice(rows: Relation, touched: str | None) -> str:
    """Allocations to an invoice, but for those of payments that were reversed."""
    sums = f"""SELECT part.invoice_id AS id, sum(CASE WHEN back.payment_id IS NULL THEN part.amount ELSE 0 END) AS taken
        FROM {rows("allocations")} AS part LEFT JOIN {_reversed(rows)} AS back ON back.payment_id = part.payment_id
        WHERE part.invoice_id IS NOT NULL{_among("part.invoice_id", touched)} GROUP BY part.invoice_id"""
    return _beyond(sums, rows("invoices"), "invoice_id")


def _reversed(rows: Relation) -> str:
    return f"(SELECT payment_id FROM {rows('payments')} AS paid WHERE reversed_on IS NOT NULL)"


def _of_write_offs(rows: Relation, touched: str | None) -> str:
    """What is written off by a day, and what was allocated by then: cash that comes later is recovery, and may."""
    given_up = f"""SELECT lost.invoice_id, lost.written_off_on AS day, own.amount AS held, own.currency,
        sum(lost.amount) OVER (PARTITION BY lost.invoice_id ORDER BY lost.written_off_on) AS lost
        FROM {rows("write_offs")} AS lost LEFT JOIN {rows("invoices")} AS own ON own.invoice_id = lost.invoice_id
        WHERE lost.invoice_id IS NOT NULL{_among("lost.invoice_id", touched)}"""
    paid = f"""SELECT wrote.invoice_id, wrote.day, sum(part.amount) AS paid
        FROM (SELECT DISTINCT * FROM ({given_up}) AS each) AS wrote JOIN {rows("allocations")} AS part
        ON part.invoice_id = wrote.invoice_id AND part.applied_on <= wrote.day
        LEFT JOIN {_reversed(rows)} AS back ON back.payment_id = part.payment_id
        WHERE back.payment_id IS NULL GROUP BY wrote.invoice_id, wrote.day"""
    return f"""SELECT lost.invoice_id AS id, max(lost.held) AS held, max(lost.lost + coalesce(paid.paid, 0)) AS taken,
        max(lost.currency) AS currency
        FROM (SELECT DISTINCT * FROM ({given_up}) AS each) AS lost
        LEFT JOIN ({paid}) AS paid ON paid.invoice_id = lost.invoice_id AND paid.day = lost.day
        WHERE lost.held IS NULL OR lost.lost + coalesce(paid.paid, 0) > lost.held GROUP BY lost.invoice_id"""


LIMITS = (
    Limit(
        "payment_holds", "payments",
        "the allocations of the payment {id} come to {taken} {currency}, it holds {held}",
        "allocations name the payment {id}, which the ledger does not hold",
        _of_source("payments", "payment_id"),
    ),
    Limit(
        "credit_note_holds", "credit_notes",
        "the allocations of the credit note {id} come to {taken} {currency}, it holds {held}",
        "allocations name the credit note {id}, which the ledger does not hold",
        _of_source("credit_notes", "credit_note_id"),
    ),
    Limit(
        "invoice_holds", "invoices",
        "what is allocated to the invoice {id} comes to {taken} {currency}, it amounts to {held}",
        "allocations name the invoice {id}, which the ledger does not hold",
        _of_invoice,
    ),
    Limit(
        "write_off_holds", "invoices",
        "what is allocated to the invoice {id} and written off comes to {taken} {currency}, it amounts to {held}",
        "write-offs name the invoice {id}, which the ledger does not hold",
        _of_write_offs,
    ),
)  # fmt: skip
