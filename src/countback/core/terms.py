"""Payment terms as invoices state them, and the due date that follows from them."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal

_DISCOUNT = re.compile(r"^(\d{1,2}(?:[.,]\d{1,4})?)\s*%?\s*/\s*(\d{1,3})\s*,?\s*(.*)$")
_AT_ONCE = {
    "due on receipt", "on receipt", "upon receipt", "due upon receipt", "receipt", "immediate", "immediately", "cod",
    "cash", "cash on delivery", "cia", "cash in advance", "prepaid", "prepayment", "pia", "due now", "due immediately",
}  # fmt: skip
_NET = re.compile(
    r"^(?:net|n)?\s*/?\s*(\d{1,3})\s*(?:days?|d)?(?:\s*(?:net|from invoice(?: date)?|after invoice))?$"
)
_AFTER_MONTH_END = re.compile(r"^(?:eom|end of month)\s*\+?\s*(?:net\s*)?(\d{1,3})?\s*(?:days?)?$")
_AT_MONTH_END = re.compile(r"^(?:net|n)?\s*/?\s*(\d{1,3})\s*(?:days?)?\s*,?\s*(?:eom|end of month)$")
_DAY_OF_NEXT = re.compile(
    r"^(?:net\s*)?(\d{1,2})(?:st|nd|rd|th)?\s*(?:mfi|prox\.?|(?:of )?(?:the )?(?:next|following) month)$"
)

WRITTEN_LIKE = "net 30, 2/10 net 30, eom 15, net 30 eom, 15 mfi, due on receipt"
"""Forms that are understood, for messages."""


@dataclass(frozen=True, slots=True)
class Terms:
    """When an invoice is due.

    `days`: after the day of issue or, with `from_month_end`, after the last day of its month. `to_month_end`: then on
    to the last day of the month. `discount_percent` may be taken by who pays within `discount_days` of the issue.
    """

    days: int
    from_month_end: bool = False
    to_month_end: bool = False
    discount_percent: Decimal | None = None
    discount_days: int | None = None

    def due_on(self, issued_on: dt.date) -> dt.date:
        """The last day on which payment is in time."""
        start = _month_end(issued_on) if self.from_month_end else issued_on
        due = start + dt.timedelta(days=self.days)
        return _month_end(due) if self.to_month_end else due

    def discount_until(self, issued_on: dt.date) -> dt.date | None:
        """The last day on which the discount may be taken; None where there is none."""
        if self.discount_days is None:
            return None
        return issued_on + dt.timedelta(days=self.discount_days)


def parse_terms(text: str) -> Terms | None:
    """The terms that a text states; None where it cannot be understood.

    >>> parse_terms("2/10 net 30")
    Terms(days=30, from_month_end=False, to_month_end=False, discount_percent=Decimal('2'), discount_days=10)
    >>> parse_terms("eom 15").due_on(dt.date(2024, 1, 20))
    datetime.date(2024, 2, 15)
    """
    words = " ".join(text.lower().split())
    discount = _DISCOUNT.match(words)
    if discount is None:
        return _plain_terms(words)
    percent, days, rest = discount.groups()
    terms = _plain_terms(rest)
    if terms is None:
        return None
    percent_off = Decimal(percent.replace(",", "."))
    return Terms(terms.days, terms.from_month_end, terms.to_month_end, percent_off, int(days))


def _plain_terms(words: str) -> Terms | None:
    if words in _AT_ONCE:
        return Terms(0)
    if match := _NET.match(words):
        return Terms(int(match[1]))
    if match := _AFTER_MONTH_END.match(words):
        return Terms(int(match[1] or 0), from_month_end=True)
    if match := _AT_MONTH_END.match(words):
        return Terms(int(match[1]), to_month_end=True)
    if (match := _DAY_OF_NEXT.match(words)) and 1 <= int(match[1]) <= 28:
        return Terms(int(match[1]), from_month_end=True)
    return None


def _month_end(day: dt.date) -> dt.date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
