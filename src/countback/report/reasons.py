"""Why DSO moved since the month before, as steps that add up exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from countback.core.problem import CountbackError

if TYPE_CHECKING:
    from countback.analytics.opened import Books
    from countback.report.content import Series

LARGEST = 6
SMALLEST = Decimal("0.05")
"""Days below which a step would read as 0.0; it joins the others."""


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of the waterfall. `kind`: `total` for the two ends, `step` between them; `amount` in days."""

    words: str
    kind: str
    amount: Decimal


def why_moved(books: Books, series: Series, dimension: str, asked: Mapping[str, Any]) -> tuple[Step, ...]:
    """The largest contributions, the rest added up, between the two ends; empty where DSO has no value on either date."""
    start, end = series.days[-2:]
    if series.values[-2] is None or series.values[-1] is None:
        return ()
    try:
        rows = books.explain(series.kpi, start=start, end=end, by=dimension, **asked).to_dicts()
    except CountbackError:
        return ()
    steps = [Step(_words(row, dimension), "step", row["contribution"]) for row in rows if row["contribution"]]
    shown = [step for step in steps[:LARGEST] if abs(step.amount) >= SMALLEST]
    rest = sum((step.amount for step in steps[len(shown) :]), Decimal(0))
    middle = [*shown, *([Step("all others", "step", rest)] if rest else [])]
    ends = [Step(f"{day:%b}", "total", value) for day, value in ((start, rows[0]["from"]), (end, rows[0]["to"]))]
    return (ends[0], *middle, ends[1])


def _words(row: Mapping[str, Any], dimension: str) -> str:
    group = row[f"by_{dimension}"] or "(blank)"
    up = row["after"] > row["before"]
    if row["side"] == "numerator":
        return f"{'more' if up else 'less'} open, {group}"
    return f"sales {'up' if up else 'down'}, {group}"
