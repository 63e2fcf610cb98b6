"""The rows behind a figure: what counted above the line, what below it, and what was left out and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from countback.analytics.answer import Answer
from countback.analytics.rows import SIDES, Side
from countback.core.problem import Misuse
from countback.dashboards.asked import Asked
from countback.dashboards.filters import title
from countback.dashboards.kpis_breakdown import params_of
from countback.dashboards.links import customer_page
from countback.dashboards.remembered import remembered
from countback.dashboards.settling import reporting_currency
from countback.dashboards.words import plainly, written
from countback.kpis.facts import ROW
from countback.kpis.kpi import Kpi
from countback.ledger.figures import Figures
from countback.report.words import DASH, day_words

PAGE = 100
"""Rows of a page; the export has all."""

FEW = 15
"""Rows at the foot of a KPI's page."""

SIDE_WORDS: Mapping[Side, str] = {
    "numerator": "Above the line",
    "denominator": "Below the line",
    "left_out": "Left out",
}

NAME = "customer_name"
"""Column that pages and exports add to the engine's."""

WORDS = {"happened_on": "On", "issued_on": "Issued", "due_on": "Due", "currency": "Currency"}


@dataclass(frozen=True, slots=True)
class Tab:
    """One side: its words, what counts, its address; `amount` and `exact`: its sum, where it is known."""

    side: Side
    words: str
    counts: str
    href: str
    current: bool
    amount: str = ""
    exact: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it is shown: cells in the order of the headings, and what it adds."""

    kind: str
    id: str
    name: str
    customer: str
    customer_page: str
    invoice: str
    invoice_page: str
    cells: tuple[str, ...]
    amount: str
    exact: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Total:
    """The figure whose rows these are: `value` None where there is none, or where the rows are of several figures."""

    value: Decimal | None
    words: str
    unit: str
    reason: str
    numerator: Decimal | None
    denominator: Decimal | None


@dataclass(frozen=True, slots=True)
class Shown:
    """One page of one side. `apart`: whether rows name an invoice beside themselves. `adds_up`: whether the rows' sum
    is that side of the figure, to the last digit."""

    side: Side
    total: Total
    tabs: tuple[Tab, ...]
    headings: tuple[str, ...]
    apart: bool
    rows: tuple[Row, ...]
    count: int
    first: int
    sum: str
    exact: Decimal
    unit: str
    adds_up: bool
    page: int
    pages: int

    @property
    def last(self) -> int:
        """The place of the last row that is shown."""
        return self.first + len(self.rows) - 1


def side_of(kpi: Kpi, asked: Asked) -> Side:
    """The asked side; above the line where none is asked. Raises Misuse for one that the figure does not have."""
    text = dict(asked.own).get("side") or "numerator"
    for side in sides_of(kpi):
        if side == text:
            return side
    raise Misuse(
        f"the rows of {kpi.id} were not shown", f"it has no side {text!r}", f"use {', '.join(sides_of(kpi))}"
    )


def sides_of(kpi: Kpi) -> tuple[Side, ...]:
    """The sides that the figure has."""
    there = {
        "numerator": True,
        "denominator": kpi.denominator is not None,
        "left_out": kpi.left_out is not None,
    }
    return tuple(side for side in SIDES if there[side])


def ask_rows(figures: Figures, kpi: Kpi, asked: Asked, side: Side) -> Answer:
    """All rows of a side, the largest amounts first, with the customers' names."""
    params = params_of(kpi, asked)
    table = figures.rows(kpi.id, side=side, params=params, **asked.arguments()).table
    place = table.column_names.index("customer_id")
    ids = table["customer_id"]
    names = figures.customer_names(ids.unique().drop_null().to_pylist())
    if names:
        known = pa.array(list(names), pa.string())
        told = pa.array(list(names.values()), pa.string()).take(pc.index_in(ids.combine_chunks(), known))
    else:
        told = pa.nulls(table.num_rows, pa.string())
    return Answer(table.add_column(place + 1, NAME, told))


def total_of(figures: Figures, kpi: Kpi, asked: Asked) -> Total:
    """The figure itself, from the engine; of several (a table of which no one cell is asked) their sides added up."""
    found = figures.kpis(kpi.id, params=params_of(kpi, asked), **asked.arguments()).to_dicts()
    unit = found[0]["unit"] if found else kpi.unit
    if len(found) == 1:
        row = found[0]
        words = written(row["value"], unit)
        return Total(row["value"], words, unit, row["reason"] or "", row["numerator"], row["denominator"])
    return Total(None, DASH, unit, "" if found else "there is nothing of it", None, None)


