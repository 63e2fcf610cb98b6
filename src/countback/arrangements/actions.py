"""Writes: contacts, promises, disputes and follow-ups. Each is one act of the ledger, with all that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from countback.accounts.actions import Doing
from countback.arrangements import queries, rules
from countback.arrangements.models import FollowUp
from countback.arrangements.rules import OpenInvoice, Outcome, Wrong
from countback.audit.actions import record
from countback.core.problem import CountbackError
from countback.ledger.acts import Act, Added, Changed, moved, record_act, wait_for_turn
from countback.ledger.records.actions import CUSTOMER, add_note


class UnableToArrange(CountbackError):
    """Nothing was recorded. `wrongs`: what is wrong, by field."""

    def __init__(self, what: str, wrongs: Sequence[Wrong]) -> None:
        self.wrongs = tuple(wrongs)
        why = " ".join(one.words for one in wrongs)
        super().__init__(what, why.rstrip("."), "correct what is said beside the fields")


@dataclass(frozen=True, slots=True)
class Promising:
    """A promise to be recorded. `invoices`: numbers of those it is for; none: for the whole account. `standing`: those
    of the promises that were shown; it takes the place of none but these. None: of whatever stands."""

    amount: Decimal
    due_on: date
    invoices: tuple[str, ...] = ()
    standing: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Disputing:
    """A dispute to be opened. `owner`: who has to answer it."""

    invoice_id: str
    amount: Decimal
    reason: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Returning:
    """A day on which to come back, and why."""

    due_on: date
    why: str


@dataclass(frozen=True, slots=True)
class Contacting:
    """A contact to be logged, with what follows from it. `inwards`: the customer made it. `minutes`: of work, None: not
    measured. `note`: what was said. `channel`: a key of `rules.CHANNELS`."""

    outcome: Outcome
    inwards: bool = False
    minutes: Decimal | None = None
    note: str = ""
    promise: Promising | None = None
    dispute: Disputing | None = None
    follow_up: Returning | None = None
    channel: str = "call"


@dataclass(slots=True)
class _Rows:
    """What an act writes."""

    added: list[Added] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)


def log_contact(customer_id: str, contact: Contacting, doing: Doing, *, today: date) -> Act:
    """Logs a contact and what was agreed in it. Raises UnableToArrange; then nothing of it is recorded."""
    rows = _Rows([_contact(customer_id, contact, doing)])
    with transaction.atomic():
        wait_for_turn(customer_id)
        if contact.promise is not None:
            _promise(rows, customer_id, contact.promise, doing, today)
        if contact.dispute is not None:
            _dispute(rows, customer_id, contact.dispute, today)
        if contact.follow_up is not None:
            _return(customer_id, contact.follow_up, doing, today)
        elif contact.outcome == Outcome.RIGHT_PARTY:
            _end_follow_up(customer_id, doing)
        act = record_act("contact logged", customer_id, doing, added=rows.added, changed=rows.changed)
        if contact.note:
            add_note(customer_id, contact.note, doing)
    return act


def record_promise(customer_id: str, promise: Promising, doing: Doing, *, today: date) -> Act:
    """Records a promise to pay; one on the same invoices that still stands is withdrawn: the new one is in its place.
    Raises UnableToArrange, and UnableToChangeFact where somebody else has recorded one since."""
    rows = _Rows()
    with transaction.atomic():
        wait_for_turn(customer_id)
        _promise(rows, customer_id, promise, doing, today)
        return record_act("promise recorded", customer_id, doing, added=rows.added, changed=rows.changed)


def withdraw_promise(customer_id: str, number: str, seen: int, doing: Doing, *, today: date) -> Act:
    """The promise no longer stands, and is not judged. `seen`: the version that was shown. Raises
    UnableToChangeFact."""
    change = Changed("promises", number, seen, {"withdrawn_on": today})
    return record_act("promise withdrawn", customer_id, doing, changed=[change])


def open_dispute(customer_id: str, dispute: Disputing, doing: Doing, *, today: date) -> Act:
    """Opens a dispute of an invoice, or of a part of it: the rest is still asked for. Raises UnableToArrange."""
    rows = _Rows()
    with transaction.atomic():
        wait_for_turn(customer_id)
        _dispute(rows, customer_id, dispute, today)
        return record_act("dispute opened", customer_id, doing, added=rows.added)


def resolve_dispute(
    customer_id: str, number: str, seen: int, outcome: str, doing: Doing, *, today: date
) -> Act:
    """Ends a dispute. `outcome`: a key of `rules.ENDINGS`; `seen`: the version that was shown. Raises
    UnableToChangeFact."""
    if outcome not in rules.ENDINGS:
        wrong = Wrong("outcome", "Choose how it ended.")
        raise UnableToArrange(f"Dispute {number} was not resolved", [wrong])
    change = Changed("disputes", number, seen, {"resolved_on": today, "outcome": outcome})
    return record_act("dispute resolved", customer_id, doing, changed=[change], told={"outcome": outcome})


def set_follow_up(customer_id: str, follow_up: Returning, doing: Doing, *, today: date) -> FollowUp:
    """Has a customer come back on a day; the one that stood no longer does. Raises UnableToArrange."""
    with transaction.atomic():
        wait_for_turn(customer_id)
        made = _return(customer_id, follow_up, doing, today)
        _note("follow-up set", customer_id, doing, due_on=follow_up.due_on.isoformat())
    return made


def end_follow_up(customer_id: str, doing: Doing) -> None:
    """Nobody comes back to the customer for that reason any more. Ended twice is ended once."""
    with transaction.atomic():
        if _end_follow_up(customer_id, doing):
            _note("follow-up ended", customer_id, doing)


def _contact(customer_id: str, contact: Contacting, doing: Doing) -> Added:
    values = {
        "customer_id": customer_id,
        "contacted_on": _by_the_clock_here(doing.at),
        "channel": contact.channel,
        "direction": "in" if contact.inwards else "out",
        "outcome": contact.outcome.value,
        "collector": queries.collector_of(doing.by),
        "minutes": contact.minutes,
    }
    return Added("contacts", values)


def _by_the_clock_here(at: datetime) -> datetime:
    """As books write moments of contacts: by the clock of the installation, whose days are the business days."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).replace(tzinfo=None, microsecond=0)


