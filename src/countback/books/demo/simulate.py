"""Runs one customer's account from its first order to the last thing that happens to it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from countback.books.demo import charges, collection, disputes, escalation, payments, sales
from countback.books.demo.account import Account
from countback.books.demo.chance import stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from countback.books.demo.customers import Customer
    from countback.books.demo.story import Story

AFTERWARDS_DAYS = 540
"""How long after the end of the books the simulation goes on, for the truth of what is still open at the end."""

EVENTS: dict[str, Callable[[Account, int, Any], None]] = {
    "order": sales.order,
    "pay": payments.pay,
    "apply": payments.apply_credit,
    "return": payments.return_debit,
    "deduction": payments.deduction,
    "paid_late": charges.paid_late,
    "waive": charges.waive,
    "dispute": disputes.open_dispute,
    "resolve": disputes.resolve,
    "goods_back": disputes.goods_back,
    "rebate": disputes.rebate,
    "chase": collection.chase,
    "withdraw": collection.withdraw,
    "pay_part": collection.pay_part,
    "escalate": escalation.escalate,
    "letter_before_action": escalation.letter_before_action,
    "close_letter": escalation.close_letter,
    "remittance": escalation.remittance,
    "recall": escalation.recall,
    "give_up": escalation.give_up,
    "court": escalation.court,
    "recovery": escalation.recovery,
    "small_difference": escalation.small_difference,
    "fail": escalation.fail,
    "insolvency_write_off": escalation.insolvency_write_off,
}
"""What can happen to an account, by the name under which it is put on the queue."""


def simulate(seed: int, customer: Customer, story: Story) -> Account:
    """Everything that happens to the customer, in the order of the days."""
    rng = stream(seed, "account", customer.number)
    account = Account(customer, story, rng, defaultdict(list), defaultdict(list))
    sales.schedule_sales(account)
    disputes.schedule_rebates(account)
    if customer.manner.fails_on is not None:
        account.at(customer.manner.fails_on, "fail")
    last = story.ends + AFTERWARDS_DAYS
    while (event := account.next_event()) is not None and event[0] <= last:
        day, _, name, subject = event
        EVENTS[name](account, day, subject)
    return account
