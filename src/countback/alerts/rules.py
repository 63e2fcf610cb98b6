"""Rules: what an alert watches, and when it speaks. Pure: figures, dates and what was said before come in from outside.

A rule is judged at the end of each period (`every`): the condition holds, does not, or cannot be judged. What then
happens hangs on what was said before (`advance`): an alert speaks once, stays raised in silence, and clears.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from countback.core.aging import Buckets
from countback.core.period import is_month_end
from countback.core.problem import CountbackError
from countback.kpis.catalogue import find

Every = Literal["day", "week", "month"]
EVERY: tuple[Every, ...] = ("day", "week", "month")
Direction = Literal["above", "below", "either"]
Against = Literal["period", "year"]
Where = tuple[tuple[str, tuple[str | None, ...]], ...]
"""Dimension -> values, None for blank; sorted."""

BUCKETS = Buckets().overdue
OF_ENTRIES, OF_LIMITS = "aging", "open_receivables"
"""The KPIs whose rows entries and credit limits are read from."""

LONGEST_COOL_DOWN = 366


class UnableToSetAlert(CountbackError):
    """An alert cannot be kept as it was asked for."""


class Kind(StrEnum):
    """What makes an alert speak."""

    THRESHOLD = "threshold"
    CHANGE = "change"
    SEASON = "season"
    ENTRY = "entry"
    LIMIT = "limit"


OF_FIGURES = (Kind.THRESHOLD, Kind.CHANGE, Kind.SEASON)
"""Kinds that watch one figure over time; the others watch items or customers."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `every`: the period at whose end it looks.

    `size`: of a threshold the value, None for the KPI's target; of a change how large it must be (in per cent of the
    value before, with `per_cent`); of a season how many times the usual spread; of a limit the per cent of it.
    `against`: a change against the period before, or the same month last year. `bucket`: of entries.
    `minimum_amount`: what the rows counted above the line must at least add up to; of a limit, by how much it must be
    exceeded. `minimum_rows`: how many of them (new items, customers) there must at least be. `cool_down_days`: how long
    it rests after it spoke.
    """

    kind: Kind
    kpi: str
    where: Where = ()
    every: Every = "month"
    direction: Direction = "above"
    size: Decimal | None = None
    per_cent: bool = False
    against: Against = "period"
    bucket: str = ""
    minimum_amount: Decimal = Decimal(0)
    minimum_rows: int = 0
    cool_down_days: int = 0

    @property
    def within(self) -> dict[str, tuple[str | None, ...]]:
        """The filters, with the bucket of entries."""
        return dict(self.where) | ({"bucket": (self.bucket,)} if self.kind == Kind.ENTRY else {})

    @property
    def parameters(self) -> dict[str, Any]:
        """What is kept of it as JSON, beside kind, KPI, filters and cool-down."""
        return {
            "every": self.every,
            "direction": self.direction,
            "size": None if self.size is None else str(self.size),
            "per_cent": self.per_cent,
            "against": self.against,
            "bucket": self.bucket,
            "minimum_amount": str(self.minimum_amount),
            "minimum_rows": self.minimum_rows,
        }


def kept(
    kind: str, kpi: str, where: Mapping[str, Any], parameters: Mapping[str, Any], cool_down_days: int
) -> Rule:
    """The rule as it was kept."""
    size = parameters["size"]
    return Rule(
        **dict(parameters)
        | {
            "kind": Kind(kind),
            "kpi": kpi,
            "where": filters(where),
            "size": None if size is None else Decimal(size),
            "minimum_amount": Decimal(parameters["minimum_amount"]),
            "cool_down_days": cool_down_days,
        }
    )


def filters(where: Mapping[str, Iterable[str | None]]) -> Where:
    """Filters in their order, so that the same ones are equal."""
    return tuple(
        (name, tuple(sorted(set(values), key=lambda value: (value is None, value or ""))))
        for name, values in sorted(where.items())
    )


def refuse_unfit(rule: Rule) -> None:
    """Raise UnableToSetAlert for a rule that could never be judged, or not as it is meant."""
    kpi = find(rule.kpi)
    if rule.kind in OF_FIGURES and kpi.cells:
        raise _unfit(f"{kpi.title} is a table, not one figure", "choose another KPI")
    if rule.kind == Kind.ENTRY and rule.bucket not in BUCKETS:
        raise _unfit(f"there is no ageing bucket {rule.bucket!r}", f"use one of {', '.join(BUCKETS)}")
    if rule.every != "month" and (rule.kind == Kind.SEASON or rule.against == "year"):
        raise _unfit("years are compared month by month", "have it look every month")
    if rule.size is None and rule.kind not in (Kind.THRESHOLD, Kind.ENTRY):
        raise _unfit("it does not say how much", "give a number")
    if rule.kind in (Kind.CHANGE, Kind.SEASON, Kind.LIMIT) and (rule.size or 0) <= 0:
        raise _unfit("how much must be more than nothing", "give a number above 0")
    if rule.kind == Kind.THRESHOLD and rule.direction == "either":
        raise _unfit("a value is always above or below another", "choose above or below")
    if rule.minimum_amount < 0 or rule.minimum_rows < 0:
        raise _unfit("a minimum cannot be below 0", "give 0 for none")
    if not 0 <= rule.cool_down_days <= LONGEST_COOL_DOWN:
        raise _unfit("the cool-down is out of range", f"give 0 to {LONGEST_COOL_DOWN} days")
    money = all(term.money for _, term in kpi.numerator.terms)
    if rule.kind in OF_FIGURES and rule.minimum_amount and not money:
        raise _unfit(f"the rows of {kpi.title} carry no amounts", "leave the minimum amount at 0")


def _unfit(why: str, remedy: str) -> UnableToSetAlert:
    return UnableToSetAlert("the alert was not kept", why, remedy)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a look at a date finds. `holds`: whether the rule's condition does; None: it cannot be judged. `reason`: in
    words. `value`, `unit`: the figure. `subjects`: which items or customers it is about (empty: the figure itself);
    `customers`: of whom they are."""

    as_of: date
    holds: bool | None
    reason: str
    value: Decimal | None = None
    unit: str = ""
    subjects: frozenset[str] = frozenset()
    customers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Memory:
    """What an alert keeps from look to look. `spoke_on`: the asked date as of which it last spoke. `told`: the subjects
    that it spoke of and that have not gone since."""

    raised: bool = False
    spoke_on: date | None = None
    told: frozenset[str] = frozenset()


