"""Everything that happened with one customer, as one list: SQL over the facts of the books, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from countback.dashboards.asked import Asked
from countback.dashboards.customer_reading import entities_asked, known, known_value, read_books
from countback.ledger.figures import Figures

KINDS = {
    "invoice": "Invoices",
    "payment": "Payments",
    "credit_note": "Credit notes",
    "allocation": "Allocations",
    "write_off": "Write-offs",
    "promise": "Promises",
    "dispute": "Disputes",
    "contact": "Contacts",
    "placement": "Placements",
    "legal_action": "Legal actions",
    "cost": "Costs",
}
"""Kinds of events, as they are filtered by, in the order in which they stand on one day."""

ON_A_PAGE = 50

PARTS = "\x1f"
"""Between outcome, collector and direction in the note of a contact: no text of books holds it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `ends`: it ends what an earlier one began (a payment returned, a dispute resolved, a
    placement recalled). `invoice_id`: which invoice it is about. `what`: its sort, reason, channel, agency or outcome;
    `note`: what else is told of it; `other_on`: the day that it is about (due, promised); `source`: the payment or
    credit note of an allocation."""

    kind: str
    ends: bool
    happened_on: date
    happened_at: datetime | None
    id: str
    invoice_id: str | None
    amount: Decimal | None
    currency: str | None
    what: str | None
    note: str | None
    other_on: date | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Settled:
    """Part of a payment or credit note that settled an invoice. `customer_id`: whose invoice it is."""

    source: str
    invoice_id: str
    customer_id: str
    amount: Decimal
    currency: str
    effective_on: date


def _event(kind: str, happened_on: str, id_: str, table: str, *, where: str = "true", **columns: str) -> str:
    """SQL of one kind of event; what is not named is NULL."""
    given = {
        "kind": f"'{kind}'",
        "ends": "false",
        "happened_on": f"{happened_on}::DATE",
        "happened_at": "NULL::TIMESTAMP",
        "id": id_,
        "invoice_id": "x.invoice_id",
        "amount": "x.amount",
        "currency": "x.currency",
        "what": "NULL::VARCHAR",
        "note": "NULL::VARCHAR",
        "other_on": "NULL::DATE",
        "source": "NULL::VARCHAR",
        "told": "false",
    } | columns
    listed = ", ".join(f"{column} AS {name}" for name, column in given.items())
    return f"SELECT {listed} FROM {table} WHERE {happened_on} IS NOT NULL AND ({where})"


def _of(table: str) -> str:
    """Rows of a table that are the customer's, were known, and are of an entity that is shown: that of their invoice
    where they name one, else the customer's own."""
    entity = "coalesce(i.entity_id, (SELECT entity_id FROM me), '')"
    return f"""(SELECT x.* FROM books.{table} x LEFT JOIN own_invoices i ON i.invoice_id = x.invoice_id
      WHERE x.customer_id = $customer AND {known("x")} AND {_shown(entity)}) x"""


def _document(table: str) -> str:
    return f"""(SELECT x.* FROM books.{table} x
      WHERE x.customer_id = $customer AND {known("x")} AND {_shown("coalesce(x.entity_id, '')")}) x"""


def _shown(entity: str) -> str:
    return f"($entities::VARCHAR[] IS NULL OR list_contains($entities::VARCHAR[], {entity}))"


_OWN = f"""me AS (SELECT entity_id FROM books.customers WHERE customer_id = $customer),
own_invoices AS (SELECT * FROM books.invoices x WHERE x.customer_id = $customer AND {known("x")}),
applied AS (
  SELECT a.*, greatest(a.applied_on, i.issued_on) AS effective_on, i.entity_id,
    coalesce(p.customer_id, n.customer_id) AS payer_id, coalesce(p.received_on, n.issued_on) AS came_on
  FROM books.allocations a JOIN own_invoices i ON i.invoice_id = a.invoice_id
  LEFT JOIN books.payments p ON p.payment_id = a.payment_id
  LEFT JOIN books.credit_notes n ON n.credit_note_id = a.credit_note_id
  WHERE a.customer_id = $customer AND {known("a")} AND {_shown("coalesce(i.entity_id, '')")}
    AND (p.payment_id IS NULL OR {known("p")}) AND (n.credit_note_id IS NULL OR {known("n")}))"""

_NO_INVOICE = {"invoice_id": "NULL::VARCHAR"}
_PLACED = {"what": "x.agency", "note": "NULL::VARCHAR"}
_RESOLVED = {"ends": "true", "what": "x.outcome", "note": "x.reason"}

