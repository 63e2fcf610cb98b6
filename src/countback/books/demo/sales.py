"""Invoices: when a customer orders, for how much, on which terms, and how it means to settle."""

from __future__ import annotations

import math
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from countback.books.demo.account import Invoice, Item
from countback.books.demo.business import OUTDOOR_SEASON, PRICE_LEVEL, PRODUCT_LINES, SEASON, YEARLY_GROWTH
from countback.books.demo.calendar_days import month_end, working_day
from countback.books.demo.chance import between, weighted
from countback.books.demo.habits import DECLINE_DAYS, IMPROVEMENT, LOW_SEASON, LOW_SEASON_DELAY

if TYPE_CHECKING:
    from countback.books.demo.account import Account

INVOICES_A_MONTH = 1.55
_MEDIAN_EUROS = 2_050.0
_AMOUNT_SIGMA = 0.75
_INSTALMENT_CHANCE = 0.02
_INSTALMENTS = 3
_SALESPEOPLE = 9
_HOLD_DAYS = 75
_DISCOUNT_TAKEN = 0.55
_DISCOUNT_DAYS = 10


def schedule_sales(account: Account) -> None:
    """Put all orders of the customer on its queue."""
    customer, story, rng = account.customer, account.story, account.rng
    season = OUTDOOR_SEASON if customer.industry == "agriculture" else SEASON
    base = INVOICES_A_MONTH * customer.weight**0.5
    for number, (first, last) in enumerate(story.months):
        if last < customer.manner.joined:
            continue
        expected = base * (1 + YEARLY_GROWTH) ** (number / 12) * season[date.fromordinal(first).month - 1]
        for _ in range(int(expected + rng.random())):
            day = working_day(between(rng, first, last))
            if customer.manner.joined <= day <= last:
                account.at(day, "order")


