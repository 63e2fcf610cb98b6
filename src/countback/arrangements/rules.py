"""Decisions about contacts, promises and disputes, from values alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from countback.core.money import decimals
from countback.report.words import day_words, full_money

NOTHING = Decimal(0)

LONGEST_PROMISE = 365
"""Days within which a promise must be due: what is promised for later is a payment plan."""


class Outcome(StrEnum):
    """What came of a contact, as the books format has it."""

    RIGHT_PARTY = "right_party"
    WRONG_PARTY = "wrong_party"
    NO_ANSWER = "no_answer"
    LEFT_MESSAGE = "left_message"


OUTCOMES = {
    Outcome.RIGHT_PARTY: "Spoke with the right person",
    Outcome.LEFT_MESSAGE: "Left a message",
    Outcome.NO_ANSWER: "No answer",
    Outcome.WRONG_PARTY: "Wrong person",
}
"""Each outcome in words, the one that matters first."""

CHANNELS = {"call": "Call", "email": "E-mail", "letter": "Letter", "sms": "Text message", "visit": "Visit"}
"""Ways in which a customer is contacted, as the books format has them; what is usual first."""

REASONS = {
    "goods_damaged": "Goods damaged",
    "goods_missing": "Goods missing or not delivered",
    "wrong_price": "Wrong price",
    "wrong_quantity": "Wrong quantity",
    "service_not_as_agreed": "Service not as agreed",
    "wrong_details": "Wrong address or order number",
    "already_paid": "Says it is paid",
    "duplicate_invoice": "Invoiced twice",
    "tax": "Tax is wrong",
    "other": "Something else",
}
"""Why invoices are disputed. A new word here is a new root cause in the figures."""

ENDINGS = {
    "credited": "The customer is right: a credit note follows",
    "upheld": "The invoice stands",
    "withdrawn": "The customer took it back",
}
"""How disputes end, as the books format has it."""

WHY_AGAIN = {
    "call_again": "Call again",
    "promise_due": "See whether the promise was kept",
    "answer": "Answer a question",
    "send_documents": "Send documents",
    "offer_plan": "Offer a payment plan",
    "other": "Something else",
}
"""Why somebody comes back to a customer. What else is to be known stands in a note, which can be erased."""


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice of which something is open. `amount`: what is; `disputed`: what of it is disputed and not resolved;
    `promised`: what of it is promised for the day or later; `times`: how often it was promised."""

    invoice_id: str
    issued_on: date
    due_on: date
    amount: Decimal
    currency: str
    entity_id: str | None = None
    disputed: Decimal = NOTHING
    promised: Decimal = NOTHING
    times: int = 0

    @property
    def undisputed(self) -> Decimal:
        """What can be asked for."""
        return max(NOTHING, self.amount - self.disputed)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with what was filled in, in sentences that say what to do. `field`: as the form of a contact, which
    has them all, names it."""

    field: str
    words: str


def promise_wrongs(
    *, amount: Decimal, due_on: date, made_on: date, invoices: Sequence[OpenInvoice]
) -> list[Wrong]:
    """What stands against a promise on these invoices.

    A promise that is due on the day it is made is one ("it leaves today"); one of more than is open is a slip of the
    pen, and one for more than a year ahead is a plan.
    """
    found = _amount_wrongs(amount, invoices)
    if due_on < made_on:
        found.append(
            Wrong("promised_on", f"The day lies in the past; promises are for {day_words(made_on)} or later.")
        )
    elif (due_on - made_on).days > LONGEST_PROMISE:
        found.append(
            Wrong(
                "promised_on",
                "That is more than a year ahead; agree on a payment plan, or on an earlier day.",
            )
        )
    return found


def dispute_wrongs(*, amount: Decimal, invoice: OpenInvoice) -> list[Wrong]:
    """What stands against a dispute of an invoice: at most what is open and not disputed yet can be."""
    found = _coin_wrongs("disputed_amount", amount, invoice.currency)
    if not found and amount > invoice.undisputed:
        left = f"{full_money(invoice.undisputed, invoice.currency)} {invoice.currency}"
        why = f"{left} of {invoice.invoice_id} are open and not disputed yet; write that or less."
        found.append(Wrong("disputed_amount", f"Only {why}"))
    return found


def follow_up_wrongs(*, due_on: date, today: date) -> list[Wrong]:
    """What stands against coming back on a day."""
    if due_on <= today:
        return [Wrong("again_on", "That day is here already; choose a later one, or do it now.")]
    return []


def divided(amount: Decimal, invoices: Iterable[OpenInvoice]) -> list[tuple[OpenInvoice, Decimal]]:
    """A promised amount over invoices: earliest due first, each to what can be asked for, until it is used up.

    >>> one = OpenInvoice("I1", date(2026, 1, 1), date(2026, 1, 31), Decimal(60), "EUR")
    >>> two = OpenInvoice("I2", date(2026, 2, 1), date(2026, 3, 3), Decimal(50), "EUR", disputed=Decimal(10))
    >>> [(part.invoice_id, str(share)) for part, share in divided(Decimal(80), [two, one])]
    [('I1', '60'), ('I2', '20')]
    """
    parts, left = [], amount
    for one in sorted(invoices, key=lambda invoice: (invoice.due_on, invoice.invoice_id)):
        share = min(left, one.undisputed)
        if share > 0:
            parts.append((one, share))
            left -= share
    return parts


def _amount_wrongs(amount: Decimal, invoices: Sequence[OpenInvoice]) -> list[Wrong]:
    currencies = sorted({one.currency for one in invoices})
    if not currencies:
        return [Wrong("invoices", "Nothing of the customer is open that could be promised.")]
    if len(currencies) > 1:
        listed = " and ".join(currencies)
        return [Wrong("invoices", f"They are in {listed}; record a promise for each currency.")]
    found = _coin_wrongs("promised_amount", amount, currencies[0])
    askable = sum((one.undisputed for one in invoices), NOTHING)
    if not found and amount > askable:
        left = f"{full_money(askable, currencies[0])} {currencies[0]}"
        words = f"Only {left} of them are open and not disputed; write that or less."
        found.append(Wrong("promised_amount", words))
    return found


def _coin_wrongs(field: str, amount: Decimal, currency: str) -> list[Wrong]:
    if amount <= 0:
        return [Wrong(field, "The amount must be more than nothing.")]
    if amount != round(amount, decimals(currency)):
        return [Wrong(field, f"{currency} has {decimals(currency)} decimals; write the amount with those.")]
    return []
