"""Late-payment interest and fixed sums: charged to some, paid by few, often waived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countback.books.demo.calendar_days import working_day
from countback.books.demo.chance import between
from countback.books.demo.sales import issue, open_item

if TYPE_CHECKING:
    from countback.books.demo.account import Account, Item

_FROM_DAYS = 25
_YEARLY_PERCENT = 11
_CHARGED = {"MERROW-DE": 0.20, "MERROW-UK": 0.34, "MERROW-NL": 0.16}
_FIXED_SUM = 40_00
_TERMS_DAYS = 14


def paid_late(account: Account, day: int, subject: tuple[Item, int]) -> None:
    """Charge interest, and sometimes the fixed sum, for an item that was paid late."""
    item, days = subject
    rng = account.rng
    if days < _FROM_DAYS or item.invoice.kind != "invoice" or day > account.story.ends or account.failed:
        return
    if rng.random() >= _CHARGED[account.customer.country.entity]:
        return
    interest = item.amount * days * _YEARLY_PERCENT // 36_500
    if interest >= 3_00:
        _charge(account, day, interest, "interest")
    if rng.random() < 0.4:
        _charge(account, day, _FIXED_SUM, "charge")


def _charge(account: Account, day: int, amount: int, kind: str) -> None:
    rng = account.rng
    invoice = issue(account, day, day + _TERMS_DAYS, amount, kind, None)
    item = open_item(account, invoice, None, amount, invoice.due)
    draw = rng.random()
    if draw < 0.5:
        invoice.planned = account.aligned(invoice.due + between(rng, 0, 30))
        account.plan(item, invoice.planned)
    elif draw < 0.85:
        account.at(working_day(day + between(rng, 20, 60)), "waive", item)
    else:
        invoice.reason = "forgotten"
        account.at(working_day(day + between(rng, 90, 180)), "small_difference", item)


def waive(account: Account, day: int, item: Item) -> None:
    """Waive a charge by a credit note."""
    if item.payable and not item.placed and item in account.items:
        account.credit_note(item, item.payable, "interest waived", day)
