"""Ageing buckets: how days past due are cut into columns."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from countback.core.problem import Misuse

CURRENT = "current"
UNAPPLIED = "unapplied"


@dataclass(frozen=True, slots=True)
class Buckets:
    """Bounds of the overdue buckets in days past due, rising: 30, 60, 90 means 1-30, 31-60, 61-90 and over 90.

    An item that is not overdue (due on the day itself or later) is `current`. Unapplied credit stands in a bucket of
    its own, `unapplied`, with its sign turned, so that all buckets sum to the net receivables.
    """

    bounds: tuple[int, ...] = (30, 60, 90)

    def __post_init__(self) -> None:
        rising = all(low < high for low, high in pairwise((0, *self.bounds)))
        if not self.bounds or not rising or len(self.bounds) > 12:
            raise Misuse(
                f"no ageing with the bounds {', '.join(map(str, self.bounds)) or '(none)'} was made",
                "bounds are 1 to 12 days past due, each larger than the one before",
                "write them as 30,60,90",
            )

    @property
    def overdue(self) -> tuple[str, ...]:
        """Names of the overdue buckets, mildest first.

        >>> Buckets().overdue
        ('1-30', '31-60', '61-90', 'over 90')
        """
        inner = tuple(f"{low + 1}-{high}" for low, high in pairwise((0, *self.bounds)))
        return (*inner, f"over {self.bounds[-1]}")

    @property
    def names(self) -> tuple[str, ...]:
        """All names in the order of the columns."""
        return (CURRENT, *self.overdue, UNAPPLIED)

    def name(self, overdue_days: int) -> str:
        """The bucket of an item that is that many days past due (0 or less: current).

        >>> [Buckets().name(n) for n in (-3, 0, 1, 30, 31, 90, 91)]
        ['current', 'current', '1-30', '1-30', '31-60', '61-90', 'over 90']
        """
        if overdue_days <= 0:
            return CURRENT
        for bound, name in zip(self.bounds, self.overdue, strict=False):
            if overdue_days <= bound:
                return name
        return self.overdue[-1]
