"""The ageing table: one line a group and currency, one column a bucket, unapplied credit outside the sequence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from countback.core.aging import CURRENT, UNAPPLIED
from countback.dashboards.customers_listing import Sort
from countback.report.words import number

FIRST = ("customer", "collector", "segment", "region", "entity", "parent", "currency")
"""Dimensions that are offered first to group by."""

NAME, TOTAL = "name", "total"
WORDS = (NAME,)
"""Columns that are sorted from A."""

ZERO = Decimal(0)
SHADES = 4
"""Shades of overdue, from quiet to alarming: `a1` to `a4`."""

Amounts = Mapping[str, Decimal]
"""Bucket -> amount."""


@dataclass(frozen=True, slots=True)
class Group:
    """One line: the value of the dimension (None: blank), its name for people, and what is open by bucket, in one
    currency."""

    value: str | None
    name: str
    currency: str
    amounts: Amounts

    @property
    def total(self) -> Decimal:
        """All buckets: what is open, less unapplied credit."""
        return sum(self.amounts.values(), ZERO)


@dataclass(frozen=True, slots=True)
class AgingTable:
    """The whole table. `buckets`: its columns in their order. `totals`: sums of each currency by bucket; no sum mixes
    two. `apart`: whether a group stands in a line of its own for each currency, as nothing converts them."""

    by: str
    buckets: tuple[str, ...]
    groups: tuple[Group, ...]
    totals: Mapping[str, Amounts]
    apart: bool = False

    def sorted(self, sort: Sort) -> list[Group]:
        """The groups by a bucket, the total or the name; equal ones by name."""

        def value(group: Group) -> object:
            if sort.column == NAME:
                return _by_name(group)
            return group.total if sort.column == TOTAL else group.amounts[sort.column]

        return sort.apply(self.groups, value, _by_name)


def _by_name(group: Group) -> tuple[bool, str, str, str]:
    """Blank last; names without regard to case."""
    return group.value is None, group.name.casefold(), group.value or "", group.currency


def laid_out(
    by: str, buckets: tuple[str, ...], groups: tuple[Group, ...], *, apart: bool = False
) -> AgingTable:
    """The table of these groups, with the totals of each currency."""
    totals: dict[str, dict[str, Decimal]] = {}
    for group in groups:
        sums = totals.setdefault(group.currency, dict.fromkeys(buckets, ZERO))
        for bucket in buckets:
            sums[bucket] += group.amounts[bucket]
    return AgingTable(by, buckets, groups, dict(sorted(totals.items())), apart)


def title(bucket: str, by_date: str) -> str:
    """The head of a column. By date of issue, what is `current` was issued on the day itself.

    >>> title("current", "due"), title("current", "issued"), title("1-30", "due"), title("over 90", "due")
    ('Not due', 'That day', '1–30', 'Over 90')
    """
    if bucket == CURRENT:
        return "Not due" if by_date == "due" else "That day"
    return bucket[:1].upper() + bucket[1:].replace("-", "–")


def shades(buckets: tuple[str, ...]) -> dict[str, str]:
    """The colour of each bucket by name: `a0` for what is not due, then from quiet to alarming, `au` outside of it.

    >>> shades(("current", "1-30", "31-60", "61-90", "over 90", "unapplied"))
    {'current': 'a0', '1-30': 'a1', '31-60': 'a2', '61-90': 'a3', 'over 90': 'a4', 'unapplied': 'au'}
    >>> list(shades(("current", "1-45", "over 45")).values())
    ['a0', 'a1', 'a4']
    """
    overdue = [bucket for bucket in buckets if bucket not in (CURRENT, UNAPPLIED)]
    steps = max(1, len(overdue) - 1)
    found = {CURRENT: "a0", UNAPPLIED: "au"}
    found |= {bucket: f"a{1 + round(place * (SHADES - 1) / steps)}" for place, bucket in enumerate(overdue)}
    return {bucket: found[bucket] for bucket in buckets}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a bar: where it begins and how wide it is, of 100."""

    bucket: str
    shade: str
    x: str
    width: str


def bar(amounts: Amounts) -> tuple[Stretch, ...]:
    """What is open, by bucket, as parts of 100; unapplied credit lies outside. Empty where nothing is open."""
    open_ones = {bucket: amount for bucket, amount in amounts.items() if bucket != UNAPPLIED and amount > 0}
    whole = sum(open_ones.values(), ZERO)
    colors = shades(tuple(amounts))
    found, begun = [], ZERO
    for bucket, amount in open_ones.items():
        start, begun = begun, begun + amount
        x, end = (100 * edge / whole for edge in (start, begun))
        found.append(Stretch(bucket, colors[bucket], f"{x:.2f}", f"{end - x:.2f}"))
    return tuple(found)


def shares(amounts: Amounts) -> dict[str, str]:
    """Each bucket as per cent of what is open, in words; none for unapplied credit, and none where nothing is open.

    >>> shares({"current": Decimal(996), "1-30": Decimal(4), "unapplied": Decimal(-9)})
    {'current': '100 %', '1-30': '<1 %'}
    """
    whole = sum((amount for bucket, amount in amounts.items() if bucket != UNAPPLIED), ZERO)
    if whole <= 0:
        return {}
    return {
        bucket: f"{number(100 * amount / whole, 0)} %" if amount * 100 >= whole or not amount else "<1 %"
        for bucket, amount in amounts.items()
        if bucket != UNAPPLIED
    }
