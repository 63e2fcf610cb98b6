"""Facts over loaded books: the relations of `countback.kpis.facts`, on the derived tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import ibis

from countback.analytics.dimensions import BUCKET, Dimensions
from countback.analytics.engine import Engine
from countback.analytics.tables import (
    balances,
    contacts,
    credits,
    cube,
    documents,
    entries,
    items,
    promises,
    settlements,
)
from countback.analytics.tables.books import BookTables
from countback.core.aging import Buckets
from countback.core.period import is_month_end, month_start
from countback.kpis.facts import At, Table
from countback.kpis.measures.positions import bucket_of
from countback.kpis.measures.windows import asked_day

PERIODS = {
    "period": ("INTEGER", "int32"),
    "start_on": ("DATE", "date"),
    "end_on": ("DATE", "date"),
    "before_on": ("DATE", "date"),
}

FEW_DATES = 3
"""Up to so many dates are read from the balances of items; more come from the cube."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a question is about. `where`: dimension -> allowed values (None: blank). `dates`: all dates at which positions are
    asked, for choosing the way to them. `last_entry_on`: last effective date in the books."""

    dims: tuple[str, ...] = ()
    where: tuple[tuple[str, tuple[str | None, ...]], ...] = ()
    known_at: datetime | None = None
    dates: tuple[date, ...] = ()
    last_entry_on: date | None = None
    bounds: tuple[int, ...] = Buckets().bounds

    @property
    def needed(self) -> tuple[str, ...]:
        """Dimensions that rows must carry: grouped by or filtered by."""
        return tuple(dict.fromkeys([*self.dims, *(name for name, _ in self.where)]))


class DerivedTables:
    """The derived tables of one set of books, each built once (and again, not kept, where a knowledge time cuts them)."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.books = BookTables.of(engine.books)
        self.dimensions = Dimensions(self.books)

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
        if known_at is not None and self.books.has_recorded_at:
            return balances.build(self.known(self.entries(), known_at))
        return self.engine.kept("balances", lambda: balances.build(self.entries()))

    def credits(self) -> Table:
        """See analytics.tables.credits."""
        return self.engine.kept("credits", lambda: credits.build(self.books, self.settlements()))


