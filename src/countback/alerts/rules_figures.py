"""Rules over one figure: against a value or its target, and against what it was. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from countback.alerts import rules_season
from countback.alerts.rules import Direction, Evaluation, Every, Kind, Rule
from countback.alerts.words import bare, places_apart, title_of, told
from countback.report.words import day_words, month_words

YEAR = 12

Target = Callable[[date], Decimal | None]
"""The target that stands on a date; None where there is none."""


@dataclass(frozen=True, slots=True)
class Point:
    """The figure of one period. `amount`: what is counted above the line. `reason`: why there is no value."""

    as_of: date
    value: Decimal | None
    amount: Decimal | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """A figure over periods that follow one another, oldest first. `currency`: of the amounts above the line."""

    unit: str
    points: tuple[Point, ...]
    currency: str = ""


def looks_back(rule: Rule) -> int:
    """How many periods before the one that is judged the rule needs, or at most makes use of."""
    if rule.kind == Kind.SEASON:
        return rules_season.MOST
    if rule.kind == Kind.CHANGE:
        return YEAR if rule.against == "year" else 1
    return 0


def judge(rule: Rule, series: Series, place: int, target: Target) -> Evaluation:
    """The figure at a place of its series, judged by the rule; all but the number of rows."""
    point = series.points[place]
    if point.value is None:
        why = f": {point.reason}" if point.reason else ""
        return Evaluation(point.as_of, None, f"{title_of(rule.kpi)} has no value{why}", None, series.unit)
    if rule.kind == Kind.THRESHOLD:
        found = _threshold(rule, series, point, point.value, target)
    elif rule.kind == Kind.CHANGE:
        found = _change(rule, series, place, point.value)
    else:
        found = _season(rule, series, place, point.value)
    return _with_enough(rule, series, point, found)


def _found(point: Point, unit: str, holds: bool | None, reason: str) -> Evaluation:
    return Evaluation(point.as_of, holds, reason, point.value, unit)


def _threshold(rule: Rule, series: Series, point: Point, value: Decimal, target: Target) -> Evaluation:
    bound = target(point.as_of) if rule.size is None else rule.size
    title = title_of(rule.kpi)
    if bound is None:
        is_now = f"{title} is {told(value, series.unit)}"
        missing = f"{is_now}, but it has no target on {day_words(point.as_of)}"
        return _found(point, series.unit, None, missing)
    places = places_apart(value, bound, series.unit)
    named = f"{'the target of ' if rule.size is None else ''}{told(bound, series.unit, places)}"
    size = bare(abs(value - bound), series.unit, places)
    apart = f"{size} {_side(value - bound)} {named}" if value != bound else f"exactly {named}"
    holds = value > bound if rule.direction == "above" else value < bound
    reason = f"{title} is {told(value, series.unit, places)}, {apart}; the rule speaks {rule.direction} it"
    return _found(point, series.unit, holds, reason)


def _change(rule: Rule, series: Series, place: int, value: Decimal) -> Evaluation:
    back = YEAR if rule.against == "year" else 1
    before = series.points[place - back] if place >= back else None
    point, title = series.points[place], title_of(rule.kpi)
    is_now = f"{title} is {told(value, series.unit)}"
    if before is None or before.value is None:
        why = f"; there is no value of {_before(rule, point)} to compare with"
        return _found(point, series.unit, None, is_now + why)
    moved = value - before.value
    if rule.per_cent and not before.value:
        why = f"; {_before(rule, point)} it was 0, of which nothing is a per cent"
        return _found(point, series.unit, None, is_now + why)
    if rule.per_cent:
        moved = moved / abs(before.value) * 100
    unit = "%" if rule.per_cent else series.unit
    size = rule.size or Decimal(0)
    places = places_apart(abs(moved), size, unit)
    apart = (
        f"{bare(abs(moved), unit, places)}{' %' if rule.per_cent else ''} {_side(moved)}" if moved else "as"
    )
    was = f"{_before_s(rule, before)} {bare(before.value, series.unit)}"
    reason = f"{is_now}, {apart} {was}; {_speaks(rule, size, unit)}"
    return _found(point, series.unit, _beyond(rule.direction, moved, size), reason)


def _season(rule: Rule, series: Series, place: int, value: Decimal) -> Evaluation:
    point, title = series.points[place], title_of(rule.kpi)
    history = [(each.as_of, each.value) for each in series.points[:place]]
    usual = rules_season.usual(history, point.as_of)
    is_now = f"{title} is {told(value, series.unit)}"
    if isinstance(usual, str):
        return _found(point, series.unit, None, f"{is_now}; {usual}")
    apart = value - usual.value
    bound = usual.spread * (rule.size or 0)
    month = f"{point.as_of:%B}"
    measured = f"{bare(abs(apart), series.unit)} {_side(apart)}" if apart else "just"
    reason = (
        f"{is_now}, {measured} the {bare(usual.value, series.unit)} that is usual for {month}; "
        f"{_speaks(rule, bound, series.unit)}, {bare(rule.size or Decimal(0), '%')} times its usual spread"
    )
    return _found(point, series.unit, _beyond(rule.direction, apart, bound), reason)


def _with_enough(rule: Rule, series: Series, point: Point, found: Evaluation) -> Evaluation:
    if not found.holds or not rule.minimum_amount:
        return found
    behind = abs(point.amount or Decimal(0))
    if behind >= rule.minimum_amount:
        return found
    why = (
        f"only {told(behind, series.currency)} stand behind it, less than the {bare(rule.minimum_amount, '')} "
        "that the rule asks for"
    )
    return replace(found, holds=False, reason=f"{found.reason}; but {why}")


def _beyond(direction: Direction, moved: Decimal, size: Decimal) -> bool:
    if direction == "either":
        return abs(moved) > size
    return moved > size if direction == "above" else -moved > size


def _side(moved: Decimal) -> str:
    return "above" if moved > 0 else "below"


def _speaks(rule: Rule, size: Decimal, unit: str) -> str:
    bound = f"{bare(size, unit)}{' %' if unit == '%' else ''}"
    sides = {
        "above": f"above {bound}",
        "below": f"beyond {bound} downwards",
        "either": f"beyond {bound} either way",
    }
    return f"the rule speaks {sides[rule.direction]}"


_BEFORE: dict[Every, str] = {"day": "the day before", "week": "last week", "month": "last month"}


def _before(rule: Rule, point: Point) -> str:
    """The time that a change is measured against."""
    if rule.against == "year":
        return month_words(point.as_of.replace(day=1, year=point.as_of.year - 1))
    return _BEFORE[rule.every]


def _before_s(rule: Rule, before: Point) -> str:
    return (
        "the"
        if rule.every == "day"
        else f"{month_words(before.as_of)}'s"
        if rule.against == "year"
        else (f"{_BEFORE[rule.every]}'s")
    )
