"""Why a figure moved, as a table: what each side of each group added to the change, and that it adds up."""

from __future__ import annotations

from decimal import Decimal

from countback.analytics.answer import Answer
from countback.kpis.figure import EXACT
from countback.project.asked import BLANK
from countback.project.shown.figures import MOST_ROWS
from countback.project.shown.grid import Column, Grid
from countback.project.shown.numbers import shown


def explained_grid(answer: Answer) -> Grid:
    """The table of an explanation."""
    rows = answer.to_dicts()
    dims = [name for name in answer.table.column_names if name.startswith("by_")]
    one_side = len({row["side"] for row in rows}) == 1
    names = [name.removeprefix("by_") for name in dims] + ([] if one_side else ["side"])
    columns = [Column(name) for name in names] + [
        Column(name, number=True) for name in ("before", "after", "contribution")
    ]
    body = []
    for row in rows[:MOST_ROWS]:
        head = [BLANK if row[name] is None else row[name] for name in dims] + (
            [] if one_side else [row["side"]]
        )
        moved = shown(row["contribution"], row["unit"], signed=True)
        body.append([*head, shown(row["before"]), shown(row["after"]), moved])
    notes = [_sum(rows)] if rows else ["no groups: the books hold nothing of it on either date"]
    if len(rows) > MOST_ROWS:
        notes.append(f"{MOST_ROWS:,} of {len(rows):,} rows are shown; --format csv gives them all.")
    return Grid("", columns, body, notes=notes)


def _sum(rows: list[dict[str, object]]) -> str:
    total = Decimal(0)
    for row in rows:
        total = EXACT.add(total, row["contribution"])  # type: ignore[arg-type]
    unit = str(rows[0]["unit"])
    return f"The contributions sum to {shown(total, unit, signed=True)} {unit}, the whole change."
