"""What the pages of worklists show of scores, of who waits and of what moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from countback.worklists.line import Joins, reason_words
from countback.worklists.morning import Morning
from countback.worklists.rules import Ranked

SIGNS = {Joins.ADDS: "+", Joins.TIMES: "×", Joins.PER: "÷"}
MOST_MOVED = 25
"""Places of the list from the top that a preview shows."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A part of a score. `sign`: how it joins those before it; nothing before the first."""

    name: str
    sign: str
    value: str
    words: str
    changes: bool


def parts_of(kept: Sequence[Sequence[str]]) -> list[Shown]:
    """The parts of a line as they were kept: name, how it joins, value, words."""
    found = []
    for place, (name, joins, value, words) in enumerate(kept):
        join, number = Joins(joins), Decimal(value)
        neutral = number == (0 if join is Joins.ADDS else 1)
        written = f"{number:,.2f}" if join is Joins.ADDS else f"{number.normalize():f}"
        found.append(Shown(name.replace("_", " "), SIGNS[join] if place else "", written, words, not neutral))
    return found


@dataclass(frozen=True, slots=True)
class Waits:
    """A customer on no list. `words`: why."""

    customer_id: str
    name: str
    amount: Decimal
    currency: str
    reason: str
    words: str


def waiting_of(found: Morning, reason: str) -> list[Waits]:
    """Who waits, or waits for that reason; most overdue first."""
    listed = [
        Waits(one.candidate.customer_id, one.candidate.name, one.candidate.overdue, one.candidate.currency,
              one.reason.value, reason_words(one))
        for one in found.waiting if not reason or one.reason.value == reason
    ]  # fmt: skip
    return sorted(listed, key=lambda one: (-one.amount, one.customer_id))


@dataclass(frozen=True, slots=True)
class Moved:
    """A customer in a preview. `place`, `before`: from 1; None: was not ranked; `up`: by how many places it rose."""

    place: int
    before: int | None
    customer_id: str
    name: str
    score: Decimal
    up: int


def moves(after: Morning, moved: Mapping[str, tuple[int | None, int | None]]) -> list[Moved]:
    """The top of the list as it would be, with where each stood."""
    return [_moved(place, one, moved) for place, one in enumerate(after.ranked[:MOST_MOVED], 1)]


def _moved(place: int, one: Ranked, moved: Mapping[str, tuple[int | None, int | None]]) -> Moved:
    number = one.candidate.customer_id
    before = moved[number][0] if number in moved else place
    return Moved(place, before, number, one.candidate.name, one.score, (before or place) - place)
