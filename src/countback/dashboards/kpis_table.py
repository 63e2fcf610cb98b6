"""KPIs that are tables: ageing, roll rates, recovery by cohort. One or two cells name a value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from countback.dashboards.asked import Asked
from countback.dashboards.filters import title, value_title
from countback.dashboards.kpis_breakdown import params_of, share_bar
from countback.dashboards.links import NOTHING, Cell, rows_page
from countback.dashboards.remembered import remembered
from countback.dashboards.words import behind, plainly, written
from countback.kpis.kpi import Kpi
from countback.ledger.figures import Figures


@dataclass(frozen=True, slots=True)
class TableLine:
    """One line: its name, its cells."""

    name: str
    cells: tuple[Cell, ...]
    bar: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """The figure as a table: of one cell a list with its sides, of two a matrix. `corner`: what its lines are."""

    corner: str
    headings: tuple[str, ...]
    lines: tuple[TableLine, ...]
    unit: str
    across: str = ""


def ask_table(figures: Figures, kpi: Kpi, asked: Asked) -> list[dict[str, Any]]:
    """Every cell, asked once until the books move."""
    question = ("table", kpi.id, asked.as_of, asked.where, asked.currency, asked.every, asked.params)

    def found() -> list[dict[str, Any]]:
        return figures.kpis(kpi.id, params=params_of(kpi, asked), **asked.arguments()).to_dicts()

    return remembered(figures, question, found)


def table_of(figures: Figures, kpi: Kpi, asked: Asked) -> Table:
    """The table of a page."""
    rows = ask_table(figures, kpi, asked)
    unit = rows[0]["unit"] if rows else kpi.unit
    if len(kpi.cells) == 2:
        return _matrix(kpi, asked, rows, unit)
    return _list(kpi, asked, rows, unit)


def _list(kpi: Kpi, asked: Asked, rows: list[dict[str, Any]], unit: str) -> Table:
    headings = [f"Value{behind(unit)}"]
    headings += ["Numerator", "Denominator"] if kpi.denominator is not None else []
    most = max((abs(row["value"]) for row in rows if row["value"] is not None), default=None)
    cell = kpi.cells[0]
    lines = []
    for row in rows:
        cells = [_cell(kpi, asked, row)]
        if kpi.denominator is not None:
            cells += [_side(kpi, asked, row, side) for side in ("numerator", "denominator")]
        bar = share_bar(row["value"], most) if most else ""
        lines.append(TableLine(value_title(row["by"][cell]), tuple(cells), bar))
    return Table(title(cell), tuple(headings), tuple(lines), unit)


def _matrix(kpi: Kpi, asked: Asked, rows: list[dict[str, Any]], unit: str) -> Table:
    down, across = kpi.cells
    columns = tuple(dict.fromkeys(row["by"][across] for row in rows))
    by_line: dict[str | None, dict[str | None, dict[str, Any]]] = {}
    for row in rows:
        by_line.setdefault(row["by"][down], {})[row["by"][across]] = row
    lines = tuple(
        TableLine(
            value_title(name),
            tuple(_cell(kpi, asked, cells[column]) if column in cells else NOTHING for column in columns),
        )
        for name, cells in by_line.items()
    )
    return Table(title(down), tuple(value_title(column) for column in columns), lines, unit, title(across))


def _cell(kpi: Kpi, asked: Asked, row: dict[str, Any]) -> Cell:
    return Cell(
        written(row["value"], row["unit"]), row["value"], _rows(kpi, asked, row, "value"), row["reason"] or ""
    )


def _side(kpi: Kpi, asked: Asked, row: dict[str, Any], side: str) -> Cell:
    return Cell(plainly(row[side]), row[side], _rows(kpi, asked, row, side))


def _rows(kpi: Kpi, asked: Asked, row: dict[str, Any], column: str) -> str:
    """The rows of a cell's value or side; nothing where there is none, or a blank cell, which no filter names."""
    within = {cell: row["by"][cell] for cell in kpi.cells}
    if row[column] is None or None in within.values():
        return ""
    return rows_page(kpi.id, asked, within, params=asked.params, side=None if column == "value" else column)
