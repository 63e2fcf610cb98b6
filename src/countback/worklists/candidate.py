"""A candidate: a customer with something overdue, and what is known of it on the day of the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One customer. All amounts are in `currency`, into which the books' rates of the day converted them, unrounded.

    `overdue_by_bucket`, `free_by_bucket`: amounts by ageing bucket, mildest first; free is what may be collected.
    `overdue`, `free`: their sums.
    `overdue` = `disputed` + `promised` + `planned` + `held` + all that is free, to the last digit. `promised`: and
    the day is still to come. `planned`: of invoices in a payment plan. `held`: placed with an agency, or otherwise.
    `oldest_due_on`: due day of the oldest overdue item.
    `promises`, `broken_promises`: judged of those made in the last 365 days, and broken of them.
    `promise_due_on`: the latest day of a promise that came and was not kept, since which nobody was in contact.
    `days_beyond_terms`: of the customer's own payments, in the last four quarters; None: it paid nothing.
    `limit_used`: share of the credit limit; None: it has none. `contacted_on`: days of contacts that we made, those of
    the last 90 days; `last_contact_on`: of any, theirs too.
    `follow_up_on`: when to come back to it. `hold`: why the customer as a whole is not contacted ("": it may be).
    """

    customer_id: str
    name: str
    currency: str
    collector: str | None
    overdue_by_bucket: tuple[Decimal, ...]
    free_by_bucket: tuple[Decimal, ...]
    oldest_due_on: date
    disputed: Decimal = ZERO
    promised: Decimal = ZERO
    planned: Decimal = ZERO
    held: Decimal = ZERO
    promises: int = 0
    broken_promises: int = 0
    promise_due_on: date | None = None
    days_beyond_terms: Decimal | None = None
    limit_used: Decimal | None = None
    last_contact_on: date | None = None
    contacted_on: tuple[date, ...] = ()
    follow_up_on: date | None = None
    hold: str = ""
    dimensions: Mapping[str, str] = field(default_factory=dict)

    overdue: Decimal = field(init=False)
    free: Decimal = field(init=False)

    def __post_init__(self) -> None:
        # Sums that are asked of every candidate again and again: made once, since nothing of it ever changes.
        object.__setattr__(self, "overdue", sum(self.overdue_by_bucket, ZERO))
        object.__setattr__(self, "free", sum(self.free_by_bucket, ZERO))
