"""The scope of a question: what its rows must carry and pass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from countback.core.aging import Buckets

Filters = tuple[tuple[str, tuple[str | None, ...]], ...]
"""Dimension -> allowed values; None: blank."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question is about. `dates`: all dates at which positions are asked, for choosing the way to them.
    `last_entry_on`: last effective date in the books. `bounds`: of the dimension bucket."""

    dims: tuple[str, ...] = ()
    where: Filters = ()
    known_at: datetime | None = None
    dates: tuple[date, ...] = ()
    last_entry_on: date | None = None
    bounds: tuple[int, ...] = Buckets().bounds

    @property
    def needed(self) -> tuple[str, ...]:
        """Dimensions that rows must carry: grouped by or filtered by."""
        return tuple(dict.fromkeys([*self.dims, *(name for name, _ in self.where)]))
