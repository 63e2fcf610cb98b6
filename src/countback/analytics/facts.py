"""Facts over loaded books: the relations of `countback.kpis.facts`, on the derived tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import ibis

from countback.analytics.compact import Compact
from countback.analytics.derived import DerivedTables
from countback.analytics.dimensions import BUCKET
from countback.analytics.scope import Scope
from countback.analytics.tables import contacts, documents, promises
from countback.core.money import NO_CURRENCY
from countback.kpis.facts import At, Table
from countback.kpis.measures.positions import bucket_of
from countback.kpis.measures.windows import asked_day

PERIODS = {
    "period": ("INTEGER", "int32"),
    "start_on": ("DATE", "date"),
    "end_on": ("DATE", "date"),
    "before_on": ("DATE", "date"),
}
DATES = {"at_on": ("DATE", "date")}


@dataclass
class BookFacts:
    """Facts for one question; implements `countback.kpis.facts.Facts`."""

    tables: DerivedTables
    scope: Scope
    full: bool = False

    @property
    def _compact(self) -> Compact:
        return Compact(self.tables, self.scope)

    @property
    def ways(self) -> tuple[bool, bool]:
        """Whether compact tables answer these facts, and those of everything."""
        return self._compact.usable, self.everything()._compact.usable

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
        return self._filtered_rows(table)

    def _filtered_rows(self, table: Table) -> Table:
        """The rows that pass all filters but those on ageing buckets, which wait for a date."""
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
        if full or self.full or days or months or at == "start_on" or not self._compact.usable:
            return self._bucketed(self._item_positions(at, days, months, full=full or self.full))
        periods = self.periods.select("period", at_on=at)
        return self._bucketed(self._sums_by_date().join(periods, "at_on"))

    def _sums_by_date(self) -> Table:
        """What is open by due date, at every asked date once: openings are the closings of the period before."""
        moves = self._filtered_rows(self._compact.moves())
        dates = self.tables.engine.asked("dates", DATES)
        met = moves.join(dates, moves.effective_on <= dates.at_on)
        only = self.tables.engine.books.currencies
        apart = ("currency",) if len(only) > 1 else ()
        sums = met.group_by("at_on", "due_on", *apart, *self._labels()).agg(amount=met.amount.sum())
        sums = sums if apart else sums.mutate(currency=ibis.literal(only[0] if only else NO_CURRENCY))
        return sums.filter(sums.amount != 0)

    def _labels(self) -> list[str]:
        return [f"dim_{name}" for name in self.scope.needed if name != BUCKET]

    def _item_positions(self, at: At, days: int, months: int, *, full: bool) -> Table:
        periods = self.periods
        periods = periods.select("period", at_on=asked_day(periods, at, days=days, months=months))
        held = self.balances()
        if self.scope.first_on and not (days or months):
            held = held.filter(held.from_on <= self.scope.last_on, held.to_on > self.scope.first_on)
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

    def documents(self) -> Table:
        """See Facts.documents."""
        if not self.full and self._compact.usable:
            return self._filtered_rows(self._compact.documents())
        rows = self._scoped(documents.build(self.tables.books))
        return rows.mutate(happened_on=rows.issued_on)

    def entries(self, *kinds: str) -> Table:
        """See Facts.entries."""
        moves = self.tables.entries(self.scope.known_at)
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
        if not self.full and self._compact.usable:
            return self._filtered_rows(self._compact.credits())
        moves = self._scoped(self.tables.credits().mutate(invoice_id=ibis.null("string")))
        return moves.mutate(happened_on=moves.effective_on, due_on=ibis.null("date")).drop("recorded_at")

    def promises(self) -> Table:
        """See Facts.promises."""
        paid = self.tables.entries(self.scope.known_at)
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
