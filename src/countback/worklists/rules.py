"""Whom to contact, what to do and in which order: a pure decision over a candidate's figures and a strategy.

The objective is *expected cash brought forward per minute of work*, in the reporting currency: what one act is expected
to bring in that would else come later or not at all, over the minutes that the act takes.

    score = (amount + age) x effect x act x behaviour x broken promises x credit limit x silence / minutes

`amount` is what may be collected: overdue less what is disputed, promised for a day still to come, in a plan, or held.
`age` adds to it by the ageing of that amount. `effect` is the part of it that a call brings forward. The factors after
it lie between 1 and 1 + weight. The score is rounded once, at the end, to four decimals.

What this is not: `effect`, the reach of each act and all weights are assumptions in the strategy's file. No part was
estimated from the books, and that a customer paid after a contact shows no effect. A prediction comes in as another
source of the same number, `Effects`: what it knows of a customer takes the place of the strategy's one effect for all.
The score ranks; it is no forecast of cash.

Who may not be contacted, or has nothing that may be collected, waits, with the reason; nobody is left out silently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from enum import StrEnum
from typing import Protocol

from countback.core.problem import Misuse
from countback.worklists.candidate import ZERO, Candidate
from countback.worklists.strategy import Act, ActRule, Effort, Fact, Strategy, Values

ONE = Decimal(1)
PLACES = Decimal("0.0001")
EXACT = Context(prec=160, rounding=ROUND_HALF_EVEN)
"""Wider than any product of the parts: what is rounded is rounded by us."""

MINUTES = "minutes"
ADDED = ("amount", "age")
"""Parts of the score that add up; those after them multiply, and `minutes` divides."""


class Effects(Protocol):
    """What is expected of a call to a customer: the part, 0 to 1, of what may be collected that it brings forward. A
    mapping from customer to probability is one."""

    def get(self, customer_id: str, /) -> Decimal | None:
        """None: nothing is known of this customer, and the strategy's assumption stands."""
        ...


NOTHING_KNOWN: Effects = dict[str, Decimal]()


class Reason(StrEnum):
    """Why a customer waits."""

    HOLD = "on hold"
    ARRANGED = "nothing free to collect"
    TOO_LITTLE = "too little"
    FOLLOW_UP = "follow-up to come"
    CAP = "contact cap"
    LATELY = "contacted lately"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A customer who is not on a list today. `until`: from which day on the reason no longer holds by itself; None:
    not by the passing of days."""

    candidate: Candidate
    reason: Reason
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Ranked:
    """A customer to contact, with what to do. `expected`: cash that the act is expected to bring forward. `score`: the
    same for each minute. `predicted`: the effect comes from `Effects`, not from the strategy."""

    candidate: Candidate
    values: Values
    act: Act
    effect: Decimal
    predicted: bool
    expected: Decimal
    score: Decimal

    @property
    def effort(self) -> Effort:
        """What the act takes and does."""
        return self.values.efforts[self.act]

    @property
    def minutes(self) -> int:
        """Expected minutes of a collector."""
        return self.effort.minutes


@dataclass(frozen=True, slots=True)
class Ranking:
    """All candidates: those to contact, best first, and those who wait, by customer."""

    ranked: tuple[Ranked, ...]
    waiting: tuple[Waiting, ...]


def ranking(
    candidates: Iterable[Candidate], strategy: Strategy, *, as_of: date, effects: Effects = NOTHING_KNOWN
) -> Ranking:
    """Every candidate, ranked or waiting. Raises Misuse for an effect that is no probability."""
    judged = [judge(candidate, strategy, as_of=as_of, effects=effects) for candidate in candidates]
    ranked = sorted((one for one in judged if isinstance(one, Ranked)), key=place)
    waiting = sorted(
        (one for one in judged if isinstance(one, Waiting)), key=lambda one: one.candidate.customer_id
    )
    return Ranking(tuple(ranked), tuple(waiting))


def place(one: Ranked) -> tuple[Decimal, Decimal, str]:
    """By which ranked customers are sorted: score, then all that is overdue, then the customer's number."""
    return one.score.copy_negate(), one.candidate.overdue.copy_negate(), one.candidate.customer_id


def judge(
    candidate: Candidate, strategy: Strategy, *, as_of: date, effects: Effects = NOTHING_KNOWN
) -> Ranked | Waiting:
    """What to do with one customer on a day. Raises Misuse for an effect that is no probability."""
    values = strategy.values_for(candidate.dimensions)
    waits = _waiting(candidate, values, as_of)
    if waits:
        return waits
    act = _act(candidate, values.rules, as_of)
    predicted = effects.get(candidate.customer_id)
    if predicted is not None and not (predicted.is_finite() and 0 <= predicted <= 1):
        raise Misuse(
            f"customer {candidate.customer_id} was not ranked",
            f"the effect of a contact is told as {predicted}",
            "give a number from 0 to 1",
        )
    effect = values.effect if predicted is None else predicted
    expected, score = _score(candidate, values, act, effect, as_of)
    return Ranked(candidate, values, act, effect, predicted is not None, expected, score)


def factors(
    candidate: Candidate, values: Values, act: Act, effect: Decimal, *, as_of: date
) -> dict[str, Decimal]:
    """The parts of the score by name, in the order of the formula, each with its value, exactly."""
    with localcontext(EXACT):
        return _factors(candidate, values, act, effect, as_of)


