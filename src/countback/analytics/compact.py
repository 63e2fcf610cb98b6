"""Compact facts: relations added up by day or month and the asked dimensions, kept, so that a trend reads
thousands of rows
where the books have millions. Sums over them are the sums over the rows themselves."""

from __future__ import annotations

from collections.abc import Callable

from countback.analytics.derived import DerivedTables
from countback.analytics.dimensions import BUCKET
from countback.analytics.scope import Scope
from countback.analytics.tables import cube, documents
from countback.kpis.facts import Table


class Compact:
    """The compact tables for one scope. `usable`: whether they may answer it, and are worth it."""

    def __init__(self, tables: DerivedTables, scope: Scope) -> None:
        self._tables = tables
        self._scope = scope
        self._names = tuple(sorted(name for name in scope.needed if name not in (BUCKET, "currency")))
        self._labels = tuple(f"dim_{name}" for name in self._names)

    @property
    def usable(self) -> bool:
        """Not where a knowledge time cuts the rows, nor by customer: that would be as many rows again."""
        if self._tables.cut_by_knowledge(self._scope.known_at) or "customer" in self._names:
            return False
        return self._scope.many or self._tables.engine.is_kept(self._kept_name("cube"))

    def _kept_name(self, table: str) -> str:
        return "_".join((table, *(f"{len(name)}{name}" for name in self._names)))

    def _kept(self, table: str, build: Callable[[Table], Table], rows: Callable[[], Table]) -> Table:
        kept = self._tables.engine.kept(self._kept_name(table), lambda: build(self._with_dimensions(rows())))
        return self._with_currency(kept)

    def _with_dimensions(self, rows: Table) -> Table:
        return self._tables.dimensions.attach(rows, self._names, own={})

    def _with_currency(self, table: Table) -> Table:
        return table.mutate(dim_currency=table.currency) if "currency" in self._scope.needed else table

    def moves(self) -> Table:
        """Movements of open balances: the cube up to the last whole month, days after it."""
        since = self._scope.since
        moves = self._kept("cube", lambda rows: cube.build(rows, self._labels), self._tables.entries)
        if since is None:
            return moves
        recent = cube.tail(self._with_dimensions(self._tables.entries()), self._labels, since)
        recent = self._with_currency(recent)
        return moves.filter(moves.effective_on < since).union(recent.select(*moves.columns))

    def documents(self) -> Table:
        """Credit sales by day."""
        return self._kept(
            "sales_days",
            lambda rows: by_day(rows, "issued_on", self._labels),
            lambda: documents.build(self._tables.books),
        )

    def credits(self) -> Table:
        """Movements of unapplied credit by day."""
        return self._kept(
            "credit_days", lambda rows: by_day(rows, "effective_on", self._labels), self._tables.credits
        )


def by_day(rows: Table, day: str, labels: tuple[str, ...]) -> Table:
    """`rows` added up by the date `day`, currency and dimensions: ten million documents make a thousand days."""
    return rows.group_by(day, "currency", *labels).agg(amount=rows.amount.sum())
