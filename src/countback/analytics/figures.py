"""Figures: pooled sums through the formulas of the catalogue, one row a KPI, period and group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from countback.analytics.answer import NUMBER, Answer
from countback.analytics.pool import Atom, Key, Pool, Pooler, zero
from countback.analytics.question import Question
from countback.core.money import NO_CURRENCY
from countback.kpis.figure import EXACT, Figure
from countback.kpis.kpi import Kpi
from countback.kpis.measure import Combination

Group = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """One figure: of which KPI, period (index), group and cell, with its pooled sides."""

    kpi: Kpi
    period: int
    by: dict[str, str | None]
    figure: Figure
    numerator: Decimal | None
    denominator: Decimal | None


def compute(pooler: Pooler, question: Question) -> list[Point]:
    """All figures of a question, in the order of the KPIs asked, then period, group and cell."""
    with pooler.engine.lock:
        pooler.lay_down(question)
        pools = {scope: _pool(pooler, question, kpis, *scope) for scope, kpis in _scopes(question).items()}
    return [point for kpi in question.kpis for point in _points(question, kpi, pools[_scope(question, kpi)])]


def answer(pooler: Pooler, question: Question) -> Figures:
    """The figures as a table."""
    points = compute(pooler, question)
    dims = {kpi.id: _dims(question, kpi) + kpi.cells for kpi in question.kpis}
    return Figures(_table(question, points), dims)


def _dims(question: Question, kpi: Kpi) -> tuple[str, ...]:
    return tuple(name for name in question.by_of(kpi) if name not in kpi.cells)


@dataclass(frozen=True, slots=True)
class Figures(Answer):
    """Figures, one row a KPI, period and group. In the table each dimension is a column `by_<name>`; a dict
    has them under
    `by`. `dims`: the dimensions of each KPI."""

    dims: Mapping[str, Group]

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dict a row: kpi, as_of, period_start, period_end, by, value, unit, numerator, denominator, reason."""
        found = []
        for row in self.table.to_pylist():
            by = {name: row[f"by_{name}"] for name in self.dims[row["kpi"]]}
            rest = {name: value for name, value in row.items() if not name.startswith("by_")}
            found.append({name: by if name == "by" else rest[name] for name in COLUMNS})
        return found


COLUMNS = (
    "kpi",
    "as_of",
    "period_start",
    "period_end",
    "by",
    "value",
    "unit",
    "numerator",
    "denominator",
    "reason",
)
"""Columns of figures in their order; `by` stands for those of the dimensions."""


def _scope(question: Question, kpi: Kpi) -> tuple[Any, Any]:
    """Dimensions and filters under which the KPI is pooled: KPIs that share them share queries."""
    return _dims(question, kpi), question.where_of(kpi)


def _scopes(question: Question) -> dict[tuple[Any, Any], list[Kpi]]:
    scopes: dict[tuple[Any, Any], list[Kpi]] = {}
    for kpi in question.kpis:
        scopes.setdefault(_scope(question, kpi), []).append(kpi)
    return scopes


def _pool(pooler: Pooler, question: Question, kpis: list[Kpi], dims: tuple[str, ...], where: Any) -> Pool:
    atoms = {Atom.of(measure, question.params[kpi.id]): None for kpi in kpis for measure in kpi.measures}
    return pooler.pool(question, tuple(atoms), dims, where)


def _points(question: Question, kpi: Kpi, pool: Pool) -> Iterable[Point]:
    dims = _dims(question, kpi)
    sides = {name: _Side.of(side, question.params[kpi.id], pool, kpi) for name, side in kpi.sides.items()}
    keys = _keys(question, kpi, dims, sides)
    for period in question.periods:
        for group, cell in keys[period.index]:
            pooled = {name: side.at(period.index, group, cell) for name, side in sides.items()}
            figure = kpi.compute(pooled, question.params[kpi.id], period.end_on, cell)
            by = dict(zip(dims, group, strict=True)) | dict(zip(kpi.cells, cell, strict=True))
            yield Point(kpi, period.index, by, figure, *_totals(pooled, figure))


def _totals(pooled: Mapping[str, Any], figure: Figure) -> tuple[Decimal | None, Decimal | None]:
    def total(side: str, own: Decimal | None) -> Decimal | None:
        value = pooled.get(side)
        if own is not None or value is None:
            return own
        return sum(value.values(), Decimal(0)) if isinstance(value, Mapping) else value

    return total("numerator", figure.numerator), total("denominator", figure.denominator)


