"""Promises with what was paid on them: the verdict is a matter of comparing two numbers.

A promise has until its due date plus two working days (Monday to Friday). Cash counts that was applied to the promised
invoice, or to any of the customer's invoices in the promise's currency where it names none, from the day it was made to
that day, and that was not returned by then. What is returned later changes no verdict: it re-opens the invoice.
"""

from __future__ import annotations

from typing import Any

import ibis

from countback.kpis.facts import FOREVER, Table
from countback.kpis.measures.windows import minus_days

GRACE = {0: 2, 1: 2, 2: 2, 3: 4, 4: 4, 5: 3, 6: 2}
"""Days until two working days have passed, by day of the week (Monday is 0)."""


def deadline(due_on: Any) -> Any:
    """The due date plus two working days."""
    weekday = due_on.day_of_week.index()
    cases = [(weekday == day, minus_days(due_on, -days)) for day, days in GRACE.items()]
    return ibis.cases(*cases[:-1], else_=cases[-1][1])


def build(promises: Table, entries: Table) -> Table:
    """Promises with `promised_on` (their due date), `deadline_on` and `paid`."""
    promises = promises.mutate(deadline_on=deadline(promises.due_on))
    cash = entries.filter(entries.kind == "cash", ~entries.reverses).select(
        paid_invoice="invoice_id",
        paid_customer="customer_id",
        paid_currency="currency",
        paid_on="effective_on",
        returned_on=entries.reversed_on.fill_null(FOREVER),
        paid_amount="amount",
    )
    by_invoice = promises.join(cash, [promises.invoice_id == cash.paid_invoice, *_in_time(promises, cash)])
    blank = promises.filter(promises.invoice_id.isnull())
    same = [blank.customer_id == cash.paid_customer, blank.currency == cash.paid_currency]
    by_customer = blank.join(cash, [*same, *_in_time(blank, cash)])
    both = by_invoice.select("promise_id", "paid_amount").union(
        by_customer.select("promise_id", "paid_amount")
    )
    sums = both.group_by(paid_promise="promise_id").agg(paid=-both.paid_amount.sum())
    met = promises.left_join(sums, promises.promise_id == sums.paid_promise).drop("paid_promise")
    return met.mutate(paid=met.paid.fill_null(0), promised_on=met.due_on)


def _in_time(promises: Table, cash: Table) -> list[Any]:
    return [
        cash.paid_on >= promises.made_on,
        cash.paid_on <= promises.deadline_on,
        cash.returned_on > promises.deadline_on,
    ]
