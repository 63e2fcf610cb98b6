"""Collections: reminders, calls and promises, by the policy in force, until an item is paid or escalated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countback.books.demo.calendar_days import working_day
from countback.books.demo.chance import between, weighted
from countback.books.demo.contacts import contact, react, talk, write_contact
from countback.books.demo.payments import receive

if TYPE_CHECKING:
    from countback.books.demo.account import Account, Item, Row

_SMALLEST = 40_00
"""Sums below this, in cents, are not chased."""

_PAUSE_DAYS = 7
_GRACE_DAYS = 3
_LEFT_UNDONE = 0.55
_DISPUTED, _PROMISED = 0.05, 0.62
"""What comes of a talk: chances."""

_TRIES_GIVEN_UP = 0.34
_NEVER = 10**7
_WITHDRAWN_ON = 6
"""Position of `withdrawn_on` in a promise."""


def chase(account: Account, day: int, _: None) -> None:
    """Take the next dunning step for what is overdue, and come back when the one after it falls due."""
    if account.failed or (account.chase_on is not None and day < account.chase_on):
        return
    overdue = [item for item in account.items if _chaseable(item, day)]
    if not overdue or sum(item.payable for item in overdue) < _SMALLEST:
        return
    if day != working_day(day):
        account.at(working_day(day), "chase")
        return
    oldest = min(overdue, key=lambda item: item.due)
    steps = account.story.policy(day)
    step = steps[min(oldest.level, len(steps) - 1)]
    if day - oldest.due < step.from_days:
        account.at(oldest.due + step.from_days, "chase")
        return
    _come_back(account, day + _PAUSE_DAYS)
    if account.story.in_crisis(day) and account.rng.random() < _LEFT_UNDONE:
        return
    if step.kind == "escalation":
        account.at(day, "escalate", overdue)
    elif step.kind == "call":
        _call(account, day, overdue)
    else:
        _send(account, day, step.kind, overdue)


def _chaseable(item: Item, day: int) -> bool:
    return item.due < day and item.payable > 0 and not item.placed and item.promised < day


def _come_back(account: Account, day: int) -> None:
    account.chase_on = day
    account.at(day, "chase")


def _send(account: Account, day: int, kind: str, items: list[Item]) -> None:
    outcome = contact(account, day, kind, items)
    for item in items:
        item.level += 1
    if kind == "letter_before_action":
        account.at(day, "letter_before_action", items)
    if outcome == "right_party" and account.rng.random() < 0.3:
        answer = "portal" if account.rng.random() < 0.4 else "email"
        write_contact(account, working_day(day + 1), answer, "in", "right_party", items)
        if answer == "portal" and account.rng.random() < 0.5:
            promise(account, working_day(day + 1), items)


def _call(account: Account, day: int, items: list[Item]) -> None:
    outcome, truth = talk(account, day, "call", items)
    if outcome == "right_party":
        before = [item.plan or _NEVER for item in items]
        _agree(account, day, items)
        truth[-1] = int(any((item.plan or _NEVER) < plan for item, plan in zip(items, before, strict=True)))
        for item in items:
            item.level += 1
        return
    rng = account.rng
    if rng.random() < 0.2:
        contact(account, day, "sms", items)
    _come_back(account, working_day(day + between(rng, 2, 4)))
    if rng.random() < _TRIES_GIVEN_UP:
        for item in items:
            item.level += 1


def _agree(account: Account, day: int, items: list[Item]) -> None:
    """What comes of a talk: a dispute, a promise, or mere effect."""
    draw = account.rng.random()
    if draw < _DISPUTED:
        account.at(day, "dispute", items[0])
    elif draw < _DISPUTED + _PROMISED:
        promise(account, day, items)
    else:
        react(account, day, "call", items)


def promise(account: Account, day: int, items: list[Item]) -> None:
    """The customer promises to pay; dunning waits until a few days after the day that it named."""
    items = [item for item in items if item.payable and not item.sent and item in account.items]
    if not items:
        return
    rng, customer = account.rng, account.customer
    due = working_day(day + between(rng, 4, 16))
    amount = sum(item.payable for item in items)
    numbers = {item.invoice.invoice_id for item in items}
    row: Row = [
        account.identifier("PR"), customer.number, numbers.pop() if len(numbers) == 1 else None, day, due, amount,
        None, customer.collector,
    ]  # fmt: skip
    account.write("promises", day, row)
    for item in items:
        item.promised = due + _GRACE_DAYS
    account.at(working_day(due + _GRACE_DAYS + 1), "chase")
    if rng.random() < 0.03:
        account.at(between(rng, day + 1, due), "withdraw", (row, items))
        return
    _decide_promise(account, day, due, amount, items, row)


def _decide_promise(account: Account, day: int, due: int, amount: int, items: list[Item], row: Row) -> None:
    """Kept, kept in part, or broken: by the customer's habit."""
    rng = account.rng
    keeps = account.customer.habit.keeps_promise * (0.1 if any(item.unwilling for item in items) else 1.0)
    fate = weighted(rng, {"kept": keeps, "partly": (1 - keeps) * 0.3, "broken": (1 - keeps) * 0.7})
    if day <= account.story.ends:
        account.truths["promises"].append([row[0], fate])
    if fate == "kept":
        for item in items:
            account.plan(item, max(day + 1, working_day(due - between(rng, 0, 3))))
    elif fate == "partly":
        for item in items:
            item.plan = None
        account.at(due, "pay_part", (items, int(amount * (0.3 + 0.5 * rng.random()))))
    else:
        for item in items:
            item.plan = None
            if rng.random() < 0.4:
                account.plan(item, account.aligned(due + between(rng, 8, 40)))


def withdraw(account: Account, day: int, subject: tuple[Row, list[Item]]) -> None:
    """The customer takes its promise back."""
    row, items = subject
    account.fill(row, _WITHDRAWN_ON, day)
    for item in items:
        item.promised = day


def pay_part(account: Account, day: int, subject: tuple[list[Item], int]) -> None:
    """Pay part of what was promised, the oldest first."""
    items, budget = subject
    parts = []
    for item in items:
        amount = min(item.payable, budget) if item in account.items and not item.placed else 0
        budget -= amount
        if amount:
            parts.append((item, amount))
    if not parts or account.failed:
        return
    total = sum(amount for _, amount in parts)
    credit, _ = receive(account, day, total, "bank_transfer", parts[0][0].invoice.invoice_id)
    for item, amount in parts:
        account.allocate(credit, item, amount, day)
        if item.open and account.rng.random() < 0.6:
            account.plan(item, account.aligned(day + between(account.rng, 10, 40)))
