"""Disputes, goods sent back, rebates: how credit notes come about."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from countback.books.demo.account import Credit
from countback.books.demo.calendar_days import working_day
from countback.books.demo.chance import between, weighted

if TYPE_CHECKING:
    from countback.books.demo.account import Account, Item, Row

_REASONS = {
    "price": 0.30, "short delivery": 0.24, "damaged goods": 0.18, "missing proof of delivery": 0.16, "duplicate": 0.12,
}  # fmt: skip
_OUTCOMES = {"credited": 0.46, "upheld": 0.34, "withdrawn": 0.20}
_OWNERS = {"DACH": "sales Berlin", "UK & Ireland": "sales Leeds"}
_RESOLVED_ON, _OUTCOME = 5, 6
"""Positions in a dispute's row."""


def open_dispute(account: Account, day: int, item: Item) -> None:
    """The customer disputes an item, wholly or in part; the disputed part is neither paid nor chased."""
    if item.disputed or item.payable <= 0 or item.number is not None or item.placed or account.failed:
        return
    rng = account.rng
    deducted = item.open < item.amount
    whole = deducted or rng.random() < 0.35
    amount = item.payable if whole else max(1, int(item.payable * (0.08 + 0.5 * rng.random())))
    owner = _OWNERS.get(account.customer.country.region, "sales Utrecht")
    reason = weighted(rng, _REASONS)
    row: Row = [account.identifier("D"), item.invoice.invoice_id, day, amount, reason, None, None, owner]
    account.write("disputes", day, row, account.recorded_late(day, 0.03))
    item.disputed, item.invoice.disputed, item.invoice.reason = amount, True, "dispute"
    if whole:
        item.plan = None
    days = min(400, int(rng.lognormvariate(3.4, 1.0)) + 3)
    account.at(working_day(day + days), "resolve", (item, row))


def resolve(account: Account, day: int, subject: tuple[Item, Row]) -> None:
    """The dispute ends: a credit note, or the customer pays what it held back."""
    item, row = subject
    amount = min(item.disputed, item.open)
    item.disputed = 0
    outcome = weighted(account.rng, _OUTCOMES) if amount and not account.failed else "withdrawn"
    if day <= account.story.ends:
        row[_RESOLVED_ON], row[_OUTCOME] = day, outcome
    if not amount:
        return
    if outcome == "credited":
        account.credit_note(item, amount, f"dispute: {row[4]}", day)
    elif not account.failed and account.rng.random() < 0.85:
        account.plan(item, account.aligned(day + between(account.rng, 4, 18)))
    account.at(day + 12, "chase")


def goods_back(account: Account, day: int, item: Item) -> None:
    """Goods come back: credited on the invoice while it is open, else as a credit of its own."""
    if account.failed or item.number is not None:
        return
    amount = max(1, int(item.amount * (0.05 + 0.3 * account.rng.random())))
    if amount < item.payable - item.short and not item.placed:
        account.credit_note(item, amount, "goods returned", day)
    elif not item.open:
        free_credit(account, day, amount, "goods returned")


def free_credit(account: Account, day: int, amount: int, reason: str) -> None:
    """Issue a credit note for no invoice in particular: mostly applied weeks later, sometimes never."""
    recorded = account.recorded_late(day, 0.05)
    identifier = account.identifier("CN")
    row = [identifier, account.customer.number, day, amount, account.customer.country.currency, None, reason]
    account.write("credit_notes", day, row, recorded)
    credit = Credit("credit_note_id", identifier, amount, recorded)
    if account.rng.random() < 0.78:
        account.at(working_day(day + between(account.rng, 6, 50)), "apply", credit)


def schedule_rebates(account: Account) -> None:
    """A bonus on last year's sales for every fourth of the larger customers, each February."""
    if account.customer.weight < 1.2 or account.rng.random() >= 0.25:
        return
    first, last = (date.fromordinal(day).year for day in (account.story.starts, account.story.ends))
    for year in range(first + 1, last + 1):
        account.at(working_day(date(year, 2, 10).toordinal()), "rebate")


def rebate(account: Account, day: int, _: None) -> None:
    """One per cent of what was invoiced in the last 365 days."""
    sales = sum(invoice.amount for invoice in account.invoices if day - invoice.issued <= 365)
    if sales > 5_000_00 and not account.failed:
        free_credit(account, day, sales // 100, "yearly bonus")
