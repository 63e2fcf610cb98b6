"""The lists of one morning, with their lines; and the same again with other weights, before anybody decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from countback.worklists.candidate import ZERO, Candidate
from countback.worklists.hand_out import Absence, Handed, Handful, How, LeftOver, hand_out, stand_ins_on
from countback.worklists.line import Line, line_of
from countback.worklists.rules import NOTHING_KNOWN, Effects, Ranked, Reason, Waiting, ranking
from countback.worklists.strategy import Strategy


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of a list, and how it came there."""

    line: Line
    how: How


@dataclass(frozen=True, slots=True)
class Worklist:
    """A collector's day, best first. `amount`: overdue of all its customers; `expected`: cash that working through it
    is expected to bring forward. `left_over`: the collector's customers that did not fit."""

    collector: str
    capacity_minutes: int
    minutes: int
    amount: Decimal
    expected: Decimal
    customers: tuple[Handed, ...]
    left_over: LeftOver
    as_of: date

    def lines(self) -> tuple[Listed, ...]:
        """The list line by line, in words. Made when asked for: a preview of everybody's lists needs few of them."""
        return tuple(Listed(line_of(one.ranked, as_of=self.as_of), one.how) for one in self.customers)


@dataclass(frozen=True, slots=True)
class Morning:
    """Everybody's lists. `ranked`: all who could be contacted, best first, on a list or left over. `left_over`:
    customers of nobody who is here, that fitted nowhere. `waiting`: who is not to be contacted today, each with the
    reason. Lists, what is left over and who waits are together all candidates, each once."""

    strategy: Strategy
    as_of: date
    lists: tuple[Worklist, ...]
    left_over: LeftOver
    waiting: tuple[Waiting, ...]
    ranked: tuple[Ranked, ...]

    @property
    def reasons(self) -> dict[Reason, int]:
        """How many wait for each reason, of those that anybody waits for."""
        counted = Counter(one.reason for one in self.waiting)
        return {reason: counted[reason] for reason in Reason if counted[reason]}


def morning(
    candidates: Iterable[Candidate],
    strategy: Strategy,
    *,
    as_of: date,
    collectors: Collection[str],
    capacities: Mapping[str, int] | None = None,
    absences: Sequence[Absence] = (),
    effects: Effects = NOTHING_KNOWN,
) -> Morning:
    """The lists of a day. `collectors`: those who work lists; `capacities`: minutes of those whose day is not the
    strategy's. A preview is this with another strategy, such as `with_weights` gives, on the same candidates."""
    ranks = ranking(candidates, strategy, as_of=as_of, effects=effects)
    minutes = dict.fromkeys(collectors, strategy.capacity_minutes) | dict(capacities or {})
    handed = hand_out(ranks.ranked, minutes, stand_ins=stand_ins_on(absences, as_of))
    lists = tuple(_worklist(one, as_of) for one in handed.lists)
    return Morning(strategy, as_of, lists, handed.left_over, ranks.waiting, ranks.ranked)


def _worklist(handful: Handful, as_of: date) -> Worklist:
    ranked = [one.ranked for one in handful.customers]
    return Worklist(
        collector=handful.collector,
        capacity_minutes=handful.capacity_minutes,
        minutes=handful.minutes,
        amount=sum((one.candidate.overdue for one in ranked), ZERO),
        expected=sum((one.expected for one in ranked), ZERO),
        customers=handful.customers,
        left_over=handful.left_over,
        as_of=as_of,
    )


def moved(before: Morning, after: Morning) -> dict[str, tuple[int | None, int | None]]:
    """Customer -> its place among all who are ranked before and after, from 1, where the two differ; None: not ranked.
    What a preview shows."""
    old, new = _places(before), _places(after)
    differ = (customer for customer in {**new, **old} if old.get(customer) != new.get(customer))
    return {customer: (old.get(customer), new.get(customer)) for customer in differ}


def _places(one: Morning) -> dict[str, int]:
    return {ranked.candidate.customer_id: number for number, ranked in enumerate(one.ranked, 1)}
