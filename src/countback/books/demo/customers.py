"""A customer and its ground truth: who it is, how large, and how it pays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from countback.books.demo.business import Country
    from countback.books.demo.habits import Habit


@dataclass(frozen=True, slots=True)
class Manner:
    """How one customer pays, in truth.

    `habit`: name in `HABITS`. `delay`, `spread`: mean and standard deviation of the days after the due date that it
    intends, before drift. `reaction`: factor on the effect of contacts. `runs`: when it pays ("any" day, "weekly" on
    `run_weekday`, "twice_monthly", "month_end"). `joined`: first day on which it may order. `fails_on`: day on which
    it becomes insolvent, which may lie after the end of the books; None: never.
    """

    habit: str
    delay: float
    spread: float
    reaction: float
    runs: str
    run_weekday: int
    joined: int
    fails_on: int | None


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer. `weight`: its size against the mean customer. `credit_limit` in cents of its currency."""

    number: str
    name: str
    parent: str | None
    country: Country
    segment: str
    industry: str
    type: str
    terms: str
    method: str
    collector: str
    email: str
    phone: str
    credit_limit: int | None
    weight: float
    habit: Habit
    manner: Manner
