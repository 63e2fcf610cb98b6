"""Lines of a worklist: everything that one shows, and in words why it stands where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from countback.core.aging import Buckets
from countback.core.money import NO_CURRENCY, decimals, plain
from countback.worklists.candidate import Candidate
from countback.worklists.rules import ADDED, MINUTES, Ranked, Reason, Waiting, factors
from countback.worklists.strategy import Act, Values

SATURDAY = 5
NEVER_TOLD = ("amount", "effect", "act", MINUTES)
"""Parts that every line has in the same way: they say how it is reckoned, not why it is here."""


class Joins(StrEnum):
    """How a part joins those before it."""

    ADDS = "adds"
    TIMES = "times"
    PER = "per"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score, in the order of the formula: `value` is added to what stands before it, multiplies it or
    divides it. `words`: for a collector."""

    name: str
    joins: Joins
    value: Decimal
    words: str

    @property
    def changes(self) -> bool:
        """Whether the score would be another without it."""
        return self.value != (0 if self.joins is Joins.ADDS else 1)


@dataclass(frozen=True, slots=True)
class Line:
    """One customer on a list. `amount`: all that is overdue, `free` what of it may be collected, both rounded to the
    coin of `currency`; `overdue_days`: of the oldest item; `due_on`: by when to act; `expected`: cash that the act is
    expected to bring forward, and `score` that for each of the `minutes`; `why`: in one sentence."""

    customer_id: str
    name: str
    collector: str | None
    amount: Decimal
    free: Decimal
    currency: str
    overdue_days: int
    act: Act
    why: str
    due_on: date
    minutes: int
    expected: Decimal
    score: Decimal
    parts: tuple[Part, ...]


def line_of(one: Ranked, *, as_of: date) -> Line:
    """The line of a ranked customer."""
    candidate, parts = one.candidate, parts_of(one, as_of=as_of)
    told = [parts[0].words, *(part.words for part in parts if part.changes and part.name not in NEVER_TOLD)]
    return Line(
        customer_id=candidate.customer_id,
        name=candidate.name,
        collector=candidate.collector,
        amount=_rounded(candidate.overdue, candidate.currency),
        free=_rounded(candidate.free, candidate.currency),
        currency=candidate.currency,
        overdue_days=(as_of - candidate.oldest_due_on).days,
        act=one.act,
        why="; ".join(told),
        due_on=working_day(as_of + timedelta(one.effort.due_days)),
        minutes=one.minutes,
        expected=one.expected,
        score=one.score,
        parts=parts,
    )


def parts_of(one: Ranked, *, as_of: date) -> tuple[Part, ...]:
    """The parts of its score: those that add up, then those that multiply, then the minutes that divide."""
    values = factors(one.candidate, one.values, one.act, one.effect, as_of=as_of)
    words = _words(one, as_of)
    return tuple(Part(name, _joins(name), value, words[name]) for name, value in values.items())


def _joins(name: str) -> Joins:
    return Joins.ADDS if name in ADDED else Joins.PER if name == MINUTES else Joins.TIMES


def working_day(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(max(0, 7 - day.weekday()) if day.weekday() >= SATURDAY else 0)


def reason_words(one: Waiting) -> str:
    """Why a customer is not on a list, for a collector."""
    candidate, until = one.candidate, "" if one.until is None else f"{one.until.day} {one.until:%B %Y}"
    match one.reason:
        case Reason.HOLD:
            return f"on hold: {candidate.hold}"
        case Reason.ARRANGED:
            return f"{_amount_words(candidate)}: too little is left to collect"
        case Reason.TOO_LITTLE:
            return f"{_amount_words(candidate)}: less than is worth a contact"
        case Reason.FOLLOW_UP:
            return f"to be followed up on {until}"
        case Reason.CAP:
            return f"contacted as often as is allowed; again from {until}"
        case Reason.LATELY:
            return f"contacted a short while ago; again from {until}"


def _words(one: Ranked, as_of: date) -> Mapping[str, str]:
    candidate = one.candidate
    source = "predicted" if one.predicted else "assumed"
    share = plain(100 * one.effect)
    return {
        "amount": _amount_words(candidate),
        "age": _age_words(candidate),
        "effect": f"a call is {source} to bring forward {share} % of it",
        "act": f"{one.act}: assumed to do {plain(100 * one.effort.reach)} % of what a call does",
        "behaviour": _behaviour_words(candidate),
        "broken_promises": _promise_words(candidate),
        "credit_limit": _limit_words(candidate, one.values),
        "silence": _silence_words(candidate, as_of),
        MINUTES: f"{one.act} takes {one.minutes} min",
    }


def _amount_words(candidate: Candidate) -> str:
    """`12,400.00 EUR overdue, 2,000.00 of it disputed is left out`."""
    left_out = {
        "disputed": candidate.disputed,
        "promised": candidate.promised,
        "in a plan": candidate.planned,
        "held back": candidate.held,
    }
    told = [
        f"{_money(amount, candidate.currency)} of it {name}" for name, amount in left_out.items() if amount
    ]
    code = "" if candidate.currency == NO_CURRENCY else f" {candidate.currency}"
    whole = f"{_money(candidate.overdue, candidate.currency)}{code} overdue"
    verb = "is" if len(told) == 1 else "are"
    return f"{whole}, {' and '.join(told)} {verb} left out" if told else whole


def _age_words(candidate: Candidate) -> str:
    pairs = zip(Buckets().overdue, candidate.free_by_bucket, strict=True)
    told = [f"{_money(free, candidate.currency)} {bucket} days past due" for bucket, free in pairs if free]
    return ", ".join(told)


def _behaviour_words(candidate: Candidate) -> str:
    days = candidate.days_beyond_terms
    if days is None:
        return "paid nothing in the last four quarters"
    whole = int(days.to_integral_value())
    if not whole:
        return "pays on the due day on average"
    return f"pays {_counted(abs(whole), 'day')} {'late' if whole > 0 else 'early'} on average"


def _promise_words(candidate: Candidate) -> str:
    if not candidate.promises:
        return "no promise of the last year was due"
    return f"broke {candidate.broken_promises} of {_counted(candidate.promises, 'promise')}"


def _limit_words(candidate: Candidate, values: Values) -> str:
    if candidate.limit_used is None:
        return "has no credit limit"
    used, bound = (100 * share for share in (candidate.limit_used, values.scales.limit_used))
    return f"uses {int(used)} % of its credit limit, which counts from {plain(bound)} % on"


def _silence_words(candidate: Candidate, as_of: date) -> str:
    if candidate.last_contact_on is None:
        return "never contacted"
    days = (as_of - candidate.last_contact_on).days
    return f"not contacted for {_counted(days, 'day')}" if days else "contacted today"


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _rounded(amount: Decimal, currency: str) -> Decimal:
    return round(amount, decimals(currency))


def _money(amount: Decimal, currency: str) -> str:
    return f"{amount:,.{decimals(currency)}f}"
