"""One customer's account while it is simulated: open items, credits, what happens next, and the rows written so far.

Everything counts in whole cents and day ordinals. Events come in the order of their days; what happens after the end
of the books is still simulated, for the ground truth, but leaves no row in them.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from countback.books.demo.business import ENTITIES
from countback.books.demo.calendar_days import (
    DAYS_A_WEEK,
    month_end,
    next_tenth_or_twenty_fifth,
    weekday,
    working_day,
    working_day_before,
)
from countback.books.demo.chance import between

if TYPE_CHECKING:
    from random import Random

    from countback.books.demo.customers import Customer
    from countback.books.demo.story import Story

Row = list[Any]
MINUTES_A_DAY = 1440
_LATEST_RECORDING_DAYS = 24


@dataclass(slots=True)
class Invoice:
    """An invoice and what is true about it.

    `planned`: the day on which the customer would pay of its own accord; None: not unless asked. `settled`: the day
    on which nothing was left open. `reason`: why it is paid when it is paid. `credited`, `written_off`, `paid`: by
    what it was settled, in cents. `short`: cents that the customer deducts. `disputed`: whether it ever was.
    """

    invoice_id: str
    issued: int
    due: int
    amount: int
    kind: str = "invoice"
    planned: int | None = None
    settled: int | None = None
    reason: str = "habit"
    short: int = 0
    paid: int = 0
    credited: int = 0
    written_off: int = 0
    disputed: bool = False


@dataclass(slots=True)
class Item:
    """An open item: an invoice, or one instalment of it (`number` from 1).

    `plan`: day on which the customer means to pay now. `short`: cents that it will deduct. `disputed`: cents held back
    in an open dispute. `level`: dunning steps taken. `promised`: last day on which a promise holds off dunning.
    `placed`: it is with an agency or the court. `sent`: the customer has paid, but the money is not yet applied.
    `written`: cents written off. `unwilling`: the customer will not pay it to the business itself.
    """

    invoice: Invoice
    number: int | None
    amount: int
    open: int
    due: int
    plan: int | None
    short: int = 0
    disputed: int = 0
    level: int = 0
    promised: int = 0
    placed: bool = False
    sent: bool = False
    written: int = 0
    unwilling: bool = False

    @property
    def payable(self) -> int:
        """What is open and not in dispute, in cents."""
        return self.open - self.disputed


@dataclass(slots=True)
class Credit:
    """Money or a credit note that is not yet applied. `column`: the allocation's column that names it."""

    column: str
    identifier: str
    left: int
    recorded: int | None


@dataclass(slots=True)
class Account:
    """One customer's account.

    `rows`: by table, each row in the order of the format's columns, `recorded_at` last, then further columns.
    `truths`: by truth file, likewise. `items`: what is open. `invoices`: all that were ever issued. `chase_on`: not
    before this day is the next dunning step taken. `failed`: the customer is insolvent.
    """

    customer: Customer
    story: Story
    rng: Random
    rows: dict[str, list[Row]]
    truths: dict[str, list[Row]]
    items: list[Item] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    chase_on: int | None = None
    failed: bool = False
    _queue: list[tuple[int, int, str, Any]] = field(default_factory=list)
    _events: int = 0
    _counts: dict[str, int] = field(default_factory=dict)

    def at(self, day: int, event: str, subject: Any = None) -> None:
        """Let the event happen on the day."""
        self._events += 1
        heapq.heappush(self._queue, (day, self._events, event, subject))

    def next_event(self) -> tuple[int, int, str, Any] | None:
        """The earliest event, taken off the queue; None where nothing is left to happen."""
        return heapq.heappop(self._queue) if self._queue else None

    def identifier(self, prefix: str) -> str:
        """The next identifier of its kind, unique by the customer's number in it."""
        self._counts[prefix] = count = self._counts.get(prefix, 0) + 1
        return f"{prefix}-{self.customer.number}-{count:04d}"

    def write(self, table: str, day: int, row: Row, recorded: int | None = None) -> Row:
        """Write a row effective on the day, and give it back so that its later columns can be filled."""
        if day <= self.story.ends:
            row.append(recorded)
            self.rows[table].append(row)
        return row

    def fill(self, row: Row, position: int, day: int) -> None:
        """Fill a date into a row that was written earlier, unless the day lies after the end of the books."""
        if day <= self.story.ends:
            row[position] = day

    def recorded_late(self, day: int, chance: float) -> int | None:
        """A moment some days after the day, with the given chance and not after the end of the books; else None."""
        if self.rng.random() >= chance:
            return None
        late = working_day(day + 1 + int(_LATEST_RECORDING_DAYS * self.rng.random() ** 2))
        if late > self.story.ends:
            return None
        return late * MINUTES_A_DAY + between(self.rng, 8 * 60, 17 * 60)

    def aligned(self, day: int) -> int:
        """The first day from `day` on, on which the customer pays its bills."""
        runs = self.customer.manner.runs
        if runs == "weekly":
            return day + (self.customer.manner.run_weekday - weekday(day)) % DAYS_A_WEEK
        if runs == "month_end":
            last = working_day_before(month_end(day))
            return last if last >= day else working_day_before(month_end(day + DAYS_A_WEEK))
        if runs == "twice_monthly":
            return working_day(next_tenth_or_twenty_fifth(day))
        return working_day(day)

    def plan(self, item: Item, day: int) -> None:
        """Let the customer mean to pay the item on the day."""
        item.plan = day
        self.at(day, "pay")

    def settle(self, item: Item, amount: int, day: int) -> None:
        """Take an amount off what is open; the item is closed when nothing is left."""
        item.open -= amount
        if item.open == 0:
            self.items.remove(item)
            if not any(other.invoice is item.invoice for other in self.items):
                item.invoice.settled = day

    def reopen(self, item: Item, amount: int) -> None:
        """Put an amount back on what is open."""
        if item.open == 0:
            self.items.append(item)
        item.open += amount
        item.invoice.settled = None
        item.invoice.paid -= amount

    def allocate(self, credit: Credit, item: Item, amount: int, day: int) -> None:
        """Apply a part of a credit to an item."""
        payment = credit.identifier if credit.column == "payment_id" else None
        note = credit.identifier if payment is None else None
        row = [payment, note, item.invoice.invoice_id, amount, day, item.number]
        self.write("allocations", day, row, credit.recorded)
        credit.left -= amount
        if payment:
            item.invoice.paid += amount
        else:
            item.invoice.credited += amount
        self.settle(item, amount, day)

    def credit_note(self, item: Item, amount: int, reason: str, day: int) -> None:
        """Issue a credit note that is applied to the item's invoice at once."""
        recorded = self.recorded_late(day, 0.06)
        invoice_id = item.invoice.invoice_id
        currency = self.customer.country.currency
        row = [self.identifier("CN"), self.customer.number, day, amount, currency, invoice_id, reason]
        self.write("credit_notes", day, row, recorded)
        item.invoice.credited += amount
        self.settle(item, amount, day)

    def cost(self, day: int, kind: str, amount: int, currency: str | None = None) -> None:
        """Book a cost that this customer caused; `currency`: the claim currency of its entity where None."""
        if amount > 0:
            currency = currency or ENTITIES[self.customer.country.entity].claim_currency
            customer = self.customer
            row = [self.identifier("K"), day, kind, amount, currency, customer.number, customer.collector]
            self.write("costs", day, row)
