"""What stands between us and a customer now, read from the ledger itself: what was recorded a moment ago is in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from countback.accounts.models import Person
from countback.accounts.queries import scope_of
from countback.arrangements.models import FollowUp
from countback.arrangements.rules import NOTHING, OpenInvoice

_OPEN = """WITH items AS (
  SELECT CASE item_kind WHEN 'invoice' THEN item_id ELSE regexp_replace(item_id, '#[0-9]+$', '') END AS invoice_id,
    amount
  FROM ledger_entry WHERE customer_id = %(customer)s AND item_kind IN ('invoice', 'instalment')
    AND kind <> 'recovery' AND effective_on <= %(as_of)s),
by_invoice AS (SELECT invoice_id, sum(amount) AS amount FROM items GROUP BY invoice_id HAVING sum(amount) > 0)
SELECT one.invoice_id, one.issued_on, one.due_on, by_invoice.amount, one.currency, one.entity_id,
  coalesce((SELECT sum(d.amount) FROM ledger_current_disputes AS d WHERE d.invoice_id = one.invoice_id
    AND d.opened_on <= %(as_of)s AND (d.resolved_on IS NULL OR d.resolved_on > %(as_of)s)), 0) AS disputed,
  coalesce((SELECT sum(p.amount) FROM ledger_current_promises AS p WHERE p.invoice_id = one.invoice_id
    AND p.made_on <= %(as_of)s AND p.due_on >= %(as_of)s AND p.withdrawn_on IS NULL), 0) AS promised,
  (SELECT count(*) FROM ledger_current_promises AS p WHERE p.invoice_id = one.invoice_id) AS times
FROM by_invoice JOIN ledger_current_invoices AS one USING (invoice_id)
ORDER BY one.due_on, one.invoice_id"""

_PROMISES = """SELECT promise_id AS number, version, invoice_id, made_on, due_on, amount, currency, collector
FROM ledger_current_promises WHERE customer_id = %(customer)s AND made_on <= %(as_of)s AND due_on >= %(as_of)s
  AND withdrawn_on IS NULL ORDER BY due_on, promise_id"""

_DISPUTES = """SELECT dispute_id AS number, version, invoice_id, opened_on, amount, currency, reason, owner
FROM ledger_current_disputes WHERE customer_id = %(customer)s AND opened_on <= %(as_of)s AND resolved_on IS NULL
ORDER BY opened_on, dispute_id"""

_CONTACTS = """SELECT contact_id AS number, contacted_on, channel, direction, outcome, collector, minutes
FROM ledger_current_contacts WHERE customer_id = %(customer)s AND contacted_on < %(until)s
ORDER BY contacted_on DESC, contact_id DESC LIMIT 3"""

_COLLECTOR = "SELECT collector FROM ledger_current_collectors WHERE lower(email) = lower(%(email)s)"


@dataclass(frozen=True, slots=True)
class OpenPromise:
    """A promise that is not withdrawn and due on the day asked or later. `version`: the one that is shown."""

    number: str
    version: int
    invoice_id: str | None
    made_on: date
    due_on: date
    amount: Decimal
    currency: str
    collector: str | None


@dataclass(frozen=True, slots=True)
class OpenDispute:
    """A dispute that is not resolved. `version`: the one that is shown."""

    number: str
    version: int
    invoice_id: str
    opened_on: date
    amount: Decimal
    currency: str
    reason: str | None
    owner: str | None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A contact with the customer."""

    number: str
    contacted_on: datetime
    channel: str | None
    direction: str | None
    outcome: str | None
    collector: str | None
    minutes: Decimal | None


@dataclass(frozen=True, slots=True)
class Agreed:
    """What stands with a customer on a day: open invoices, promises and disputes, the last contacts, when to come
    back."""

    invoices: tuple[OpenInvoice, ...]
    promises: tuple[OpenPromise, ...]
    disputes: tuple[OpenDispute, ...]
    contacts: tuple[Spoken, ...]
    follow_up: FollowUp | None

    @property
    def currencies(self) -> tuple[str, ...]:
        """Those of the open invoices, sorted."""
        return tuple(sorted({one.currency for one in self.invoices}))

    def open_in(self, currency: str) -> Decimal:
        """What is open in a currency."""
        return sum((one.amount for one in self.invoices if one.currency == currency), NOTHING)


def agreed_with(customer_id: str, *, as_of: date) -> Agreed:
    """All of it, as the ledger says it at this moment."""
    asked = {"customer": customer_id, "as_of": as_of}
    return Agreed(
        open_invoices(customer_id, as_of=as_of),
        open_promises(customer_id, as_of=as_of),
        tuple(OpenDispute(**row) for row in _rows(_DISPUTES, asked)),
        tuple(
            Spoken(**row) for row in _rows(_CONTACTS, {"customer": customer_id, "until": _day_after(as_of)})
        ),
        follow_up_of(customer_id),
    )


def open_invoices(customer_id: str, *, as_of: date) -> tuple[OpenInvoice, ...]:
    """Invoices of which something is open by a day, earliest due first."""
    return tuple(OpenInvoice(**row) for row in _rows(_OPEN, {"customer": customer_id, "as_of": as_of}))


def open_promises(customer_id: str, *, as_of: date) -> tuple[OpenPromise, ...]:
    """Promises that stand by a day and are not due before it, earliest due first."""
    found = _rows(_PROMISES, {"customer": customer_id, "as_of": as_of})
    return tuple(OpenPromise(**row) for row in found)


def follow_up_of(customer_id: str) -> FollowUp | None:
    """The follow-up that stands."""
    return FollowUp.objects.filter(customer_id=customer_id, ended_at=None).select_related("by").first()


def follow_ups_due() -> dict[str, date]:
    """Customer -> the day on which somebody comes back to them, of all that stand."""
    return dict(FollowUp.objects.filter(ended_at=None).values_list("customer_id", "due_on"))


def collector_of(person: Person) -> str | None:
    """Under which collector's code what somebody does is counted: the one with their address in the books, else the
    only one of their portfolio; None: nobody's."""
    found = _rows(_COLLECTOR, {"email": person.email})
    if len(found) == 1:
        return str(found[0]["collector"])
    portfolio = scope_of(person).collectors or ()
    return portfolio[0] if len(portfolio) == 1 else None


def _day_after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def _rows(query: str, values: dict[str, Any]) -> Sequence[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        names = [one.name for one in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
