"""Lines of the report's tables in words, the same on the page and on paper."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from countback.core.aging import UNAPPLIED
from countback.report.content import Content
from countback.report.words import DASH, full_money, money, number

SEGMENT_HEADINGS = ("Open", "Overdue", "Overdue, %", "Over 90, %", "DSO, days")
_PLACES = {"overdue_share": 1, "over_90_share": 2, "dso": 1}


@dataclass(frozen=True, slots=True)
class BucketLine:
    """A bucket: its name, shade (`a0` to `a4`, `au`), short and full amount, and its part of what is owed (0 to 1, and
    in words; nothing for unapplied credit, which is not owed)."""

    name: str
    shade: str
    short: str
    full: str
    part: Decimal
    share: str


def bucket_lines(content: Content) -> list[BucketLine]:
    """The ageing."""
    owed = sum((amount for name, amount in content.aging if name != UNAPPLIED), Decimal(0))
    found = []
    for place, (name, amount) in enumerate(content.aging):
        counted = name != UNAPPLIED and owed > 0
        part = amount / owed if counted else Decimal(0)
        shade = "au" if name == UNAPPLIED else f"a{min(place, 4)}"
        short, full = money(amount, content.currency), full_money(amount, content.currency)
        share = f"{number(part * 100, 1)} %" if counted else ""
        found.append(BucketLine(name, shade, short, full, part, share))
    return found


def segment_lines(content: Content) -> list[list[str]]:
    """The breakdown: a name and a cell for each of SEGMENT_HEADINGS."""
    return [
        [
            part.name,
            full_money(part.values.get("open_receivables") or Decimal(0), content.currency),
            full_money(part.values.get("overdue_receivables") or Decimal(0), content.currency),
            *(_ratio(part.values.get(kpi), places) for kpi, places in _PLACES.items()),
        ]
        for part in content.segments
    ]


def _ratio(value: Decimal | None, places: int) -> str:
    return DASH if value is None else number(value, places)
