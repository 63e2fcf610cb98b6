"""Tiles: one KPI each, with what changed, against what, and whether that is good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from countback.kpis.catalogue import find
from countback.kpis.kpi import Kpi
from countback.report.words import change_words, day_words, value_words

if TYPE_CHECKING:
    from countback.report.content import Series

HEADLINE = (
    "open_receivables",
    "overdue_share",
    "dso",
    "collection_effectiveness_index",
    "promise_kept_rate",
    "cost_of_collection",
)
SECOND = (
    "dso_countback",
    "best_possible_dso",
    "over_90_share",
    "average_days_to_pay",
    "days_beyond_terms",
    "bad_debt_ratio",
)

SHORT = {
    "dso": "DSO",
    "dso_countback": "DSO, count-back",
    "best_possible_dso": "Best possible DSO",
    "collection_effectiveness_index": "CEI",
}
"""What people call a figure, where its full title is long."""

Tone = Literal["good", "bad", "plain"]


@dataclass(frozen=True, slots=True)
class Tile:
    """A KPI as a tile. `value`, `unit`: in words; `change`: since the month before, with `direction` (-1, 0, 1) and `tone`.
    `aims`: targets and benchmarks in words; `aim`: the target, else the benchmark, for the sparkline. `reason`: why there is no value."""

    kpi: str
    title: str
    value: str
    unit: str
    exact: Decimal | None
    change: str
    direction: int
    tone: Tone
    aims: tuple[str, ...]
    aim: Decimal | None
    reason: str | None
    summary: str
    formula: str
    source: str
    no_value_when: str
    days: tuple[date, ...]
    points: tuple[Decimal | None, ...]


def tile(
    series: Mapping[str, Series], kpi_id: str, targets: Mapping[str, Decimal], missing: str | None = None
) -> Tile:
    """The tile of a KPI from its series. `missing`: the table that the books lack to say anything about it."""
    line, kpi = series[kpi_id], find(kpi_id)
    if missing is not None:
        nothing = (None,) * len(line.values)
        line = replace(line, values=nothing, reasons=(f"the books hold no {missing.replace('_', '-')}",) * len(nothing))
    value, unit = value_words(line.values[-1], line.unit)
    change, direction = change_words(line.values[-2], line.values[-1], line.unit)
    target = targets.get(kpi_id)
    benchmark = kpi.benchmark.value if kpi.benchmark else None
    return Tile(
        kpi=kpi_id,
        title=line.title,
        value=value,
        unit=unit,
        exact=line.values[-1],
        change=change,
        direction=direction,
        tone=_tone(kpi, direction),
        aims=_aims(kpi, target, line.unit),
        aim=target if target is not None else benchmark,
        reason=line.reasons[-1],
        summary=kpi.specification.summary,
        formula=kpi.specification["Formula"],
        source=kpi.specification["Source"],
        no_value_when=kpi.specification["No value when"],
        days=line.days,
        points=line.values,
    )


def _tone(kpi: Kpi, direction: int) -> Tone:
    if kpi.better is None or not direction:
        return "plain"
    return "good" if (direction > 0) == (kpi.better == "higher") else "bad"


def _aims(kpi: Kpi, target: Decimal | None, unit: str) -> tuple[str, ...]:
    aims = []
    if target is not None:
        aims.append(f"target {' '.join(value_words(target, unit)).strip()}")
    if kpi.benchmark is not None:
        value = " ".join(value_words(kpi.benchmark.value, unit)).strip()
        aims.append(f"{kpi.benchmark.words} {value} ({kpi.benchmark.source}, {day_words(kpi.benchmark.published_on)})")
    return tuple(aims)
