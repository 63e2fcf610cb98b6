"""Contacts with customers: what is sent, who is reached, and whether it moves them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countback.books.demo.account import MINUTES_A_DAY, Item
from countback.books.demo.calendar_days import working_day
from countback.books.demo.chance import between, weighted
from countback.books.demo.habits import EFFECTS, REACTION_DAYS

if TYPE_CHECKING:
    from countback.books.demo.account import Account, Row

_MOVED = 2
"""Position of `moved` in a row of truth."""

_CHANNEL = {
    "reminder": "email", "second_reminder": "email", "call": "call", "sms": "sms", "letter": "letter",
    "letter_before_action": "letter", "visit": "visit", "portal": "portal",
}  # fmt: skip
_MINUTES = {
    "email": (40, 120), "call": (100, 320), "sms": (10, 30), "letter": (100, 200), "visit": (900, 2400),
    "portal": (10, 40),
}  # fmt: skip
"""Tenths of a minute of a collector's time, with looking up and noting down, from and to."""

_OUTCOMES = {
    "email": {"no_answer": 0.70, "right_party": 0.24, "bounced": 0.03, "wrong_party": 0.03},
    "call": {"right_party": 0.50, "no_answer": 0.26, "left_message": 0.17, "wrong_party": 0.07},
    "sms": {"no_answer": 0.80, "right_party": 0.17, "bounced": 0.03},
    "letter": {"no_answer": 0.86, "right_party": 0.10, "bounced": 0.04},
    "visit": {"right_party": 0.82, "wrong_party": 0.10, "no_answer": 0.08},
    "portal": {"right_party": 1.0},
}
_WRITTEN = ("email", "sms", "letter")
"""Channels whose message reaches the customer although nobody answers."""


def contact(account: Account, day: int, kind: str, items: list[Item]) -> str:
    """Make a written contact or a visit about the items and give its outcome. Whom it reaches may change its plans."""
    outcome, truth = talk(account, day, kind, items)
    reached = outcome == "right_party" or (outcome == "no_answer" and _CHANNEL[kind] in _WRITTEN)
    truth[_MOVED] = int(reached and react(account, day, kind, items))
    return outcome


def talk(account: Account, day: int, kind: str, items: list[Item]) -> tuple[str, Row]:
    """Make a contact, and leave to the caller what it does; gives the outcome and the row of truth to fill."""
    channel = _CHANNEL[kind]
    outcome = weighted(account.rng, _OUTCOMES[channel])
    truth = [write_contact(account, day, channel, "out", outcome, items), kind, 0]
    if day <= account.story.ends:
        account.truths["contacts"].append(truth)
    return outcome, truth


def write_contact(
    account: Account, day: int, channel: str, direction: str, outcome: str, items: list[Item]
) -> str:
    """Write a contact; it names the invoice where it is about one only."""
    rng, customer = account.rng, account.customer
    low, high = _MINUTES[channel]
    minutes = between(rng, low, high)
    if outcome in ("no_answer", "left_message") and channel == "call":
        minutes = between(rng, 25, 60)
    numbers = {item.invoice.invoice_id for item in items}
    identifier = account.identifier("C")
    moment = day * MINUTES_A_DAY + between(rng, 8 * 60, 17 * 60 + 30)
    row = [
        identifier, customer.number, numbers.pop() if len(numbers) == 1 else None, moment, channel, direction,
        outcome, customer.collector, minutes,
    ]  # fmt: skip
    account.write("contacts", day, row)
    return identifier


def react(account: Account, day: int, kind: str, items: list[Item]) -> bool:
    """Whether the contact makes the customer pay these items within days; if so, it now means to."""
    customer = account.customer
    effect = EFFECTS[kind] * customer.manner.reaction * account.story.reaction(day, customer.country.region)
    if account.failed or account.rng.random() >= effect:
        return False
    moved = False
    for item in items:
        later = item.plan is None or item.plan > day + REACTION_DAYS
        if later and item.payable and not (item.sent or item.unwilling):
            account.plan(item, working_day(day + between(account.rng, 1, REACTION_DAYS - 2)))
            moved = True
    return moved
