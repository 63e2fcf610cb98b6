"""The engine over the ledger's mirror, for one person: every question held to the part of the books they may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from countback.accounts.rules import Scope
from countback.analytics.answer import Answer
from countback.analytics.figures import Figures as Table
from countback.analytics.opened import Books, open_books

NOTHING = "\x00nothing"
"""A code that no entity and no collector has: who may see none is shown no row."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Questions to the books in a scope; the methods are those of `countback.Books`."""

    books: Books
    scope: Scope
    known_through: datetime

    def kpis(self, kpis: Sequence[str] | str | None = None, **asked: Any) -> Table:
        """Figures, as `Books.kpis` gives them."""
        return self.books.kpis(kpis, **self._held(asked))

    def rows(self, kpi: str, **asked: Any) -> Answer:
        """Rows behind a figure, as `Books.rows` gives them."""
        return self.books.rows(kpi, **self._held(asked))

    def explain(self, kpi: str, **asked: Any) -> Answer:
        """Why a figure moved, as `Books.explain` gives it."""
        return self.books.explain(kpi, **self._held(asked))

    def _held(self, asked: dict[str, Any]) -> dict[str, Any]:
        return asked | {"where": held(asked.get("where"), self.scope)}


def held(where: dict[str, Any] | None, scope: Scope) -> dict[str, Any]:
    """A filter cut down to a scope: what is asked for and may not be seen is left out."""
    result = dict(where or {})
    for dimension, allowed in (("entity", scope.entities), ("collector", scope.collectors)):
        if allowed is None:
            continue
        asked = result.get(dimension, allowed)
        values = (asked,) if asked is None or isinstance(asked, str) else tuple(asked)
        result[dimension] = tuple(value for value in values if value in allowed) or (NOTHING,)
    return result


def opened(scope: Scope, *, known_at: datetime | None = None) -> Figures:
    """The figures of the mirror as it stands now."""
    del known_at
    folder = Path(settings.MIRROR) / "current"
    stamp = (folder / "books.json").stat()
    return Figures(
        _books(folder, stamp.st_mtime_ns), scope, datetime.fromtimestamp(stamp.st_mtime).astimezone()
    )


@lru_cache(maxsize=2)
def _books(folder: Path, stamp: int) -> Books:
    del stamp
    return open_books(folder)