def _factors(
    candidate: Candidate, values: Values, act: Act, effect: Decimal, as_of: date
) -> dict[str, Decimal]:
    weights, scales, effort = values.weights, values.scales, values.efforts[act]
    aged = ZERO
    for share, free in zip(values.ages, candidate.free_by_bucket, strict=True):
        aged += share * free
    late = _part_of(candidate.days_beyond_terms, scales.days_beyond_terms)
    broken = _part_of(candidate.broken_promises, candidate.promises)
    return {
        "amount": candidate.free,
        "age": weights.age * aged,
        "effect": effect,
        "act": effort.reach,
        "behaviour": ONE + weights.behaviour * late,
        "broken_promises": ONE + weights.broken_promises * broken,
        "credit_limit": ONE + (weights.credit_limit if _fills_limit(candidate, values) else ZERO),
        "silence": ONE + weights.silence * _silence(candidate, scales.silent_days, as_of),
        MINUTES: Decimal(effort.minutes),
    }


def _score(
    candidate: Candidate, values: Values, act: Act, effect: Decimal, as_of: date
) -> tuple[Decimal, Decimal]:
    """Cash brought forward, and for each minute, both rounded once."""
    with localcontext(EXACT):
        parts = _factors(candidate, values, act, effect, as_of)
        product = parts["amount"] + parts["age"]
        for name, value in parts.items():
            if name not in ADDED and name != MINUTES:
                product *= value
        return product.quantize(PLACES), (product / parts[MINUTES]).quantize(PLACES)


def _part_of(value: Decimal | int | None, whole: int) -> Decimal:
    """How full it is, 0 to 1, to four decimals; what is not known is empty."""
    if not value or value <= 0:
        return ZERO
    return ONE if value >= whole else (Decimal(value) / whole).quantize(PLACES)


def _fills_limit(candidate: Candidate, values: Values) -> bool:
    return candidate.limit_used is not None and candidate.limit_used >= values.scales.limit_used


def _silence(candidate: Candidate, scale: int, as_of: date) -> Decimal:
    """Who was never contacted has been silent as long as counts."""
    silent = _days_since(candidate.last_contact_on, as_of)
    return ONE if silent is None else _part_of(silent, scale)


def _act(candidate: Candidate, rules: tuple[ActRule, ...], as_of: date) -> Act:
    for rule in rules:
        for bound in rule.when:
            if not bound.holds(_FACTS[bound.fact](candidate, as_of)):
                break
        else:
            return rule.act
    raise Misuse(
        f"customer {candidate.customer_id} was not ranked",
        "no rule of the strategy says what to do",
        "end its rules with one that always holds",
    )


def fact_of(candidate: Candidate, fact: Fact, *, as_of: date) -> Decimal | int | None:
    """What a rule asks of a customer; None: not known."""
    return _FACTS[fact](candidate, as_of)


def _days_since(day: date | None, as_of: date) -> int | None:
    return None if day is None else (as_of - day).days


_FACTS: dict[Fact, Callable[[Candidate, date], Decimal | int | None]] = {
    Fact.OVERDUE: lambda one, _: one.overdue,
    Fact.FREE: lambda one, _: one.free,
    Fact.DISPUTED_SHARE: lambda one, _: one.disputed / one.overdue if one.disputed else ZERO,
    Fact.OVERDUE_DAYS: lambda one, as_of: (as_of - one.oldest_due_on).days,
    Fact.BROKEN_PROMISES: lambda one, _: one.broken_promises,
    Fact.PROMISE_DUE_DAYS: lambda one, as_of: _days_since(one.promise_due_on, as_of),
    Fact.SILENT_DAYS: lambda one, as_of: _days_since(one.last_contact_on, as_of),
    Fact.CONTACTS: lambda one, _: len(one.contacted_on),
    Fact.LIMIT_USED: lambda one, _: one.limit_used,
}


def _waiting(candidate: Candidate, values: Values, as_of: date) -> Waiting | None:
    if candidate.hold:
        return Waiting(candidate, Reason.HOLD)
    free, limits = candidate.free, values.thresholds
    if free <= 0 or free < limits.smallest_amount:
        arranged = candidate.disputed or candidate.promised or candidate.planned or candidate.held
        return Waiting(candidate, Reason.ARRANGED if arranged else Reason.TOO_LITTLE)
    if candidate.follow_up_on and candidate.follow_up_on > as_of:
        return Waiting(candidate, Reason.FOLLOW_UP, candidate.follow_up_on)
    return _capped(candidate, values, as_of) or _lately(candidate, values, as_of)


def _capped(candidate: Candidate, values: Values, as_of: date) -> Waiting | None:
    cap, days = values.thresholds.contact_cap, values.thresholds.contact_cap_days
    if len(candidate.contacted_on) < cap:
        return None
    counted = sorted(day for day in candidate.contacted_on if (as_of - day).days < days)
    if len(counted) < cap:
        return None
    return Waiting(candidate, Reason.CAP, counted[-cap] + timedelta(days))


def _lately(candidate: Candidate, values: Values, as_of: date) -> Waiting | None:
    """A follow-up that came, or a promise that was not kept, ends the wait after a contact that was before it."""
    last = candidate.last_contact_on
    if last is None or candidate.promise_due_on is not None:
        return None
    if candidate.follow_up_on is not None and candidate.follow_up_on > last:
        return None
    again_on = last + timedelta(values.thresholds.days_between_contacts)
    return Waiting(candidate, Reason.LATELY, again_on) if again_on > as_of else None