def order(account: Account, day: int, _: None) -> None:
    """Invoice an order, unless the customer has failed or is on credit hold."""
    if account.failed or _on_hold(account, day):
        return
    customer, rng = account.customer, account.rng
    level = _MEDIAN_EUROS * customer.weight**0.5 * PRICE_LEVEL[customer.country.currency]
    amount = max(18_00, int(level * rng.lognormvariate(0.0, _AMOUNT_SIGMA) * 100))
    if rng.random() < 0.12:
        amount = max(100_00, amount // 10_00 * 10_00)
    if amount > 3_000_00 and rng.random() < _INSTALMENT_CHANCE:
        _invoice_in_instalments(account, day, amount)
    else:
        invoice = issue(account, day, due_day(day, customer.terms), amount, "invoice", customer.terms)
        item = open_item(account, invoice, None, amount, invoice.due)
        _decide(account, item)
    if rng.random() < 0.03:
        account.at(working_day(day + between(rng, 4, 30)), "goods_back", account.items[-1])


def due_day(issued: int, terms: str) -> int:
    """The due date that follows from the terms ("net 30", "2/10 net 30", "eom 15")."""
    word, days = terms.split()[-2:]
    return (month_end(issued) if word == "eom" else issued) + int(days)


def issue(account: Account, day: int, due: int, amount: int, kind: str, terms: str | None) -> Invoice:
    """Write an invoice and remember its truth."""
    customer, rng = account.customer, account.rng
    prefix = customer.country.entity[-2:]
    number = account.identifier(prefix).rsplit("-", 1)[1]
    invoice = Invoice(f"{prefix}{_year_month(day)}-{customer.number}-{number}", day, due, amount, kind)
    invoice.reason = "habit"
    account.invoices.append(invoice)
    ordered = kind == "invoice"
    row = [
        invoice.invoice_id, customer.number, day, due, terms, amount, customer.country.currency,
        customer.country.entity, kind,
        f"PO{between(rng, 10000, 99999)}" if ordered and rng.random() < 0.7 else None,
        f"S{int(customer.number) % _SALESPEOPLE + 1:02d}" if ordered else None,
    ]  # fmt: skip
    recorded = account.recorded_late(day, 0.004)
    account.write("invoices", day, row, recorded)
    row.append(weighted(rng, PRODUCT_LINES) if ordered else "charges")
    return invoice


@lru_cache(maxsize=20_000)
def _year_month(day: int) -> str:
    return date.fromordinal(day).strftime("%y%m")


def open_item(account: Account, invoice: Invoice, number: int | None, amount: int, due: int) -> Item:
    """Open an item for an invoice or one of its instalments, and have it watched."""
    item = Item(invoice, number, amount, amount, due, None)
    account.items.append(item)
    account.at(due + account.story.policy(due)[0].from_days, "chase")
    return item


def intended_day(account: Account, due: int) -> int:
    """The day on which the customer means to pay what falls due then, if nobody asks and nothing is wrong."""
    customer, story = account.customer, account.story
    manner = customer.manner
    delay = (
        manner.delay + story.delay_days(due, customer.country.region) + account.rng.gauss(0, manner.spread)
    )
    if manner.habit == "improving":
        delay *= 1 - IMPROVEMENT * (due - story.starts) / (story.ends - story.starts)
    elif manner.habit == "seasonal" and date.fromordinal(due).month in LOW_SEASON:
        delay += LOW_SEASON_DELAY
    if manner.fails_on is not None:
        delay += DECLINE_DAYS * max(0.0, 1 - max(0, manner.fails_on - due) / 365)
    return due + math.floor(delay)


def _invoice_in_instalments(account: Account, day: int, amount: int) -> None:
    each = amount // _INSTALMENTS
    invoice = issue(account, day, day + 30 * _INSTALMENTS, amount, "invoice", None)
    for number in range(1, _INSTALMENTS + 1):
        part = each if number < _INSTALMENTS else amount - each * (_INSTALMENTS - 1)
        due = day + 30 * number
        account.write("instalments", day, [invoice.invoice_id, number, due, part])
        item = open_item(account, invoice, number, part, due)
        account.plan(item, max(day + 1, account.aligned(intended_day(account, due))))
    invoice.planned = item.plan
    invoice.reason = "instalments"


def _decide(account: Account, item: Item) -> None:
    """Decide how the customer will treat the invoice: discount, deduction, dispute, forgetting, or by habit."""
    customer, rng, invoice = account.customer, account.rng, item.invoice
    habit, day = customer.habit, item.invoice.issued
    plan = intended_day(account, item.due)
    if customer.method == "direct_debit":
        plan = working_day(item.due)
        invoice.reason = "direct_debit"
    elif customer.terms.startswith("2/10") and customer.manner.delay < 8 and rng.random() < _DISCOUNT_TAKEN:
        plan = day + _DISCOUNT_DAYS - between(rng, 1, 4)
        invoice.reason = "discount"
    elif rng.random() < habit.forgotten:
        invoice.reason = "forgotten"
    else:
        invoice.reason = _reason(account, item.due)
    if rng.random() < habit.unwilling and customer.type != "public_body":
        item.unwilling, invoice.reason = True, "unwilling"
        return
    plan = max(day + 2, plan)
    plan = plan if invoice.reason in ("direct_debit", "discount") else account.aligned(plan)
    if rng.random() < habit.short:
        item.short = invoice.short = max(1_00, int(item.amount * (0.01 + 0.11 * rng.random())))
    elif rng.random() < habit.disputed:
        account.at(working_day(day + between(rng, 5, 45)), "dispute", item)
    if invoice.reason != "forgotten":
        invoice.planned = plan
        account.plan(item, plan)


def _reason(account: Account, due: int) -> str:
    manner, story = account.customer.manner, account.story
    if manner.fails_on is not None and manner.fails_on - due < 365:
        return "cash_shortage"
    if story.in_crisis(due):
        return "crisis"
    if story.delay_days(due, account.customer.country.region) > 0 and due >= story.slide_from:
        return "region"
    if manner.habit == "seasonal" and date.fromordinal(due).month in LOW_SEASON:
        return "season"
    return "habit"


def _on_hold(account: Account, day: int) -> bool:
    """Whether something has been overdue for so long that nothing more is delivered."""
    return any(day - item.due > _HOLD_DAYS and item.payable > 500_00 for item in account.items)
