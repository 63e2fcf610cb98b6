"""Payments: what the customer sends, for which items, and what goes wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countback.books.demo.account import Credit, Item
from countback.books.demo.calendar_days import working_day
from countback.books.demo.chance import between

if TYPE_CHECKING:
    from countback.books.demo.account import Account, Row

_RUN_REACHES_DAYS = 2
"""A payment run also takes what is planned for the next days."""

_RECORDED_LATE = 0.03
_REVERSED_ON = 7
"""Position of `reversed_on` in a payment."""

_RETURN_FEE = 4_50
_SMALL = 30_00


def pay(account: Account, day: int, _: None) -> None:
    """Pay whatever the customer means to pay by now, as one payment."""
    if account.failed:
        return
    reach = day if account.customer.method == "direct_debit" else day + _RUN_REACHES_DAYS
    wanted = [item for item in account.items if item.plan is not None and item.plan <= day]
    if not wanted:
        return
    wanted += [item for item in account.items if item.plan is not None and day < item.plan <= reach]
    wanted.sort(key=lambda item: item.due)
    parts = [(item, item.payable - min(item.short, item.payable)) for item in wanted]
    for item in wanted:
        item.plan = None
    parts = [(item, amount) for item, amount in _discounted(account, day, parts) if amount > 0]
    parts = _what_the_cash_allows(account, day, parts)
    if not parts:
        return
    if account.rng.random() < 0.015 and account.customer.method == "bank_transfer":
        _pay_on_account(account, day, parts)
    else:
        _pay_items(account, day, parts)


def receive(
    account: Account, day: int, amount: int, method: str, reference: str | None
) -> tuple[Credit, Row]:
    """Write a payment; what is not allocated of the credit given back stays unapplied."""
    recorded = account.recorded_late(day, _RECORDED_LATE)
    identifier = account.identifier("P")
    currency = account.customer.country.currency
    row = [identifier, account.customer.number, day, amount, currency, method, reference, None]
    account.write("payments", day, row, recorded)
    if day > account.story.ends:
        account.truths["future_payments"].append(row[:5])
    return Credit("payment_id", identifier, amount, recorded), row


def _pay_items(account: Account, day: int, parts: list[tuple[Item, int]]) -> None:
    method, rng = account.customer.method, account.rng
    total = sum(amount for _, amount in parts)
    extra = _overpaid(account, parts)
    credit, row = receive(account, day, total + extra, method, _reference(account, parts))
    late = [(item, day - item.due) for item, _ in parts if day > item.due]
    for item, amount in parts:
        account.allocate(credit, item, amount, day)
        if item.short and item.open:
            account.at(working_day(day + between(rng, 2, 12)), "deduction", item)
    if extra:
        _keep(account, credit, day)
    elif method in ("direct_debit", "cheque") and rng.random() < _return_chance(account):
        account.at(working_day(day + between(rng, 2, 7)), "return", (row, parts))
    for item, days in late:
        account.at(day + 1, "paid_late", (item, days))


def _discounted(account: Account, day: int, parts: list[tuple[Item, int]]) -> list[tuple[Item, int]]:
    """Take the early-payment discount where it is due: a credit note for it, and so much less to pay."""
    left = []
    for item, amount in parts:
        invoice = item.invoice
        if invoice.reason == "discount" and day - invoice.issued <= 10 and amount == item.amount:
            discount = (amount * 2 + 50) // 100
            account.credit_note(item, discount, "early payment discount", day)
            left.append((item, amount - discount))
        else:
            left.append((item, amount))
    return left


def _what_the_cash_allows(
    account: Account, day: int, parts: list[tuple[Item, int]]
) -> list[tuple[Item, int]]:
    """Mostly everything; where cash is short, the oldest items up to a part of the total, the rest weeks later."""
    rng = account.rng
    chance = account.customer.habit.part * (2.5 if account.story.in_crisis(day) else 1.0)
    if rng.random() >= chance:
        return parts
    budget = int(sum(amount for _, amount in parts) * (0.3 + 0.5 * rng.random()))
    paid = []
    for item, amount in parts:
        now = min(amount, budget)
        budget -= now
        if now:
            paid.append((item, now))
        if now < amount:
            item.invoice.reason = "cash_shortage"
            account.plan(item, account.aligned(day + between(rng, 12, 45)))
    return paid


def _overpaid(account: Account, parts: list[tuple[Item, int]]) -> int:
    """Cents paid too much: an invoice paid twice, or a figure rounded up."""
    rng = account.rng
    if account.customer.method == "direct_debit" or rng.random() >= 0.006:
        return 0
    if rng.random() < 0.5:
        return parts[0][1]
    return 10_00 * between(rng, 1, 20)


def _reference(account: Account, parts: list[tuple[Item, int]]) -> str | None:
    """What the payer wrote: the invoice numbers, some of them, a mutilated one, something of its own, or nothing."""
    rng = account.rng
    numbers = [item.invoice.invoice_id for item, _ in parts]
    draw = rng.random()
    if draw < 0.70:
        return " ".join(numbers)
    if draw < 0.80:
        return f"{numbers[0]} +{len(numbers) - 1}" if len(numbers) > 1 else numbers[0].replace("-", "")
    if draw < 0.88:
        return "/".join(number[2:].lstrip("0").split("-", 1)[0] + number[-5:] for number in numbers)
    return f"{account.customer.name[:18]} {between(rng, 1000, 9999)}" if draw < 0.95 else None


def _pay_on_account(account: Account, day: int, parts: list[tuple[Item, int]]) -> None:
    """Pay a sum without saying what for; it is applied when somebody has found out."""
    credit, _ = receive(account, day, sum(amount for _, amount in parts), account.customer.method, None)
    for item, _ in parts:
        item.sent = True
    account.at(working_day(day + between(account.rng, 3, 24)), "apply", credit)


def _keep(account: Account, credit: Credit, day: int) -> None:
    """Keep what was paid too much; four out of five times somebody applies it later."""
    if account.rng.random() < 0.8:
        account.at(working_day(day + between(account.rng, 8, 70)), "apply", credit)


def apply_credit(account: Account, day: int, credit: Credit) -> None:
    """Apply a credit to the oldest open items; what finds no item waits for the next."""
    for item in sorted(account.items, key=lambda each: (not each.sent, each.due)):
        amount = min(item.payable, credit.left)
        if amount > 0 and not item.placed and (item.number is None or credit.column == "payment_id"):
            account.allocate(credit, item, amount, day)
            if not item.open and item.plan is not None:
                item.plan = None
        item.sent = False
    if credit.left and not account.failed and account.rng.random() < 0.7:
        account.at(working_day(day + between(account.rng, 15, 60)), "apply", credit)
    for item in account.items:
        if item.plan is None and not item.level and item.open < item.amount and not item.short:
            account.plan(item, account.aligned(day + between(account.rng, 5, 25)))


def return_debit(account: Account, day: int, subject: tuple[Row, list[tuple[Item, int]]]) -> None:
    """The bank returns a direct debit or cheque: what it had paid is open again."""
    row, parts = subject
    if any(item.open + amount > item.amount - item.written for item, amount in parts):
        return
    account.fill(row, _REVERSED_ON, day)
    account.cost(day, "other", _RETURN_FEE * len(parts))
    for item, amount in parts:
        account.reopen(item, amount)
        item.invoice.reason = "returned_debit"
        account.at(day + 3, "chase")
        if account.rng.random() < 0.75:
            account.plan(item, account.aligned(day + between(account.rng, 6, 25)))


def _return_chance(account: Account) -> float:
    habit = account.customer.manner.habit
    return {"declining": 0.16, "slow": 0.06}.get(habit, 0.025)


def deduction(account: Account, day: int, item: Item) -> None:
    """What the customer deducted is noticed: small sums are written off, others disputed or asked for again."""
    item.short = 0
    if not item.payable or account.failed:
        return
    if item.payable <= _SMALL:
        account.at(working_day(day + between(account.rng, 5, 30)), "small_difference", item)
    elif item.number is None and account.rng.random() < 0.72:
        account.at(day, "dispute", item)
    elif account.rng.random() < 0.5:
        account.plan(item, account.aligned(day + between(account.rng, 10, 40)))
