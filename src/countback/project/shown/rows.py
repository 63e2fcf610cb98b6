"""The rows behind a figure as tables: one for each side, columns that say nothing left out, the sum below."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from countback.analytics.answer import Answer
from countback.project.asked import BLANK
from countback.project.shown.figures import MOST_ROWS
from countback.project.shown.grid import Column, Grid, screen_width, width
from countback.project.shown.numbers import shown

_WORDS = {
    "left_out": "left out",
    "row": "what",
    "row_id": "id",
    "invoice_id": "invoice",
    "customer_id": "customer",
}
_KEPT = ("row", "row_id", "amount")
"""Columns that are shown even where they say the same in every row."""

_FIRST_TO_GO = ("invoice_id", "currency", "issued_on", "happened_on", "customer_id")
"""Columns that are left out where the screen is too narrow, in this order, and said to be."""

_REASON_WIDTH = 24
"""Room that a reason needs at least; it is folded."""


def row_grids(answer: Answer, unit: str | None) -> list[Grid]:
    """The tables of the rows. `unit`: currency of the amounts, None where they have several."""
    import pyarrow.compute as pc

    grids = []
    for side in ("numerator", "denominator", "left_out"):
        table = answer.table.filter(pc.equal(answer.table["side"], side))
        if table.num_rows:
            grids.append(_side(side, table, unit))
    return grids or [Grid("", [], [], notes=["no rows: nothing makes the figure, and nothing was left out"])]


def _side(side: str, table: Any, unit: str | None) -> Grid:
    first = table.slice(0, MOST_ROWS)
    names = [name for name in table.column_names if name != "side" and _tells(table, name)]
    same = [name for name in names if name not in _KEPT and table.num_rows > 1 and _constant(table, name)]
    cells = {
        name: [_cell(value, unit) for value in first[name].to_pylist()] for name in names if name not in same
    }
    dropped = _for_room(cells)
    columns = [Column(_heading(name), number=name == "amount", whole=name != "reason") for name in cells]
    everywhere = [
        f"every row: {', '.join(f'{_heading(name)} {_cell(table[name][0].as_py(), unit)}' for name in same)}"
    ]
    room = [f"not shown for want of room: {', '.join(map(_heading, dropped))}; --format csv has all columns"]
    notes = [*_sums(table, unit), *everywhere * bool(same), *room * bool(dropped), *_more(table.num_rows)]
    return Grid(_WORDS.get(side, side), columns, list(zip(*cells.values(), strict=True)), notes=notes)


def _for_room(cells: dict[str, list[str]]) -> list[str]:
    """Take out of `cells` what the screen has no room for; the names of what went."""
    dropped = []
    widths = {name: width([_heading(name), *column]) for name, column in cells.items()} | (
        {"reason": _REASON_WIDTH} if "reason" in cells else {}
    )
    for name in _FIRST_TO_GO:
        if sum(widths.values()) + len(widths) <= screen_width():
            break
        if name in cells:
            dropped.append(name)
            del cells[name], widths[name]
    return dropped


def _tells(table: Any, name: str) -> bool:
    """Whether the column says something that no column before it says."""
    if table[name].null_count == table.num_rows:
        return False
    if name == "invoice_id":
        return not table[name].equals(table["row_id"])
    return name != "happened_on" or not any(
        table[name].equals(table[other]) for other in ("issued_on", "due_on")
    )


def _constant(table: Any, name: str) -> bool:
    import pyarrow.compute as pc

    return bool(table[name].null_count == 0 and pc.count_distinct(table[name]).as_py() == 1)


def _heading(name: str) -> str:
    return _WORDS.get(name, name.removesuffix("_on"))


def _cell(value: Any, unit: str | None) -> str:
    if isinstance(value, Decimal):
        return shown(value, unit)
    return BLANK if value is None else str(value)


def _sums(table: Any, unit: str | None) -> Iterator[str]:
    """The sum of all rows, by currency where they have several."""
    by = [] if unit else ["currency"]
    for row in table.group_by(by).aggregate([("amount", "sum"), ("amount", "count")]).to_pylist():
        count, of = row["amount_count"], unit or row.get("currency") or ""
        yield f"{count:,} row{'s' * (count != 1)}, sum {shown(row['amount_sum'], of or None)} {of}".rstrip()


def _more(count: int) -> list[str]:
    if count <= MOST_ROWS:
        return []
    return [f"The {MOST_ROWS:,} largest are shown; --format csv or --out FILE.xlsx gives all {count:,}."]
