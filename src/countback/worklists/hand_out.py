"""Who gets which customer: each to its collector, the others fairly, and no list longer than the day.

Customers are gone through once, best first. One whose collector is here goes to them; one whose collector is away goes
to the substitute; one without a collector, or whose collector is away without a substitute, goes to whoever has most
minutes left. One that no longer fits is left over, and a shorter act after it may still fit: a list is never above its
capacity. The same customers, people and absences give the same lists.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from heapq import heapify, heappop, heappush

from countback.core.problem import Misuse
from countback.worklists.candidate import ZERO
from countback.worklists.rules import Ranked


class How(StrEnum):
    """How a customer came onto a list."""

    OWN = "own"
    SUBSTITUTED = "substituted"
    SHARED = "shared out"


@dataclass(frozen=True, slots=True)
class Absence:
    """A collector who is away from one day to another, both included. `substitute` None: their customers are shared
    out. A substitute who is away too is stood in for by their own."""

    collector: str
    from_on: date
    to_on: date
    substitute: str | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """A customer on somebody's list, and how it came there."""

    ranked: Ranked
    how: How


@dataclass(frozen=True, slots=True)
class LeftOver:
    """Customers that did not fit, best first, and what they owe that is overdue."""

    customers: tuple[Ranked, ...]
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Handful:
    """One collector's customers of a day, best first. `minutes`: that they are expected to take, at most
    `capacity_minutes`. `left_over`: theirs, or of those they stand in for, that did not fit."""

    collector: str
    capacity_minutes: int
    customers: tuple[Handed, ...]
    left_over: LeftOver

    @property
    def minutes(self) -> int:
        """What the customers on the list are expected to take."""
        return sum(one.ranked.minutes for one in self.customers)


@dataclass(frozen=True, slots=True)
class HandOut:
    """Every collector's customers, by collector; those who are away have none. `left_over`: of nobody's customers, what
    did not fit anywhere."""

    lists: tuple[Handful, ...]
    left_over: LeftOver


def hand_out(
    ranked: Sequence[Ranked], capacities: Mapping[str, int], *, stand_ins: Mapping[str, str | None]
) -> HandOut:
    """Hands out customers that are in order, best first. `capacities`: collector -> minutes of the day; a collector who
    is not named there is nobody. `stand_ins`: who is away -> who does their work, as `stand_ins_on` gives it. Raises
    Misuse for a capacity below zero."""
    for collector, minutes in capacities.items():
        if minutes < 0:
            raise Misuse("nothing was handed out", f"{collector} has {minutes} minutes", "give 0 or more")
    here = {collector: minutes for collector, minutes in capacities.items() if collector not in stand_ins}
    desks = _Desks(here)
    for one in ranked:
        owner = one.candidate.collector
        now = stand_ins.get(owner, owner) if owner is not None else None
        if now in here:
            desks.give(one, now, How.OWN if now == owner else How.SUBSTITUTED)
        else:
            desks.share(one)
    lists = (
        Handful(who, here[who], tuple(desks.lists[who]), left_over(desks.too_many[who]))
        for who in sorted(here)
    )
    return HandOut(tuple(lists), left_over(desks.shared))


def left_over(customers: Sequence[Ranked]) -> LeftOver:
    """These, with the sum of what they owe that is overdue."""
    return LeftOver(tuple(customers), sum((one.candidate.overdue for one in customers), ZERO))


def stand_ins_on(absences: Collection[Absence], day: date) -> dict[str, str | None]:
    """Who is away on a day -> who does their work; None: nobody in particular. A chain of people who are all away ends
    with nobody. Where two absences of one person overlap, the one that began last counts."""
    away = {
        one.collector: one.substitute
        for one in sorted(absences, key=lambda one: (one.from_on, one.to_on, one.substitute or ""))
        if one.from_on <= day <= one.to_on
    }
    return {collector: _first_here(collector, away) for collector in sorted(away)}


def _first_here(collector: str, away: Mapping[str, str | None]) -> str | None:
    seen = {collector}
    found = away[collector]
    while found is not None and found in away:
        if found in seen:
            return None
        seen.add(found)
        found = away[found]
    return found


class _Desks:
    """What lies on each desk while customers are handed out."""

    def __init__(self, minutes: Mapping[str, int]) -> None:
        self.left = dict(minutes)
        self.lists: dict[str, list[Handed]] = {collector: [] for collector in minutes}
        self.too_many: dict[str, list[Ranked]] = {collector: [] for collector in minutes}
        self.shared: list[Ranked] = []
        self._most = [(-left, collector) for collector, left in minutes.items()]
        heapify(self._most)

    def give(self, one: Ranked, collector: str, how: How) -> None:
        """To that collector, if it fits."""
        if one.minutes > self.left[collector]:
            self.too_many[collector].append(one)
            return
        self._lay(one, collector, how)

    def share(self, one: Ranked) -> None:
        """To whoever has most minutes left, the first by name among several; if it fits."""
        freest = self._freest()
        if freest is None or one.minutes > self.left[freest]:
            self.shared.append(one)
            return
        self._lay(one, freest, How.SHARED)

    def _lay(self, one: Ranked, collector: str, how: How) -> None:
        self.left[collector] -= one.minutes
        self.lists[collector].append(Handed(one, how))
        heappush(self._most, (-self.left[collector], collector))

    def _freest(self) -> str | None:
        """What stands in the heap from before somebody got more work is dropped when it comes up."""
        while self._most and -self._most[0][0] != self.left[self._most[0][1]]:
            heappop(self._most)
        return self._most[0][1] if self._most else None