class Step(StrEnum):
    """What a look does. Only RAISED speaks."""

    QUIET = "quiet"
    RAISED = "raised"
    STAYS = "stays raised"
    RESTS = "rests"
    CLEARED = "cleared"
    UNDEFINED = "undefined"


def advance(memory: Memory, found: Evaluation, cool_down_days: int) -> tuple[Memory, Step]:
    """What the alert remembers after a look, and what the look does. It speaks when the condition begins to hold, and
    while it holds of each further subject once; never during the cool-down. What was held back then is said after it,
    if it still holds. What cannot be judged changes nothing."""
    if found.holds is None:
        return memory, Step.UNDEFINED
    if not found.holds:
        return Memory(spoke_on=memory.spoke_on), Step.CLEARED if memory.raised else Step.QUIET
    remembered = replace(memory, told=memory.told & found.subjects)
    if memory.raised and found.subjects <= memory.told:
        return remembered, Step.STAYS
    if rests(memory.spoke_on, found.as_of, cool_down_days):
        return remembered, Step.RESTS
    return Memory(raised=True, spoke_on=found.as_of, told=found.subjects), Step.RAISED


def rests(spoke_on: date | None, as_of: date, cool_down_days: int) -> bool:
    """Whether an alert is still within its cool-down."""
    return spoke_on is not None and cool_down_days > 0 and as_of < spoke_on + timedelta(days=cool_down_days)


def enough_rows(rule: Rule, found: Evaluation, rows: int) -> Evaluation:
    """The same, quiet where fewer rows stand behind it than the rule asks."""
    if not found.holds or rows >= rule.minimum_rows:
        return found
    behind = f"only {rows:,} row{'s' if rows != 1 else ''} stand behind it and the rule asks for {rule.minimum_rows:,}"
    return replace(found, holds=False, reason=f"{found.reason}; but {behind}")


def closed_on(as_of: date, every: Every) -> date:
    """The last day of the period that was over at the end of that day.

    >>> [str(closed_on(date(2026, 10, 30), every)) for every in EVERY], str(closed_on(date(2026, 10, 31), "month"))
    (['2026-10-30', '2026-10-25', '2026-09-30'], '2026-10-31')
    """
    if every == "week":
        return as_of if as_of.weekday() == 6 else as_of - timedelta(days=as_of.weekday() + 1)
    if every == "month" and not is_month_end(as_of):
        return as_of.replace(day=1) - timedelta(days=1)
    return as_of


@dataclass(frozen=True, slots=True)
class Trial:
    """What a rule would have done over some months. `looks`: how often it would have looked. `spoken`: what it would
    have said. `mute`: why it could not judge on the last day that it could not, and `mute_looks` how often that was.
    `note`: how the trial differs from the rule at work."""

    months: int
    looks: int
    spoken: tuple[Evaluation, ...] = ()
    mute: str = ""
    mute_looks: int = 0
    note: str = ""

    @property
    def words(self) -> str:
        """In a sentence."""
        if not self.looks or self.mute_looks == self.looks:
            return f"Could not have been judged once in {self.months} months"
        times = {0: "Would have stayed quiet", 1: "Would have spoken once", 2: "Would have spoken twice"}
        spoken = times.get(len(self.spoken), f"Would have spoken {len(self.spoken)} times")
        return f"{spoken} in {self.months} months"


def replay(evaluations: Iterable[Evaluation], cool_down_days: int, *, months: int, note: str = "") -> Trial:
    """What an alert would have done, look after look."""
    memory, looks, mute, mute_looks = Memory(), 0, "", 0
    spoken: list[Evaluation] = []
    for found in evaluations:
        looks += 1
        memory, step = advance(memory, found, cool_down_days)
        if step is Step.RAISED:
            spoken.append(found)
        if step is Step.UNDEFINED:
            mute, mute_looks = found.reason, mute_looks + 1
    return Trial(months, looks, tuple(spoken), mute, mute_looks, note)
