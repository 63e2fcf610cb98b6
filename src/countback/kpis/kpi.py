"""A KPI: a formula over pooled measures, specified by its docstring. One file of the catalogue each."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from countback.core.problem import Misuse
from countback.kpis.figure import Figure
from countback.kpis.measure import Combination, Measure
from countback.kpis.specification import Specification, read_specification

Unit = Literal["money", "days", "%", "times", "count"]
Better = Literal["higher", "lower"]

EveryCell = Callable[..., list[tuple[str, ...]]]
"""Names all cells of a table: takes the parameters, and the period's last day as `end_on` if it names it."""

GIVEN = frozenset({"end_on", "cell"})
"""Keyword arguments of a formula that are given to it and are no parameters."""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A published value to compare with, with its source and date."""

    value: Decimal
    words: str
    source: str
    published_on: date


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure of the catalogue.

    `formula`: takes the pooled numerator, the denominator if there is one, and the parameters by keyword (and
    `end_on`, the period's last day, and `cell`, the values of its cells by name, if it names them). A side that is a
    series comes as a mapping. `left_out`: rows that were considered and not counted, with a column `reason`.
    `cells`: dimensions of the table that the figure is (empty: one value). `every_cell`: names all cells under given
    parameters (and `end_on`, if it names it), so that an empty one is shown. `explainable`: whether the figure is a
    plain ratio or sum, so that its change splits exactly.
    """

    id: str
    formula: Callable[..., Figure | Decimal]
    unit: Unit
    better: Better | None
    numerator: Combination
    denominator: Combination | None
    left_out: Measure | None
    cells: tuple[str, ...]
    benchmark: Benchmark | None
    params: Mapping[str, Any]
    specification: Specification
    annotations: Mapping[str, Any] = field(repr=False, default_factory=dict)
    wants: frozenset[str] = frozenset()
    every_cell: EveryCell | None = None
    explainable: bool = True

    @property
    def title(self) -> str:
        """First line of the docstring."""
        return self.specification.title

    @property
    def sides(self) -> dict[str, Combination]:
        """The sides by name."""
        both = {"numerator": self.numerator}
        return both | ({"denominator": self.denominator} if self.denominator else {})

    @property
    def measures(self) -> list[Measure]:
        """Every measure of both sides."""
        return [term for side in self.sides.values() for _, term in side.terms]

    def settle(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters, defaults where none was given; text is read by the parameter's type. Raises Misuse."""
        unknown = sorted(set(given) - set(self.params))
        if unknown:
            known = ", ".join(self.params) or "none"
            raise Misuse(
                f"{self.id} was not computed",
                f"it has no parameter {unknown[0]!r}",
                f"its parameters: {known}",
            )
        chosen = {name: self._read(name, value) for name, value in given.items()}
        return dict(self.params) | chosen

    def _read(self, name: str, value: Any) -> Any:
        wanted = self.annotations[name]
        try:
            return read_value(value, wanted)
        except (ValueError, InvalidOperation) as error:
            raise Misuse(
                f"{self.id} was not computed",
                f"{value!r} is no value of its parameter {name}",
                describe(wanted),
            ) from error

    def cells_on(self, params: Mapping[str, Any], end_on: date) -> list[tuple[str, ...]]:
        """All cells that the figure has on that date, in their order; empty where it shows those with rows."""
        if self.every_cell is None:
            return []
        dated = "end_on" in inspect.signature(self.every_cell).parameters
        return self.every_cell(params, end_on=end_on) if dated else self.every_cell(params)

    def compute(
        self,
        pooled: Mapping[str, Any],
        params: Mapping[str, Any],
        end_on: date,
        cell: tuple[str | None, ...] = (),
    ) -> Figure:
        """The figure for pooled sides `{"numerator": …, "denominator": …}`, in a table of one of its cells."""
        known = {"end_on": end_on, "cell": dict(zip(self.cells, cell, strict=False))}
        given = dict(params) | {name: known[name] for name in self.wants}
        outcome = self.formula(*(pooled[side] for side in self.sides), **given)
        return outcome if isinstance(outcome, Figure) else Figure(outcome)


def read_value(value: Any, wanted: Any) -> Any:
    """A parameter's value of the wanted type, read from text where it comes as text. ValueError where it is none."""
    origin = typing.get_origin(wanted)
    if origin in (types.UnionType, typing.Union):
        options = [option for option in typing.get_args(wanted) if option is not type(None)]
        return None if value in (None, "none", "") else read_value(value, options[0])
    if origin is Literal:
        if str(value) not in typing.get_args(wanted):
            raise ValueError(value)
        return str(value)
    if origin is tuple:
        items = value.split(",") if isinstance(value, str) else list(value)
        inner = typing.get_args(wanted)[0]
        return tuple(read_value(item, inner) for item in items)
    return _read_single(value, wanted)


def _read_single(value: Any, wanted: Any) -> Any:
    if wanted is bool:
        words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        if str(value).lower() not in words:
            raise ValueError(value)
        return words[str(value).lower()]
    if wanted is Decimal:
        number = Decimal(str(value))
        if not number.is_finite():
            raise ValueError(value)
        return number
    if wanted is date:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    if wanted is int:
        whole = int(str(value))
        if not -100_000 <= whole <= 100_000:
            raise ValueError(value)
        return whole
    return str(value)


def describe(wanted: Any) -> str:
    """What a parameter takes, in words."""
    origin = typing.get_origin(wanted)
    if origin is Literal:
        return "use " + " or ".join(map(str, typing.get_args(wanted)))
    if origin is tuple:
        return "give numbers separated by commas"
    names = {
        bool: "true or false",
        Decimal: "a decimal number",
        int: "a whole number",
        date: "a date as 2024-01-31",
    }
    return f"give {names.get(wanted, 'a word')}"


def kpi(
    *,
    unit: Unit,
    numerator: Measure | Combination,
    denominator: Measure | Combination | None = None,
    better: Better | None = None,
    left_out: Measure | None = None,
    benchmark: Benchmark | None = None,
    explainable: bool = True,
    every_cell: EveryCell | None = None,
) -> Callable[[Callable[..., Figure | Decimal]], Kpi]:
    """Make a formula a KPI of the catalogue. The formula's keyword-only arguments are its parameters."""

    def wrap(formula: Callable[..., Figure | Decimal]) -> Kpi:
        signature = inspect.signature(formula).parameters.values()
        keywords = [p for p in signature if p.kind is p.KEYWORD_ONLY]
        hints = typing.get_type_hints(formula)
        top = Combination.of(numerator)
        bottom = None if denominator is None else Combination.of(denominator)
        return Kpi(
            id=formula.__name__,
            formula=formula,
            unit=unit,
            better=better,
            numerator=top,
            denominator=bottom,
            left_out=left_out,
            cells=_cells(top, bottom),
            benchmark=benchmark,
            params={p.name: p.default for p in keywords if p.name not in GIVEN},
            specification=read_specification(inspect.getdoc(formula) or ""),
            annotations=hints,
            wants=GIVEN & {p.name for p in keywords},
            every_cell=every_cell,
            explainable=explainable,
        )

    return wrap


def _cells(*sides: Combination | None) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for side in sides:
        for _, term in side.terms if side else ():
            found |= dict.fromkeys(term.cells)
    return tuple(found)
