"""One customer's history in words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from countback.dashboards.customer_timeline import PARTS, Event
from countback.report.words import day_words

PLUS, MINUS, PLAIN = 1, -1, 0

_EFFECT = {
    ("invoice", False): PLUS,
    ("payment", False): MINUS,
    ("payment", True): PLUS,
    ("credit_note", False): MINUS,
    ("write_off", False): MINUS,
}
"""What an event does to the balance; others leave it as it is."""

_CONTACT = {"call": "Call", "email": "E-mail", "letter": "Letter", "sms": "Text message", "visit": "Visit"}
_REACHED = {
    "right_party": "the right party was reached",
    "wrong_party": "somebody else was reached",
    "no_answer": "no answer",
    "left_message": "a message was left",
    "bounced": "it bounced",
}
_LEGAL = {
    "letter_before_action": "Letter before action",
    "claim": "Claim",
    "judgment": "Judgment",
    "enforcement": "Enforcement",
}
_DOCUMENT = {"charge": "Charge", "interest": "Interest"}


@dataclass(frozen=True, slots=True)
class Told:
    """An event in words: what happened, and what else is known of it; `effect`: on the balance."""

    title: str
    note: str
    effect: int
    amount: Decimal | None


def told(event: Event, collectors: dict[str, str]) -> Told:
    """The event in words. `collectors`: their names by code."""
    title, note = _WORDS[event.kind](event, collectors)
    effect = _EFFECT.get((event.kind, event.ends), PLAIN)
    amount = event.amount if event.amount is None or effect != MINUS else -event.amount
    return Told(title, note, effect, amount)


def _plainly(text: str | None) -> str:
    return (text or "").replace("_", " ")


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _of_invoice(event: Event) -> str:
    return f" of {event.invoice_id}" if event.invoice_id else ""


def _invoice(event: Event, _: dict[str, str]) -> tuple[str, str]:
    due = f"due {day_words(event.other_on)}" if event.other_on else ""
    order = f"order {event.note}" if event.note else ""
    return f"{_DOCUMENT.get(event.what or '', 'Invoice')} {event.id}", _joined(due, order)


def _payment(event: Event, _: dict[str, str]) -> tuple[str, str]:
    reference = f"reference {event.note}" if event.note else ""
    return f"Payment {event.id}{' was returned' if event.ends else ''}", _joined(
        _plainly(event.what), reference
    )


def _credit_note(event: Event, _: dict[str, str]) -> tuple[str, str]:
    return f"Credit note {event.id}", _joined(
        f"for {event.invoice_id}" if event.invoice_id else "", event.what or ""
    )


def _allocation(event: Event, _: dict[str, str]) -> tuple[str, str]:
    return f"{event.invoice_id} settled from {event.what} {event.source}", ""


def _write_off(event: Event, _: dict[str, str]) -> tuple[str, str]:
    return f"Write-off{_of_invoice(event)}", event.what or ""


def _promise(event: Event, collectors: dict[str, str]) -> tuple[str, str]:
    about = f" for {event.invoice_id}" if event.invoice_id else ""
    day = day_words(event.other_on) if event.other_on else ""
    title = f"Promise to pay by {day}{about}{' was withdrawn' if event.ends else ''}"
    return title, collectors.get(event.note or "", event.note or "")


def _dispute(event: Event, _: dict[str, str]) -> tuple[str, str]:
    if event.ends:
        return f"Dispute{_of_invoice(event)} resolved", _joined(event.what or "", event.note or "")
    return f"Dispute{_of_invoice(event)}", _joined(
        event.what or "", f"with {event.note}" if event.note else ""
    )


def _contact(event: Event, collectors: dict[str, str]) -> tuple[str, str]:
    outcome, collector, direction = (event.note or PARTS * 2).split(PARTS, 2)
    reached = _REACHED.get(outcome, "")
    came = "from the customer" if direction == "in" else ""
    return _CONTACT.get(event.what or "", _plainly(event.what).capitalize() or "Contact"), _joined(
        reached,
        came,
        collectors.get(collector, collector),
        f"about {event.invoice_id}" if event.invoice_id else "",
    )


def _placement(event: Event, _: dict[str, str]) -> tuple[str, str]:
    title = f"Recalled from {event.what}" if event.ends else f"Placed with {event.what}"
    return title, event.invoice_id or ""


def _legal_action(event: Event, _: dict[str, str]) -> tuple[str, str]:
    title = _LEGAL.get(event.what or "", _plainly(event.what).capitalize())
    return f"{title}{' closed' if event.ends else ''}", event.invoice_id or ""


def _cost(event: Event, _: dict[str, str]) -> tuple[str, str]:
    return f"Cost: {_plainly(event.what)}", ""


_WORDS = {
    "invoice": _invoice,
    "payment": _payment,
    "credit_note": _credit_note,
    "allocation": _allocation,
    "write_off": _write_off,
    "promise": _promise,
    "dispute": _dispute,
    "contact": _contact,
    "placement": _placement,
    "legal_action": _legal_action,
    "cost": _cost,
}
