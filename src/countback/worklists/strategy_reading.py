"""Reads a strategy from TOML: all that is wrong in a file is told at once, each with its key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from countback.core.aging import Buckets
from countback.core.problem import CountbackError, Misuse, Problem
from countback.worklists.strategy import (
    CONTACT_DAYS,
    HIGHEST_WEIGHT,
    LOWEST_WEIGHT,
    Act,
    ActRule,
    Bound,
    Effort,
    Fact,
    Scales,
    Segment,
    Strategy,
    Thresholds,
    Values,
    Weights,
)

SHIPPED = files(__package__) / "strategies"
CODE = "strategy"
ONE, DAY_MINUTES, YEAR_DAYS, LARGEST = Decimal(1), 24 * 60, 365, Decimal(10) ** 12
OVERRIDDEN = ("effect", "weights", "scales", "ages", "thresholds", "acts", "rules")
"""What a segment may say anew."""


class UnableToReadStrategy(CountbackError):
    """A strategy was not taken; `problems` has all that is wrong in its file."""

    def __init__(self, file: str, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        told = "; ".join(f"{problem.column or 'the file'}: {problem.what}" for problem in problems)
        super().__init__(f"the strategy of {file} was not read", told, problems[0].remedy)


def find_strategy(name: str = "standard") -> Strategy:
    """A strategy that is shipped. Raises Misuse with those there are."""
    if name not in shipped():
        raise Misuse(
            "no worklist was made",
            f"there is no strategy {name!r}",
            f"use one of {', '.join(shipped())}, or write one",
        )
    return _shipped(name)


def shipped() -> tuple[str, ...]:
    """Names of the strategies that are shipped, sorted."""
    return tuple(
        sorted(one.name.removesuffix(".toml") for one in SHIPPED.iterdir() if one.name.endswith(".toml"))
    )


@cache
def _shipped(name: str) -> Strategy:
    return read_strategy((SHIPPED / f"{name}.toml").read_text(encoding="utf-8"), file=f"{name}.toml")


def read_strategy(text: str, *, file: str) -> Strategy:
    """The strategy of a TOML text. `file`: what to call it in messages. Raises UnableToReadStrategy."""
    try:
        content = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        broken = Problem("refused", CODE, file, None, None, f"it is no TOML ({error})", "mend its syntax")
        raise UnableToReadStrategy(file, [broken]) from error
    whole = _Part(file, "", content, [])
    strategy = _strategy(whole)
    if whole.problems:
        raise UnableToReadStrategy(file, whole.problems)
    return strategy


def _strategy(whole: _Part) -> Strategy:
    name, words = whole.text("name"), whole.text("words")
    capacity = whole.whole_number("capacity_minutes", 1, DAY_MINUTES)
    content = {key: whole.content[key] for key in OVERRIDDEN if key in whole.content}
    standard = _values(_Part(whole.file, "", content, whole.problems))
    listed = whole.parts("segments")
    whole.nothing_else("name", "words", "capacity_minutes", *OVERRIDDEN, "segments")
    sound = not whole.problems  # else each problem of the whole would be told again for each segment
    segments = tuple(_segment(part, content) for part in listed) if sound else ()
    return Strategy(name, words, capacity, standard, segments)


def _segment(part: _Part, standard: Mapping[str, Any]) -> Segment:
    part.nothing_else("where", *OVERRIDDEN)
    where = part.part("where")
    if len(where.content) != 1:
        where.wrong("", "it names no dimension, or several", 'write one, as where = { segment = "small" }')
    dimension = next(iter(where.content), "")
    merged = _merged(standard, {key: part.content[key] for key in OVERRIDDEN if key in part.content})
    values = _values(_Part(part.file, part.place, merged, part.problems))
    return Segment(dimension, where.text(dimension) if dimension else "", values)


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """What is said anew takes the place of what was said before, table by table; a list as a whole."""
    result = dict(under)
    for key, value in over.items():
        before = result.get(key)
        both = isinstance(before, dict) and isinstance(value, dict)
        result[key] = _merged(before or {}, value) if both else value
    return result


def _values(part: _Part) -> Values:
    return Values(
        part.number("effect", Decimal(0), ONE),
        _weights(part.part("weights")),
        _scales(part.part("scales")),
        _ages(part.part("ages")),
        _thresholds(part.part("thresholds")),
        _efforts(part.part("acts")),
        _rules(part),
    )


def _weights(part: _Part) -> Weights:
    names = [one.name for one in fields(Weights)]
    part.nothing_else(*names)
    return Weights(**{name: part.number(name, LOWEST_WEIGHT, HIGHEST_WEIGHT) for name in names})


def _scales(part: _Part) -> Scales:
    part.nothing_else("days_beyond_terms", "silent_days", "limit_used")
    return Scales(
        part.whole_number("days_beyond_terms", 1, YEAR_DAYS),
        part.whole_number("silent_days", 1, YEAR_DAYS),
        part.number("limit_used", Decimal(0), HIGHEST_WEIGHT),
    )


def _ages(part: _Part) -> tuple[Decimal, ...]:
    part.nothing_else(*Buckets().overdue)
    return tuple(part.number(bucket, Decimal(0), ONE) for bucket in Buckets().overdue)


def _thresholds(part: _Part) -> Thresholds:
    part.nothing_else(*(one.name for one in fields(Thresholds)))
    return Thresholds(
        part.number("smallest_amount", Decimal(0), LARGEST),
        part.whole_number("days_between_contacts", 0, CONTACT_DAYS),
        part.whole_number("contact_cap", 1, CONTACT_DAYS),
        part.whole_number("contact_cap_days", 1, CONTACT_DAYS),
    )


def _efforts(part: _Part) -> dict[Act, Effort]:
    part.nothing_else(*Act)
    return {act: _effort(part.part(act)) for act in Act}


def _effort(part: _Part) -> Effort:
    part.nothing_else("minutes", "reach", "due_days")
    return Effort(
        part.whole_number("minutes", 1, DAY_MINUTES),
        part.number("reach", Decimal(0), HIGHEST_WEIGHT),
        part.whole_number("due_days", 0, YEAR_DAYS),
    )


def _rules(part: _Part) -> tuple[ActRule, ...]:
    rules = tuple(_rule(one) for one in part.parts("rules"))
    if not rules or rules[-1].when:
        part.wrong(
            "rules", "the last rule does not hold for all", 'end with a rule that has an act and no "when"'
        )
    return rules


def _rule(part: _Part) -> ActRule:
    part.nothing_else("act", "when")
    act = part.text("act")
    if act and act not in list(Act):
        part.wrong("act", f"{act!r} is no act", f"use one of {', '.join(Act)}")
    when = part.part("when") if "when" in part.content else _Part(part.file, "", {}, part.problems)
    when.nothing_else(*Fact)
    bounds = tuple(_bound(Fact(name), when.part(name)) for name in when.content if name in list(Fact))
    return ActRule(Act(act) if act in list(Act) else Act.CALL, bounds)


def _bound(fact: Fact, part: _Part) -> Bound:
    part.nothing_else("from", "to")
    if not part.content:
        part.wrong("", "it bounds nothing", "write { from = 1 }, { to = 9 } or both")
    least, most = (
        part.number(side, -LARGEST, LARGEST) if side in part.content else None for side in ("from", "to")
    )
    return Bound(fact, least, most)


@dataclass(frozen=True, slots=True)
class _Part:
    """A table of the file, and where it stands there. A value that is wrong becomes a problem and a stand-in: reading
    goes on, so that all problems are told at once."""

    file: str
    place: str
    content: Mapping[str, Any]
    problems: list[Problem] = field(repr=False)

    def wrong(self, key: str, what: str, remedy: str) -> None:
        """Notes what is wrong with a key; "": with the table itself."""
        self.problems.append(Problem("refused", CODE, self.file, None, self._key(key), what, remedy))

    def number(self, key: str, least: Decimal, most: Decimal) -> Decimal:
        """A number between two, both included."""
        value = self.content.get(key)
        sound = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
        if not sound or not (Decimal(value or 0).is_finite() and least <= (value or 0) <= most):
            self.wrong(key, self._said(value, "number"), f"write a number from {least:f} to {most:f}")
            return least
        return Decimal(value or 0)

    def whole_number(self, key: str, least: int, most: int) -> int:
        """A whole number between two, both included."""
        value = self.content.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.wrong(key, self._said(value, "whole number"), f"write a whole number from {least} to {most}")
            return least
        return value

    def text(self, key: str) -> str:
        """A text that is not blank."""
        value = self.content.get(key)
        if not isinstance(value, str) or not value.strip():
            self.wrong(key, self._said(value, "text"), f'write {key} = "…"')
            return ""
        return value

    def part(self, key: str) -> _Part:
        """A table within. Where there is none an empty one stands in, of which nothing more is told."""
        value = self.content.get(key)
        if not isinstance(value, dict):
            self.wrong(key, self._said(value, "table"), f"write {key} as a table")
            return _Part(self.file, self._key(key), {}, [])
        return _Part(self.file, self._key(key), value, self.problems)

    def parts(self, key: str) -> list[_Part]:
        """The tables of a list, numbered from 1; none where the key is missing."""
        value = self.content.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.wrong(key, self._said(value, "list of tables"), f"write [[{key}]] before each")
            return []
        place = self._key(key)
        return [_Part(self.file, f"{place}[{n}]", one, self.problems) for n, one in enumerate(value, 1)]

    def nothing_else(self, *known: str) -> None:
        """Notes keys that nobody reads."""
        for key in self.content:
            if key not in known:
                self.wrong(key, "nothing reads this key", f"use one of {', '.join(known)}")

    def _key(self, key: str) -> str:
        return ".".join(part for part in (self.place, key) if part)

    @staticmethod
    def _said(value: Any, wanted: str) -> str:
        return "it is missing" if value is None else f"{str(value)!r} is no {wanted} that can stand here"
