"""A strategy: what is assumed of a contact, what is worth one, how long it takes. Data under version control.

Nothing here is a finding. `effect`, `reach`, weights and scales are assumptions that a house writes down, changes and
can look up later; what was found out about a customer comes in beside them (see `rules.Effects`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from enum import StrEnum

from countback.core.problem import Misuse

LOWEST_WEIGHT, HIGHEST_WEIGHT = Decimal(0), Decimal(10)

CONTACT_DAYS = 90
"""Days back over which contacts are counted: no cap looks further."""


class Act(StrEnum):
    """What to do next with a customer."""

    CALL = "call"
    WRITE = "write"
    CHECK_PROMISE = "check promise"
    ANSWER_DISPUTE = "answer dispute"
    OFFER_PLAN = "offer plan"
    ESCALATE = "escalate"


class Fact(StrEnum):
    """What a rule may ask of a customer. Amounts are in the reporting currency; days count back from the day of the
    list; a fact that is not known of a customer (never contacted, no credit limit) meets no bound."""

    OVERDUE = "overdue"
    FREE = "free"
    DISPUTED_SHARE = "disputed_share"
    OVERDUE_DAYS = "overdue_days"
    BROKEN_PROMISES = "broken_promises"
    PROMISE_DUE_DAYS = "promise_due_days"
    SILENT_DAYS = "silent_days"
    CONTACTS = "contacts"
    LIMIT_USED = "limit_used"


@dataclass(frozen=True, slots=True)
class Weights:
    """By how much a part of the score may raise it: 0.5 means by half, where the part is at its fullest. 0: the part
    does not count. What a manager changes."""

    age: Decimal
    behaviour: Decimal
    broken_promises: Decimal
    credit_limit: Decimal
    silence: Decimal


@dataclass(frozen=True, slots=True)
class Scales:
    """Where a part is at its fullest. `days_beyond_terms`: of a customer's own payments. `silent_days`: since the last
    contact. `limit_used`: share of the credit limit, such as 0.9, from which the part counts, in full."""

    days_beyond_terms: int
    silent_days: int
    limit_used: Decimal


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Whom to leave in peace. `smallest_amount`: of what may be collected, in the reporting currency.
    `days_between_contacts`: so many days from one contact to the next. `contact_cap`: contacts in
    `contact_cap_days`."""

    smallest_amount: Decimal
    days_between_contacts: int
    contact_cap: int
    contact_cap_days: int


@dataclass(frozen=True, slots=True)
class Effort:
    """What an act takes and does. `minutes` of a collector; `reach`: its effect beside that of a call, which is 1;
    `due_days`: by when, from the day of the list."""

    minutes: int
    reach: Decimal
    due_days: int


@dataclass(frozen=True, slots=True)
class Bound:
    """A fact that lies between two values, both included; None: no bound on that side."""

    fact: Fact
    least: Decimal | None = None
    most: Decimal | None = None

    def holds(self, value: Decimal | int | None) -> bool:
        """Whether a known value lies within."""
        if value is None:
            return False
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)


@dataclass(frozen=True, slots=True)
class ActRule:
    """An act, and when it is proposed: where all bounds hold."""

    act: Act
    when: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class Values:
    """What holds for a segment, or for all. `effect`: the assumed part of what may be collected that one call brings
    forward. `ages`: by ageing bucket, mildest first, from 0 to 1: how much of the weight of age its amounts get.
    `rules`: the first that holds says what to do."""

    effect: Decimal
    weights: Weights
    scales: Scales
    ages: tuple[Decimal, ...]
    thresholds: Thresholds
    efforts: Mapping[Act, Effort]
    rules: tuple[ActRule, ...]


@dataclass(frozen=True, slots=True)
class Segment:
    """Customers whose `dimension` is `value`, and what holds for them."""

    dimension: str
    value: str
    values: Values


@dataclass(frozen=True, slots=True)
class Strategy:
    """`capacity_minutes`: of a collector on a day, where none is said for them. `segments`: the first that a customer
    belongs to holds for it; `standard` for the others."""

    name: str
    words: str
    capacity_minutes: int
    standard: Values
    segments: tuple[Segment, ...] = ()

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Dimensions by which segments are told apart, each once, in order."""
        return tuple(dict.fromkeys(segment.dimension for segment in self.segments))

    def values_for(self, dimensions: Mapping[str, str]) -> Values:
        """What holds for a customer with these values of dimensions."""
        for segment in self.segments:
            if dimensions.get(segment.dimension) == segment.value:
                return segment.values
        return self.standard


def with_weights(strategy: Strategy, weights: Mapping[str, Decimal]) -> Strategy:
    """The same strategy with these weights changed, for all segments. Raises Misuse for an unknown weight, or one that
    is not between 0 and 10."""
    known = [field.name for field in fields(Weights)]
    for name, weight in weights.items():
        what = f"the weight {name!r} of the strategy {strategy.name} was not changed"
        if name not in known:
            raise Misuse(what, "the score has no such part", f"use one of {', '.join(known)}")
        if not (weight.is_finite() and LOWEST_WEIGHT <= weight <= HIGHEST_WEIGHT):
            raise Misuse(what, f"{weight} is no weight", "give a number from 0 to 10")
    return _everywhere(strategy, lambda values: replace(values, weights=replace(values.weights, **weights)))


def _everywhere(strategy: Strategy, change: Callable[[Values], Values]) -> Strategy:
    segments = tuple(replace(segment, values=change(segment.values)) for segment in strategy.segments)
    return replace(strategy, standard=change(strategy.standard), segments=segments)
