"""Rows behind a figure: what makes its numerator, its denominator, and what was left out and why."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

import ibis

from countback.analytics.answer import Answer
from countback.analytics.facts import BookFacts
from countback.analytics.figures import compute
from countback.analytics.pool import Pooler
from countback.analytics.question import Question
from countback.kpis.facts import ROW, Table
from countback.kpis.kpi import Kpi
from countback.kpis.measure import SERIES, Measure

Side = Literal["numerator", "denominator", "left_out"]
SIDES: tuple[Side, ...] = ("numerator", "denominator", "left_out")

USED = "used"
"""Table of the question: which values of a series counted, by group; a NULL value stands for all of them."""


def rows(pooler: Pooler, question: Question, side: Side | None = None) -> Answer:
    """The rows of the question's one KPI over its one period. Columns: side, what the row is, its ids and dates,
    currency,
    dimensions and cells, `amount` (its contribution: the sum over a side is the figure's), `reason` (of what is
    left out)."""
    kpi = question.kpis[0]
    dims = tuple(name for name in question.by_of(kpi) if name not in kpi.cells)
    with pooler.engine.lock:
        _lay_down_used(pooler, question, kpi, dims)
        pooler.lay_down(question)
        terms = [term for term in _terms(kpi) if side in (None, term[0])]
        if not terms:
            return Answer(_nothing(dims, kpi))

        def whole(facts: BookFacts) -> Table:
            parts = [_part(pooler, question, facts, kpi, *term) for term in terms]
            every = parts[0] if len(parts) == 1 else ibis.union(*parts)
            ordered = every.order_by(["side_order", "amount_order", "row_id", "amount"])
            return ordered.drop("side_order", "amount_order")

        settled = tuple(sorted(question.params[kpi.id].items()))
        about = ("rows", kpi.id, side, settled, question.reporting)
        scope = pooler.scope(question, dims, question.where_of(kpi))
        scope = replace(scope, cells=tuple(question.cells_of(kpi).items()))
        return Answer(pooler.engine.run(pooler.compiled(about, scope, whole, full=True)))


def _terms(kpi: Kpi) -> list[tuple[Side, Measure, Fraction]]:
    found: list[tuple[Side, Measure, Fraction]] = []
    for name in SIDES[:2]:
        combination = kpi.sides.get(name)
        found += [(name, measure, factor) for factor, measure in (combination.terms if combination else ())]
    if kpi.left_out is not None:
        found.append(("left_out", kpi.left_out, Fraction(1)))
    return found


def _lay_down_used(pooler: Pooler, question: Question, kpi: Kpi, dims: tuple[str, ...]) -> None:
    """Which values of a series counted in which group, as a table of the question; nothing where the figure has no
    series."""
    if not any(measure.series for measure in kpi.measures):
        return
    found: list[tuple[str | None, ...]] = []
    for point in compute(pooler, question):
        group = tuple(point.by[name] for name in dims)
        values = [None] if point.figure.used is None else map(str, point.figure.used)
        found += [(*group, value) for value in values]
    pooler.engine.ask(USED, _used_columns(dims), dict.fromkeys(found))


def _used_columns(dims: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    return dict.fromkeys([*(f"used_{name}" for name in dims), f"used_{SERIES}"], ("VARCHAR", "string"))


def _counted(pooler: Pooler, table: Table, dims: tuple[str, ...]) -> Table:
    """The rows of a series that counted in their group."""
    used = pooler.engine.asked(USED, _used_columns(dims))
    value = used[f"used_{SERIES}"]
    same = [table[f"dim_{name}"].identical_to(used[f"used_{name}"]) for name in dims]
    return table.semi_join(used, [*same, value.isnull() | (value == table[SERIES].cast("string"))])


def _part(
    pooler: Pooler,
    question: Question,
    facts: BookFacts,
    kpi: Kpi,
    side: Side,
    measure: Measure,
    factor: Fraction,
) -> Table:
    table = measure(facts, **question.params[kpi.id])
    if measure.series:
        table = _counted(pooler, table, facts.dims)
    for name, values in facts.scope.cells:
        if name in measure.cells:
            table = table.filter(table[f"cell_{name}"].isin([value for value in values if value is not None]))
    table = pooler.converted(table, question.reporting, measure)
    weight = Decimal(factor.numerator) / Decimal(factor.denominator)
    amount = table.amount.cast("decimal(38, 14)")
    if weight != 1:
        amount = (amount * ibis.literal(weight, type="decimal(38, 14)")).cast("decimal(38, 14)")
    reason = table.reason if side == "left_out" else ibis.null("string")
    columns: dict[str, Any] = {"side": ibis.literal(side)}
    columns |= {name: _column(table, name) for name in ROW}
    columns |= {"currency": _column(table, "dim_currency" if "currency" in facts.dims else "currency")}
    columns |= {name: table[f"dim_{name}"] for name in facts.dims if name not in columns}
    columns |= {name: _cell(table, name) for name in kpi.cells}
    columns |= {"amount": amount, "reason": reason}
    columns |= {"side_order": ibis.literal(SIDES.index(side)), "amount_order": -amount.abs()}
    return table.select(**columns)


def _column(table: Table, name: str) -> Any:
    kind = "date" if name.endswith("_on") else "string"
    return table[name].cast(kind) if name in table.columns else ibis.null(kind)


def _cell(table: Table, name: str) -> Any:
    return table[f"cell_{name}"].cast("string") if f"cell_{name}" in table.columns else ibis.null("string")


def _nothing(dims: tuple[str, ...], kpi: Kpi) -> Any:
    import pyarrow as pa

    dates = {name: pa.date32() for name in ROW if name.endswith("_on")}
    names = ["side", *ROW, "currency", *dims, *kpi.cells, "amount", "reason"]
    fields = [
        (name, dates.get(name, pa.decimal128(38, 14) if name == "amount" else pa.string())) for name in names
    ]
    return pa.schema(fields).empty_table()