@dataclass
class BookFacts:
    """Facts for one question; implements `countback.kpis.facts.Facts`."""

    tables: DerivedTables
    scope: Scope
    full: bool = False

    @property
    def dims(self) -> tuple[str, ...]:
        """Dimensions that the answer is grouped by."""
        return self.scope.dims

    @property
    def periods(self) -> Table:
        """The asked periods."""
        return self.tables.engine.asked("periods", PERIODS)

    def _scoped(self, table: Table, own: dict[str, str] | None = None) -> Table:
        """`table` as known, with dimensions, filtered; filters on ageing buckets wait for a date."""
        return self._with_dimensions(self.tables.known(table, self.scope.known_at), own)

    def _with_dimensions(self, table: Table, own: dict[str, str] | None = None) -> Table:
        table = self.tables.dimensions.attach(table, self.scope.needed, own=own or {})
        return self._filtered(table, [name for name, _ in self.scope.where if name != BUCKET])

    def _filtered(self, table: Table, names: list[str]) -> Table:
        for name, values in self.scope.where:
            if name in names:
                column = table[f"dim_{name}"]
                given = [value for value in values if value is not None]
                passes = column.isin(given) if given else ibis.literal(False)
                table = table.filter(passes | column.isnull() if None in values else passes)
        return table

    def _bucketed(self, table: Table) -> Table:
        if BUCKET not in self.scope.needed:
            return table
        return self._labelled(table, bucket_of(table.due_on, table.at_on, self.scope.bounds))

    def _labelled(self, table: Table, bucket: Any) -> Table:
        return self._filtered(table.mutate(dim_bucket=bucket), [BUCKET])

    def in_bucket(self, table: Table, name: str) -> Table:
        """See Facts.in_bucket."""
        return self._labelled(table, ibis.literal(name)) if BUCKET in self.scope.needed else table

    def everything(self) -> BookFacts:
        """See Facts.everything."""
        return BookFacts(self.tables, replace(self.scope, dims=(), where=()), self.full)

    def positions(self, at: At = "end_on", *, days: int = 0, months: int = 0, full: bool = False) -> Table:
        """See Facts.positions."""
        if full or self.full or days or months or not self._use_cube():
            return self._bucketed(self._item_positions(at, days, months, full=full or self.full))
        moves = self._moves()
        periods = self.periods.select("period", at_on=at)
        met = moves.join(periods, moves.effective_on <= periods.at_on)
        keys = ["period", "at_on", "due_on", "currency", *self._labels()]
        sums = met.group_by(keys).agg(amount=met.amount.sum())
        return self._bucketed(sums.filter(sums.amount != 0))

    def _labels(self) -> list[str]:
        return [f"dim_{name}" for name in self.scope.needed if name != BUCKET]

    def _item_positions(self, at: At, days: int, months: int, *, full: bool) -> Table:
        periods = self.periods
        periods = periods.select("period", at_on=asked_day(periods, at, days=days, months=months))
        held = self.balances()
        if self.scope.dates and not (days or months):
            held = held.filter(held.from_on <= max(self.scope.dates), held.to_on > min(self.scope.dates))
        held = held.filter(held.amount != 0)
        met = held.join(periods, [held.from_on <= periods.at_on, held.to_on > periods.at_on])
        met = met.mutate(happened_on=met.at_on)
        if full:
            return met.drop("from_on", "to_on")
        return met.select("period", "at_on", "due_on", "currency", *self._labels(), "amount")

    def balances(self) -> Table:
        """See Facts.balances."""
        held = self.tables.balances(self.scope.known_at)
        held = self._with_dimensions(held)
        row = ibis.ifelse(held.number.isnull(), "invoice", "instalment")
        return held.mutate(row=row, row_id=held.item_id).drop("number")

    def _use_cube(self) -> bool:
        if self._cut_by_knowledge() or "customer" in self.scope.needed:
            return False
        return len(self.scope.dates) > FEW_DATES or self.tables.engine.is_kept(self._cube_name())

    def _cut_by_knowledge(self) -> bool:
        return self.scope.known_at is not None and self.tables.books.has_recorded_at

    def _cube_dims(self) -> tuple[str, ...]:
        return tuple(sorted(name for name in self.scope.needed if name not in (BUCKET, "currency")))

    def _cube_name(self) -> str:
        return "_".join(("cube", *(f"{len(name)}{name}" for name in self._cube_dims())))

    def _moves(self) -> Table:
        """Movements of balances, compact: the cube up to the last whole month, days after it."""
        since = tail_start(self.scope.dates, self.scope.last_entry_on)
        names = self._cube_dims()
        labels = tuple(f"dim_{name}" for name in names)
        moves = self.tables.engine.kept(
            self._cube_name(),
            lambda: cube.build(self.tables.dimensions.attach(self.tables.entries(), names, own={}), labels),
        )
        if since is not None:
            recent = self.tables.dimensions.attach(self.tables.entries(), names, own={})
            recent = cube.tail(recent, labels, since).select(*moves.columns)
            moves = moves.filter(moves.effective_on < since).union(recent)
        if "currency" in self.scope.needed:
            moves = moves.mutate(dim_currency=moves.currency)
        return self._filtered(moves, [name for name, _ in self.scope.where if name != BUCKET])

    def documents(self) -> Table:
        """See Facts.documents."""
        if self.full or self._cut_by_knowledge() or "customer" in self.scope.needed or not self._use_cube():
            rows = self._scoped(documents.build(self.tables.books))
            return rows.mutate(happened_on=rows.issued_on)
        names = self._cube_dims()
        labels = tuple(f"dim_{name}" for name in names)
        days = self.tables.engine.kept(
            self._cube_name().replace("cube", "sales", 1),
            lambda: documents.by_day(
                self.tables.dimensions.attach(documents.build(self.tables.books), names, own={}), labels
            ),
        )
        if "currency" in self.scope.needed:
            days = days.mutate(dim_currency=days.currency)
        return self._filtered(days, [name for name, _ in self.scope.where if name != BUCKET])

    def entries(self, *kinds: str) -> Table:
        """See Facts.entries."""
        moves = self.tables.entries()
        moves = self._scoped(moves.filter(moves.kind.isin(kinds)) if kinds else moves)
        names = {"issue": "invoice", "write_off": "write_off"}
        signed = ibis.ifelse(moves.kind == "issue", moves.amount, (-moves.amount).cast("decimal(18, 4)"))
        return moves.mutate(
            row=moves.kind.cases(*names.items(), else_="allocation"),
            amount=signed,
            happened_on=moves.effective_on,
        ).drop("number", "recorded_at")

    def credits(self) -> Table:
        """See Facts.credits."""
        moves = self._scoped(self.tables.credits().mutate(invoice_id=ibis.null("string")))
        return moves.mutate(happened_on=moves.effective_on, due_on=ibis.null("date")).drop("recorded_at")

    def promises(self) -> Table:
        """See Facts.promises."""
        paid = self.tables.known(self.tables.entries(), self.scope.known_at)
        made = promises.build(self.tables.known(self.tables.books["promises"], self.scope.known_at), paid)
        made = made.mutate(recorded_at=ibis.null("timestamp"))
        return self._activity(made, "promise", "promise_id", "made_on", {"collector": "collector"})

    def disputes(self) -> Table:
        """See Facts.disputes."""
        return self._activity(self.tables.books["disputes"], "dispute", "dispute_id", "opened_on")

    def contacts(self) -> Table:
        """See Facts.contacts."""
        made = contacts.build(self.tables.books)
        return self._activity(made, "contact", "contact_id", "contacted_on", {"collector": "collector"})

    def placements(self) -> Table:
        """See Facts.placements."""
        return self._activity(self.tables.books["placements"], "placement", "placement_id", "placed_on")

    def legal_actions(self) -> Table:
        """See Facts.legal_actions."""
        return self._activity(
            self.tables.books["legal_actions"], "legal_action", "legal_action_id", "started_on"
        )

    def costs(self) -> Table:
        """See Facts.costs."""
        spent = self.tables.books["costs"].mutate(invoice_id=ibis.null("string"))
        return self._activity(spent, "cost", "cost_id", "incurred_on", {"collector": "collector"})

    def collectors(self) -> Table:
        """See Facts.collectors."""
        return self.tables.books["collectors"].drop("recorded_at")

    def _activity(
        self, table: Table, row: str, key: str, day: str, own: dict[str, str] | None = None
    ) -> Table:
        table = self._scoped(table, own)
        dates = {name: ibis.null("date") for name in ("issued_on", "due_on") if name not in table.columns}
        return table.mutate(row=ibis.literal(row), row_id=table[key], happened_on=table[day], **dates).drop(
            "recorded_at"
        )


def tail_start(dates: tuple[date, ...], last_entry_on: date | None) -> date | None:
    """First day whose entries must be read by the day: the month of the earliest asked date that is no month end; None where
    every asked date is a month end or lies at or after the last entry."""
    odd = [day for day in dates if not is_month_end(day) and (last_entry_on is None or day < last_entry_on)]
    return month_start(min(odd)) if odd else None
