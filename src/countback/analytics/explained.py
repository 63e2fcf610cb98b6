"""Explaining figures of books: pools a figure by group on two dates and hands the sides to `kpis.explain`."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa

from countback.analytics.answer import NUMBER, Answer
from countback.analytics.figures import Point, compute, unit
from countback.analytics.pool import Pooler
from countback.analytics.question import Question
from countback.core.problem import CountbackError, Misuse
from countback.kpis.explain import Contribution, Sides, explain
from countback.kpis.kpi import Kpi


class UnableToExplain(CountbackError):
    """The change of a figure could not be split."""


def explained(pooler: Pooler, before: Question, after: Question) -> Answer:
    """Contributions to the change between two questions that differ only by date, the largest first. Columns: kpi,
    unit,
    from, to, `by_…`, side, before, after (that side), contribution. Their sum is `to` less `from`, to ten decimals."""
    kpi = after.kpis[0]
    refuse_what_is_no_ratio(kpi)
    whole = [_whole(pooler, question) for question in (before, after)]
    sides = [_by_group(pooler, question) for question in (before, after)]
    _refuse_what_counts_twice(kpi, whole, sides)
    scale = _scale(kpi, after)
    values = [point.figure.value or Decimal(0) for point in whole]
    change = values[1] - values[0]
    parts = explain(sides[0], sides[1], scale=scale, is_sum=kpi.denominator is None, change=change)
    return Answer(_table(after, whole, parts))


def refuse_what_is_no_ratio(kpi: Kpi) -> None:
    """Raise Misuse for figures whose change does not split into numerators and denominators."""
    if not kpi.explainable or any(measure.series for measure in kpi.measures) or kpi.cells:
        raise Misuse(
            f"the change of {kpi.id} was not explained",
            "it is no plain sum or ratio of groups",
            "explain dso, overdue_share or another ratio instead",
        )


def _whole(pooler: Pooler, question: Question) -> Point:
    """The ungrouped figure; with several currencies and no reporting currency there is none."""
    points = compute(pooler, _without_groups(question))
    if len(points) != 1:
        raise UnableToExplain(
            f"the change of {question.kpis[0].id} was not explained",
            "the books hold several currencies and no rates lead to one",
            "name the reporting currency, or filter with where currency",
        )
    point = points[0]
    if point.figure.value is None:
        raise UnableToExplain(
            f"the change of {point.kpi.id} was not explained",
            f"it has no value on {question.periods[-1].end_on}: {point.figure.reason}",
            "choose dates on which it has one",
        )
    return point


def _refuse_what_counts_twice(
    kpi: Kpi, whole: list[Point], sides: list[dict[tuple[str | None, ...], Sides]]
) -> None:
    """Raise UnableToExplain where groups do not sum to the whole: a customer with invoices of two groups counts in
    both."""
    for point, groups in zip(whole, sides, strict=True):
        top = sum((group.numerator for group in groups.values()), Decimal(0))
        bottom = sum((group.denominator for group in groups.values()), Decimal(0))
        if top != point.numerator or (point.denominator is not None and bottom != point.denominator):
            raise UnableToExplain(
                f"the change of {kpi.id} was not explained",
                "its groups do not sum to the whole: what it counts can belong to several of them",
                "explain it by a dimension of customers, such as segment",
            )


def _without_groups(question: Question) -> Question:
    return Question(
        question.kpis,
        question.periods,
        (),
        question.where,
        question.known_at,
        question.reporting,
        question.params,
    )


def _by_group(pooler: Pooler, question: Question) -> dict[tuple[str | None, ...], Sides]:
    found = {}
    for point in compute(pooler, question):
        below = Decimal(1) if point.denominator is None else point.denominator
        found[tuple(point.by.values())] = Sides(point.numerator or Decimal(0), below)
    return found


def _scale(kpi: Kpi, question: Question) -> Fraction:
    """What the ratio is multiplied with: read from the formula itself, for a numerator equal to its denominator."""
    if kpi.denominator is None:
        return Fraction(1)
    sides: dict[str, Any] = {"numerator": Decimal(1), "denominator": Decimal(1)}
    value = kpi.compute(sides, question.params[kpi.id], question.periods[-1].end_on).value
    return Fraction(value or Decimal(0))


def _table(question: Question, whole: list[Point], parts: list[Contribution]) -> pa.Table:
    count = len(parts)
    names = list(question.by)

    def same(value: Decimal | None) -> pa.Array:
        return pa.array([value] * count, NUMBER)

    columns: dict[str, pa.Array] = {
        "kpi": pa.array([question.kpis[0].id] * count, pa.string()),
        "unit": pa.array([unit(question, whole[1])] * count, pa.string()),
        "from": same(whole[0].figure.value),
        "to": same(whole[1].figure.value),
    }
    for place, name in enumerate(names):
        columns[f"by_{name}"] = pa.array([part.group[place] for part in parts], pa.string())
    columns["side"] = pa.array([part.side for part in parts], pa.string())
    columns["before"] = pa.array([part.before for part in parts], NUMBER)
    columns["after"] = pa.array([part.after for part in parts], NUMBER)
    columns["contribution"] = pa.array([part.contribution for part in parts], NUMBER)
    return pa.table(columns)
