"""A measure: which rows count, with what amount, for which of the asked periods. Nothing else.

A measure is written once, as a function of `Facts`; from it come the sum (pooled by period and dimension) and the rows.
Measures add and subtract, so that a formula's numerator such as `open + sales - open_later` is a set of signed rows.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from countback.kpis.facts import Table

SERIES = "series"
"""Column of a measure whose sums are asked per value of it and handed to the formula as a mapping."""

CELL = "cell_"
"""Prefix of columns that cut a measure into the cells of a table (ageing buckets, months of entry)."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Named rows. `rows`: function of Facts (and parameters by keyword) that gives a table with `period`,
    `amount`, and what the
    relations carried. `money`: whether amounts are money, to be converted into the reporting currency. `words`: what
    counts, for people. `bucketed`: whether its rows have an ageing bucket.
    """

    name: str
    rows: Callable[..., Table]
    words: str
    money: bool = True
    cells: tuple[str, ...] = ()
    series: bool = False
    bucketed: bool = False
    accepts: frozenset[str] = field(default_factory=frozenset)

    def __call__(self, facts: Any, **params: Any) -> Table:
        """The rows of this measure under those of the parameters that it knows."""
        return self.rows(facts, **self.own(params))

    def own(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Those of the parameters that this measure knows."""
        return {name: value for name, value in params.items() if name in self.accepts}

    def __add__(self, other: Measure | Combination) -> Combination:
        return Combination.of(self) + other

    def __sub__(self, other: Measure | Combination) -> Combination:
        return Combination.of(self) - other

    def __mul__(self, factor: Fraction) -> Combination:
        return Combination(((factor, self),))


@dataclass(frozen=True, slots=True)
class Combination:
    """A signed sum of measures."""

    terms: tuple[tuple[Fraction, Measure], ...]

    @classmethod
    def of(cls, side: Measure | Combination) -> Combination:
        """The side itself, as a combination."""
        return side if isinstance(side, Combination) else cls(((Fraction(1), side),))

    def __add__(self, other: Measure | Combination) -> Combination:
        return Combination(self.terms + Combination.of(other).terms)

    def __sub__(self, other: Measure | Combination) -> Combination:
        return Combination(
            self.terms + tuple((-factor, term) for factor, term in Combination.of(other).terms)
        )

    def __mul__(self, factor: Fraction) -> Combination:
        return Combination(tuple((factor * own, term) for own, term in self.terms))

    @property
    def words(self) -> str:
        """The terms in words, joined by their signs."""
        text = ""
        for factor, term in self.terms:
            sign = "- " if factor < 0 else "+ "
            size = "" if abs(factor) == 1 else f"{abs(factor)} x "
            text += f" {sign}{size}{term.words}"
        return text.strip().removeprefix("+ ")


def measure(
    words: str,
    *,
    money: bool = True,
    cells: tuple[str, ...] = (),
    series: bool = False,
    bucketed: bool = False,
) -> Callable[[Callable[..., Table]], Measure]:
    """Make a function of Facts a Measure. `cells`: names of its `cell_` columns; `series`: it has a column `series`."""

    def wrap(rows: Callable[..., Table]) -> Measure:
        accepts = frozenset(list(inspect.signature(rows).parameters)[1:])
        return Measure(rows.__name__, rows, words, money, cells, series, bucketed, accepts)

    return wrap
