"""The derived tables of one set of books, each built when first asked for."""

from __future__ import annotations

from datetime import datetime

import ibis

from countback.analytics.dimensions import Dimensions
from countback.analytics.engine import Engine
from countback.analytics.tables import balances, credits, entries, items, settlements
from countback.analytics.tables.books import BookTables
from countback.kpis.facts import Table


class DerivedTables:
    """Derived tables by name. A knowledge time that cuts the entries has tables of its own."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.books = BookTables.of(engine.books)
        self.dimensions = Dimensions(self.books)

    def cut_by_knowledge(self, known_at: datetime | None) -> bool:
        """Whether rows may be unknown at that time."""
        return known_at is not None and self.books.has_recorded_at

    def known(self, table: Table, known_at: datetime | None) -> Table:
        """Rows recorded by then; all where no knowledge time is asked or no row has a recording time."""
        if known_at is None or not self.books.has_recorded_at:
            return table
        moment = ibis.literal(known_at, type="timestamp")
        return table.filter(table.recorded_at.isnull() | (table.recorded_at <= moment))

    def settlements(self) -> Table:
        """See analytics.tables.settlements."""
        return settlements.build(self.books)

    def entries(self, known_at: datetime | None = None) -> Table:
        """See analytics.tables.entries. One entry depends on those before it, so that what is known decides first."""

        def build() -> Table:
            parts = items.build(self.books), self.settlements()
            return entries.build(self.books, *(self.known(part, known_at) for part in parts))

        return self.engine.kept(self._named("entries", known_at), build)

    def balances(self, known_at: datetime | None) -> Table:
        """See analytics.tables.balances."""
        return self.engine.kept(
            self._named("balances", known_at), lambda: balances.build(self.entries(known_at))
        )

    def _named(self, table: str, known_at: datetime | None) -> str:
        """The table's name, its own for each knowledge time that cuts it."""
        if known_at is None or not self.cut_by_knowledge(known_at):
            return table
        return f"{table}_{known_at:%Y%m%d_%H%M%S_%f}"

    def credits(self) -> Table:
        """See analytics.tables.credits."""
        return self.engine.kept("credits", lambda: credits.build(self.books, self.settlements()))