@dataclass(frozen=True, slots=True)
class _Term:
    """One measure of a side: with what weight, its sums, what it is where it has no rows, at which places of the KPI's
    cells its own stand, and whether those are all of them in their order."""

    weight: Decimal
    sums: dict[Key, Any]
    blank: Any
    places: tuple[int, ...]
    in_order: bool

    def at(self, period: int, group: Group, cell: Group) -> Any:
        own = cell if self.in_order else tuple(cell[place] for place in self.places)
        return self.sums.get((period, group, own), self.blank)


@dataclass(frozen=True, slots=True)
class _Side:
    """A side's signed sums, looked up by period, group and cell."""

    terms: list[_Term]

    @classmethod
    def of(cls, side: Combination, params: Mapping[str, Any], pool: Pool, kpi: Kpi) -> _Side:
        terms = []
        for factor, measure in side.terms:
            atom = Atom.of(measure, params)
            places = tuple(kpi.cells.index(cell) for cell in measure.cells)
            weight = Decimal(factor.numerator) / Decimal(factor.denominator)
            in_order = places == tuple(range(len(kpi.cells)))
            terms.append(_Term(weight, pool[atom], zero(atom), places, in_order))
        return cls(terms)

    def at(self, period: int, group: Group, cell: Group) -> Any:
        """The side's value; a mapping where it is a series."""
        first = self.terms[0]
        if len(self.terms) == 1 and first.weight == 1:
            return first.at(period, group, cell)
        weighed = (EXACT.multiply(term.weight, term.at(period, group, cell)) for term in self.terms)
        return sum(weighed, Decimal(0))

    def found(self, cells: int) -> Iterable[tuple[int, Group, Group | None]]:
        """Periods and groups that have rows, with the cell where this side names the whole of it."""
        for term in self.terms:
            places = term.places
            for period, group, cell in term.sums:
                if term.in_order:
                    yield period, group, cell
                elif len(places) == cells:
                    yield period, group, tuple(cell[places.index(place)] for place in range(cells))
                else:
                    yield period, group, None


def _keys(
    question: Question, kpi: Kpi, dims: Group, sides: Mapping[str, _Side]
) -> dict[int, list[tuple[Group, Group]]]:
    """Group and cell of each figure by period, in their order. A group with rows in one period is shown in all."""
    found = {key for side in sides.values() for key in side.found(len(kpi.cells))}
    groups = sorted({group for _, group, _ in found} or (set() if dims else {()}), key=_blank_last)
    wanted = question.cells_of(kpi)
    keys: dict[int, list[tuple[Group, Group]]] = {}
    for period in question.periods:
        every: list[Group] = [*kpi.cells_on(question.params[kpi.id], period.end_on)] if kpi.cells else [()]
        has = {(group, cell) for at, group, cell in found if at == period.index or not every}
        further = {cell for _, cell in has if cell is not None} - set(every)
        cells = [cell for cell in [*every, *sorted(further, key=_blank_last)] if _passes(kpi, cell, wanted)]
        keys[period.index] = [(g, c) for g in groups for c in cells if c not in further or (g, c) in has]
    return keys


def _passes(kpi: Kpi, cell: Group, wanted: Mapping[str, Any]) -> bool:
    named = dict(zip(kpi.cells, cell, strict=True))
    return all(named[name] in values for name, values in wanted.items())


def _blank_last(values: Group) -> Any:
    return [(value is None, value or "") for value in values]


def _table(question: Question, points: list[Point]) -> pa.Table:
    names = list(dict.fromkeys(name for point in points for name in point.by))
    columns: dict[str, pa.Array] = {
        "kpi": pa.array([point.kpi.id for point in points], pa.string()),
        "as_of": pa.array([question.periods[point.period].end_on for point in points], pa.date32()),
        "period_start": pa.array([question.periods[point.period].start_on for point in points], pa.date32()),
        "period_end": pa.array([question.periods[point.period].end_on for point in points], pa.date32()),
        **{f"by_{name}": pa.array([point.by.get(name) for point in points], pa.string()) for name in names},
        "value": _numbers(point.figure.value for point in points),
        "unit": pa.array([unit(question, point) for point in points], pa.string()),
        "numerator": _numbers(point.numerator for point in points),
        "denominator": _numbers(point.denominator for point in points),
        "reason": pa.array([point.figure.reason for point in points], pa.string()),
    }
    return pa.table(columns)


def _numbers(values: Iterable[Decimal | None]) -> pa.Array:
    return pa.array([None if value is None else EXACT.create_decimal(value) for value in values], NUMBER)


def unit(question: Question, point: Point) -> str:
    """The unit of a figure: for money the code of its currency."""
    if point.kpi.unit != "money":
        return point.kpi.unit
    return question.reporting.currency or point.by.get("currency") or NO_CURRENCY
