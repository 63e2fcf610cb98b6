"""Why DSO moved since the month before, as steps that add up exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from countback.core.problem import CountbackError
from countback.report.words import tick_words

if TYPE_CHECKING:
    from countback.analytics.opened import Books
    from countback.report.series import Series

LARGEST = 6
SMALLEST = Decimal("0.05")
"""Days below which a step would read as 0.0; it joins the others."""


@dataclass(frozen=True, slots=True)
class Step:
    """One bar of the waterfall. `kind`: `total` for the two ends, `step` between them; `amount` in days."""

    words: str
    kind: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Why:
    """The steps from one end to the other by a dimension, or the reason why there are none."""

    by: str
    steps: tuple[Step, ...]
    reason: str = ""


def why_moved(books: Books, series: Series, dimension: str, asked: Mapping[str, Any]) -> Why:
    """The largest contributions, the rest added up, between the two ends."""
    start, end = series.days[-2:]
    if series.values[-2] is None or series.values[-1] is None:
        return Why(dimension, (), "DSO has no value on both dates")
    try:
        rows = books.explain(series.kpi, start=start, end=end, by=dimension, **asked).to_dicts()
    except CountbackError as error:
        return Why(dimension, (), error.why)
    moved = [row for row in rows if row["contribution"]]
    few = [row for row in moved[:LARGEST] if abs(row["contribution"]) >= SMALLEST]
    named = _names(books, dimension, [row[f"by_{dimension}"] for row in few])
    steps = [Step(_words(row, named(row[f"by_{dimension}"])), "step", row["contribution"]) for row in few]
    rest = sum((row["contribution"] for row in moved[len(few) :]), Decimal(0))
    others = [Step("all others", "step", rest)] if rest else []
    return Why(dimension, (_end(start, rows[0]["from"]), *steps, *others, _end(end, rows[0]["to"])))


def _end(day: date, value: Decimal) -> Step:
    return Step(tick_words(day), "total", value)


def _names(books: Books, dimension: str, groups: Sequence[str | None]) -> Callable[[str | None], str]:
    """How groups are called: customers by name, with the number where two have the same."""
    names = books.customer_names([group for group in groups if group]) if dimension == "customer" else {}
    shared = [name for name in names.values() if list(names.values()).count(name) > 1]

    def named(group: str | None) -> str:
        if not group:
            return "(blank)"
        name = names.get(group, group)
        return f"{name} ({group})" if name in shared else name

    return named


def _words(row: Mapping[str, Any], group: str) -> str:
    up = row["after"] > row["before"]
    if row["side"] == "numerator":
        return f"{'more' if up else 'less'} open, {group}"
    return f"sales {'up' if up else 'down'}, {group}"
