"""Tiles: one KPI each, with what changed, against what, and whether that is good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from countback.kpis.catalogue import find
from countback.kpis.kpi import Kpi
from countback.kpis.specification import Specification
from countback.report.words import change_words, day_words, value_words

if TYPE_CHECKING:
    from countback.report.series import Series

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
class Aim:
    """What a figure is compared with, in words, and where that comes from (nowhere, for the reader's own target)."""

    value: Decimal
    words: str
    source: str


@dataclass(frozen=True, slots=True)
class Tile:
    """A KPI as a tile. `value`, `unit`: in words; `exact`: the value; `change`: since the month before, in words, with
    `direction` (-1, 0, 1) and `tone`. `aims`: the target first, then the benchmark. `reason`: why there is no value.
    `days`, `points`: the sparkline."""

    kpi: str
    title: str
    value: str
    unit: str
    exact: Decimal | None
    change: str
    direction: int
    tone: Tone
    aims: tuple[Aim, ...]
    reason: str | None
    specification: Specification
    days: tuple[date, ...]
    points: tuple[Decimal | None, ...]

    @property
    def aim(self) -> Decimal | None:
        """The level to draw: the target's, else the benchmark's."""
        return self.aims[0].value if self.aims else None


def tile(series: Mapping[str, Series], kpi_id: str, targets: Mapping[str, Decimal]) -> Tile:
    """The tile of a KPI from its series."""
    line, kpi = series[kpi_id], find(kpi_id)
    value, unit = value_words(line.values[-1], line.unit)
    change, direction = change_words(line.values[-2], line.values[-1], line.unit)
    return Tile(
        kpi=kpi_id,
        title=line.title,
        value=value,
        unit=unit,
        exact=line.values[-1],
        change=change,
        direction=direction,
        tone=_tone(kpi, direction),
        aims=_aims(kpi, targets.get(kpi_id), line.unit),
        reason=line.reasons[-1],
        specification=kpi.specification,
        days=line.days,
        points=line.values,
    )


def _tone(kpi: Kpi, direction: int) -> Tone:
    if kpi.better is None or not direction:
        return "plain"
    return "good" if (direction > 0) == (kpi.better == "higher") else "bad"


def _aims(kpi: Kpi, target: Decimal | None, unit: str) -> tuple[Aim, ...]:
    def words(name: str, value: Decimal) -> str:
        return f"{name} {' '.join(value_words(value, unit))}".strip()

    aims = [] if target is None else [Aim(target, words("target", target), "")]
    if (known := kpi.benchmark) is not None:
        source = f"{known.source}, {day_words(known.published_on)}"
        aims.append(Aim(known.value, words(known.words, known.value), source))
    return tuple(aims)