def _promise(rows: _Rows, customer_id: str, promise: Promising, doing: Doing, today: date) -> None:
    every = queries.open_invoices(customer_id, as_of=today)
    chosen = [one for one in every if not promise.invoices or one.invoice_id in promise.invoices]
    wrongs = rules.promise_wrongs(
        amount=promise.amount, due_on=promise.due_on, made_on=today, invoices=chosen
    )
    lost = sorted(set(promise.invoices) - {one.invoice_id for one in every})
    if lost:
        wrongs.append(Wrong("invoices", f"Nothing is open of {', '.join(lost)} any more; leave it out."))
    if wrongs:
        raise UnableToArrange("No promise was recorded", wrongs)
    _withdraw_former(rows, customer_id, promise, today)
    collector = queries.collector_of(doing.by)
    common = {"customer_id": customer_id, "made_on": today, "due_on": promise.due_on, "collector": collector}
    rows.added += [Added("promises", common | part) for part in _parts(promise, chosen)]


def _parts(promise: Promising, chosen: Sequence[OpenInvoice]) -> list[dict[str, object]]:
    """What each row of a promise says of its own: one an invoice, or one for the account."""
    if not promise.invoices:
        return [{"invoice_id": None, "amount": promise.amount, "currency": chosen[0].currency}]
    return [
        {"invoice_id": one.invoice_id, "amount": share, "currency": one.currency}
        for one, share in rules.divided(promise.amount, chosen)
    ]


def _withdraw_former(rows: _Rows, customer_id: str, promise: Promising, today: date) -> None:
    """Promises in whose place the new one comes: those of the same invoices, or of the account."""
    for one in queries.open_promises(customer_id, as_of=today):
        if one.invoice_id in promise.invoices or (one.invoice_id is None and not promise.invoices):
            if promise.standing is not None and one.number not in promise.standing:
                raise moved(f"Promise {one.number}")
            rows.changed.append(Changed("promises", one.number, one.version, {"withdrawn_on": today}))


def _dispute(rows: _Rows, customer_id: str, dispute: Disputing, today: date) -> None:
    every = {one.invoice_id: one for one in queries.open_invoices(customer_id, as_of=today)}
    invoice = every.get(dispute.invoice_id)
    if invoice is None:
        wrongs = [Wrong("disputed_invoice", "Nothing of that invoice is open; choose one of the list.")]
    else:
        wrongs = rules.dispute_wrongs(amount=dispute.amount, invoice=invoice)
    if dispute.reason not in rules.REASONS:
        wrongs.append(Wrong("disputed_reason", "Choose what it is about."))
    if wrongs or invoice is None:
        raise UnableToArrange("No dispute was opened", wrongs)
    values = {
        "invoice_id": dispute.invoice_id, "customer_id": customer_id, "opened_on": today, "amount": dispute.amount,
        "currency": invoice.currency, "reason": dispute.reason, "owner": dispute.owner or None,
    }  # fmt: skip
    rows.added.append(Added("disputes", values))


def _return(customer_id: str, follow_up: Returning, doing: Doing, today: date) -> FollowUp:
    wrongs = rules.follow_up_wrongs(due_on=follow_up.due_on, today=today)
    if follow_up.why not in rules.WHY_AGAIN:
        wrongs.append(Wrong("again_why", "Choose why you come back."))
    if wrongs:
        raise UnableToArrange("No follow-up was set", wrongs)
    _end_follow_up(customer_id, doing)
    return FollowUp.objects.create(
        customer_id=customer_id, due_on=follow_up.due_on, why=follow_up.why, made_at=doing.at, by=doing.by
    )


def _end_follow_up(customer_id: str, doing: Doing) -> int:
    return FollowUp.objects.filter(customer_id=customer_id, ended_at=None).update(ended_at=doing.at)


def _note(what: str, customer_id: str, doing: Doing, **after: str) -> None:
    about = (CUSTOMER, customer_id)
    record(who=doing.by, what=what, about=about, at=doing.at, after=after, where=doing.where)