_EVENTS = (
    _event("invoice", "x.issued_on", "x.invoice_id", _document("invoices"), what="x.kind", note="x.po_number",
           other_on="x.due_on"),
    _event("payment", "x.received_on", "x.payment_id", _document("payments"), what="x.method", note="x.reference",
           **_NO_INVOICE),
    _event("payment", "x.reversed_on", "x.payment_id", _document("payments"), ends="true", what="x.method",
           note="x.reference", **_NO_INVOICE),
    _event("credit_note", "x.issued_on", "x.credit_note_id", _document("credit_notes"), what="x.reason"),
    _event("allocation", "x.effective_on", "x.allocation_id", "applied x",
           source="coalesce(x.payment_id, x.credit_note_id)",
           what="CASE WHEN x.payment_id IS NULL THEN 'credit note' ELSE 'payment' END",
           told="coalesce(x.payer_id = $customer AND x.came_on = x.effective_on, false)"),
    _event("write_off", "x.written_off_on", "x.write_off_id", _of("write_offs"), what="x.reason"),
    _event("promise", "x.made_on", "x.promise_id", _of("promises"), other_on="x.due_on", note="x.collector"),
    _event("promise", "x.withdrawn_on", "x.promise_id", _of("promises"), ends="true", other_on="x.due_on"),
    _event("dispute", "x.opened_on", "x.dispute_id", _of("disputes"), what="x.reason", note="x.owner"),
    _event("dispute", "x.resolved_on", "x.dispute_id", _of("disputes"), **_RESOLVED),
    _event("contact", "x.contacted_on", "x.contact_id", _of("contacts"), happened_at="x.contacted_on", what="x.channel",
           note="concat_ws(chr(31), coalesce(x.outcome, ''), coalesce(x.collector, ''), coalesce(x.direction, ''))",
           amount="NULL::DECIMAL(18,4)", currency="NULL::VARCHAR"),
    _event("placement", "x.placed_on", "x.placement_id", _of("placements"), **_PLACED),
    _event("placement", "x.recalled_on", "x.placement_id", _of("placements"), ends="true", **_PLACED),
    _event("legal_action", "x.started_on", "x.legal_action_id", _of("legal_actions"), what="x.kind"),
    _event("legal_action", "x.closed_on", "x.legal_action_id", _of("legal_actions"), ends="true", what="x.kind"),
    _event("cost", "x.incurred_on", "x.cost_id", f"""(SELECT x.*, NULL::VARCHAR AS invoice_id FROM books.costs x
      WHERE x.customer_id = $customer AND {known("x")} AND {_shown("coalesce((SELECT entity_id FROM me), '')")}) x""",
           what="x.kind"),
)  # fmt: skip

_ALL = f"""WITH {_OWN}, happened AS ({" UNION ALL ".join(_EVENTS)}),
events AS (SELECT * FROM happened WHERE happened_on <= $as_of
  AND ($currencies::VARCHAR[] IS NULL OR currency IS NULL OR list_contains($currencies::VARCHAR[], currency)))"""

_COUNTED = (
    f"{_ALL} SELECT kind, count(*) AS count, count(*) FILTER (NOT told) AS shown FROM events GROUP BY kind"
)

_LISTED = f"""{_ALL} SELECT * EXCLUDE (told) FROM events
WHERE CASE WHEN $kind::VARCHAR IS NULL THEN NOT told ELSE kind = $kind::VARCHAR END
ORDER BY happened_on DESC, happened_at DESC NULLS LAST, ends DESC, list_position($kinds::VARCHAR[], kind) DESC, id DESC
LIMIT $size OFFSET $start"""

_SETTLED = f"""SELECT coalesce(a.payment_id, a.credit_note_id) AS source, a.invoice_id, i.customer_id, a.amount,
  a.currency, greatest(a.applied_on, i.issued_on) AS effective_on
FROM books.allocations a JOIN books.invoices i ON i.invoice_id = a.invoice_id
WHERE (list_contains($payments::VARCHAR[], a.payment_id) OR list_contains($notes::VARCHAR[], a.credit_note_id))
  AND greatest(a.applied_on, i.issued_on) <= $as_of AND {known("a")} AND {known("i")}
  AND {_shown("coalesce(i.entity_id, '')")}
ORDER BY effective_on, a.invoice_id, a.allocation_id"""


def event_counts(figures: Figures, asked: Asked, customer_id: str) -> tuple[Mapping[str, int], int]:
    """How many events of each kind there are by the date asked, and how many the list of all kinds has: an allocation
    on the day on which its payment came is told with the payment."""
    rows = read_books(figures, _COUNTED, _values(figures, asked, customer_id))
    counts = {row["kind"]: row["count"] for row in rows}
    return {kind: counts[kind] for kind in KINDS if kind in counts}, sum(row["shown"] for row in rows)


def events(
    figures: Figures, asked: Asked, customer_id: str, kind: str | None, start: int
) -> tuple[Event, ...]:
    """Events from place `start` (0: the newest) on, of that kind or of all."""
    values = _values(figures, asked, customer_id) | {
        "kind": kind,
        "kinds": list(KINDS),
        "size": ON_A_PAGE,
        "start": start,
    }
    return tuple(Event(**row) for row in read_books(figures, _LISTED, values))


def settled_by(figures: Figures, asked: Asked, found: Sequence[Event]) -> dict[str, list[Settled]]:
    """What payments and credit notes among the events settled by the date asked, by their number."""
    ids = {kind: [one.id for one in found if one.kind == kind] for kind in ("payment", "credit_note")}
    if not any(ids.values()):
        return {}
    values: dict[str, Any] = {"payments": ids["payment"], "notes": ids["credit_note"], "as_of": asked.as_of}
    values |= {"entities": entities_asked(figures, asked)} | known_value(asked)
    parts: dict[str, list[Settled]] = {}
    for row in read_books(figures, _SETTLED, values):
        parts.setdefault(row["source"], []).append(Settled(**row))
    return parts


def _values(figures: Figures, asked: Asked, customer_id: str) -> dict[str, Any]:
    currencies = [code for code in asked.chosen("currency") if code] or None
    values = {"customer": customer_id, "as_of": asked.as_of, "currencies": currencies}
    return values | {"entities": entities_asked(figures, asked)} | known_value(asked)
