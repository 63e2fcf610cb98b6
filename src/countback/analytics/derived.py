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
    """Derived tables by name. Where a knowledge time cuts the entries, what follows from them is built again and not kept."""

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

    def entries(self) -> Table:
        """See analytics.tables.entries."""
        return self.engine.kept(
            "entries", lambda: entries.build(self.books, items.build(self.books), self.settlements())
        )

    def balances(self, known_at: datetime | None) -> Table:
        """See analytics.tables.balances."""
        if self.cut_by_knowledge(known_at):
            return balances.build(self.known(self.entries(), known_at))
        return self.engine.kept("balances", lambda: balances.build(self.entries()))

    def credits(self) -> Table:
        """See analytics.tables.credits."""
        return self.engine.kept("credits", lambda: credits.build(self.books, self.settlements()))