def shown_rows(figures: Figures, kpi: Kpi, asked: Asked, *, size: int = PAGE) -> Shown:
    """One page of the asked side, made once until the books move."""
    return remembered(figures, ("rows", kpi.id, asked, size), lambda: _shown(figures, kpi, asked, size))


def _shown(figures: Figures, kpi: Kpi, asked: Asked, size: int) -> Shown:
    side, total = side_of(kpi, asked), total_of(figures, kpi, asked)
    answer = ask_rows(figures, kpi, asked, side)
    pages = max(1, -(-len(answer) // size))
    page = _page(dict(asked.own).get("page", ""), pages)
    first = (page - 1) * size
    part = answer.table.slice(first, size)
    added = pc.sum(answer.table["amount"]).as_py() or Decimal(0)
    own = total.numerator if side == "numerator" else total.denominator if side == "denominator" else None
    unit = reporting_currency(figures, asked) if _money(kpi, side) else ""
    names = _columns(part, unit)
    return Shown(
        side=side,
        total=total,
        tabs=tuple(_tab(kpi, asked, one, side, total) for one in sides_of(kpi)),
        headings=tuple(WORDS.get(name, title(name)) for name in names),
        apart=any(row["invoice_id"] not in (None, row["row_id"]) for row in part.to_pylist()),
        rows=tuple(_row(row, names, asked, unit) for row in part.to_pylist()),
        count=len(answer),
        first=first + 1,
        sum=_amount(added, unit),
        exact=added,
        unit=unit,
        adds_up=own is not None and own == added,
        page=page,
        pages=pages,
    )


def _page(text: str, pages: int) -> int:
    number = int(text) if text.isdecimal() and len(text) < 9 else 1 if not text else 0
    if not 1 <= number <= pages:
        raise Misuse(
            "the rows were not shown", f"there is no page {text!r}", f"choose a page of 1 to {pages}"
        )
    return number


def _tab(kpi: Kpi, asked: Asked, side: Side, current: Side, total: Total) -> Tab:
    exact = {"numerator": total.numerator, "denominator": total.denominator, "left_out": None}[side]
    combination = kpi.sides.get(side)
    counts = combination.words if combination else kpi.left_out.words if kpi.left_out else ""
    return Tab(
        side=side,
        words=SIDE_WORDS[side],
        counts=counts,
        href=asked.here(side=side) + "#rows",
        current=side == current,
        amount=plainly(exact) if exact is not None else "",
        exact=exact,
    )


def _money(kpi: Kpi, side: Side) -> bool:
    """Whether the side's amounts are money, and so in the reporting currency."""
    combination = kpi.sides.get(side)
    measures = [term for _, term in combination.terms] if combination else [kpi.left_out]
    return all(measure is not None and measure.money for measure in measures)


def _amount(value: Decimal, unit: str) -> str:
    return written(value, unit) if unit else plainly(value)


def _columns(table: pa.Table, unit: str) -> tuple[str, ...]:
    """What is shown beside the row itself, its customer and invoice: dates, and whatever cuts the figure, as far as any
    row of the page has it. The currency of a row only where one is converted."""
    fixed = {"side", "row", "row_id", "invoice_id", "customer_id", NAME, "amount", "reason"}
    if set(table["currency"].to_pylist()) <= {unit}:
        fixed.add("currency")
    dates = [name for name in ROW if name.endswith("_on")]
    further = [name for name in table.column_names if name not in fixed and name not in dates]
    return tuple(name for name in (*dates, *further) if table[name].null_count < table.num_rows)


def _row(row: Mapping[str, Any], names: Sequence[str], asked: Asked, unit: str) -> Row:
    customer, invoice = row["customer_id"] or "", row["invoice_id"] or ""
    page = customer_page(customer, asked)
    return Row(
        kind=title(row["row"]),
        id=row["row_id"] or "",
        name=row[NAME] or customer,
        customer=customer if row[NAME] else "",
        customer_page=page,
        invoice=invoice,
        invoice_page=f"{page}#invoice-{invoice}" if page and invoice else "",
        cells=tuple(_words(row[name]) for name in names),
        amount=_amount(row["amount"], unit),
        exact=row["amount"],
        reason=row["reason"] or "",
    )


def _words(value: Any) -> str:
    if isinstance(value, date):
        return day_words(value)
    return DASH if value is None else str(value)
