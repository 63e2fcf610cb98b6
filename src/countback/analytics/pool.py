"""Pooling: measures become sums by period, dimension and cell, many measures in one query."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import ibis

from countback.analytics.currency import Rates, Reporting, UnableToConvert, rate_rows
from countback.analytics.derived import DerivedTables
from countback.analytics.facts import DATES, PERIODS, BookFacts
from countback.analytics.question import Question
from countback.analytics.scope import Scope
from countback.analytics.written import written_text
from countback.core.period import Period
from countback.kpis.facts import Table
from countback.kpis.measure import SERIES, Measure

RATES = {
    "rate_period": ("INTEGER", "int32"),
    "rate_day": ("DATE", "date"),
    "rate_currency": ("VARCHAR", "string"),
    "rate": ("DECIMAL(18,10)", "decimal(18, 10)"),
}


@dataclass(frozen=True, slots=True)
class Atom:
    """One measure under its own parameters: the unit of pooling, shared by all KPIs that use it."""

    measure: Measure
    params: tuple[tuple[str, Any], ...]

    @classmethod
    def of(cls, measure: Measure, params: Mapping[str, Any]) -> Atom:
        """The measure with those of the parameters that it knows."""
        return cls(measure, tuple(sorted(measure.own(params).items())))

    @property
    def shape(self) -> str:
        """Atoms of one shape are pooled in one query; each series has a type of its own."""
        return self.measure.name if self.measure.series else ""


Key = tuple[int, tuple[str | None, ...], tuple[str | None, ...]]
"""Period, values of the dimensions, values of the atom's own cells."""

Pool = dict[Atom, dict[Key, Any]]
"""Sums of each atom: a Decimal, or for a series a mapping from its value to a Decimal."""


class Pooler:
    """Answers which sums the asked measures have."""

    def __init__(self, tables: DerivedTables, rates: Rates) -> None:
        self.tables = tables
        self.engine = tables.engine
        self.rates = rates
        self._entry_dates: tuple[date | None, date | None] | None = None

    def entry_dates(self) -> tuple[date | None, date | None]:
        """First and last effective date of any entry."""
        if self._entry_dates is None:
            moves = self.tables.entries()
            both = moves.agg(first=moves.effective_on.min(), last=moves.effective_on.max())
            sql = written_text((self.engine.shape, "entry dates"), lambda: self.engine.compile(both))
            row = self.engine.run(sql).to_pylist()[0]
            self._entry_dates = row["first"], row["last"]
        return self._entry_dates

    def scope(self, question: Question, dims: tuple[str, ...], where: Any) -> Scope:
        """What the rows of a part of the question must carry and pass."""
        return Scope.of(dims, where, question.known_at, question.dates, self.entry_dates()[1])

    def lay_down(self, question: Question) -> None:
        """The asked periods and the rates they need, as tables of the question."""
        rows = [(p.index, p.start_on, p.end_on, p.before_on) for p in question.periods]
        self.engine.ask("periods", PERIODS, rows)
        self.engine.ask("dates", DATES, [(day,) for day in question.dates])
        if question.reporting.converts:
            self.engine.ask("rates", RATES, self._rate_rows(question.reporting, question.periods))

    def _rate_rows(self, reporting: Reporting, periods: Sequence[Period]) -> list[tuple[Any, ...]]:
        into = reporting.currency or ""
        currencies = self.engine.books.currencies
        if reporting.rate_on == "document":
            return self._document_rates(into, currencies)
        fixed = reporting.rate_on if isinstance(reporting.rate_on, date) else None
        keys = [(period.index, fixed or period.end_on) for period in periods]
        return rate_rows(self.rates, into, currencies, keys)

    def _document_rates(self, into: str, currencies: Sequence[str]) -> list[tuple[Any, ...]]:
        sql = (
            "SELECT DISTINCT issued_on FROM books.invoices UNION SELECT DISTINCT issued_on FROM books.credit_notes "
            "UNION SELECT DISTINCT received_on FROM books.payments"
        )
        days = sorted(self.engine.run(sql)["issued_on"].to_pylist())
        return rate_rows(self.rates, into, currencies, [(None, day) for day in days])

    def converted(self, table: Table, reporting: Reporting, measure: Measure) -> Table:
        """`table` with `amount` in the reporting currency and, where it is converted, `unrated`: the
        currency of an amount that
        has no rate."""
        if not (reporting.converts and measure.money):
            return table
        rates = self.engine.asked("rates", RATES)
        if reporting.rate_on == "document":
            day = (
                table.issued_on.fill_null(table.happened_on)
                if "issued_on" in table.columns
                else table.happened_on
            )
            matches = [rates.rate_day == day]
        else:
            matches = [rates.rate_period == table.period]
        met = table.left_join(rates, [*matches, rates.rate_currency == table.currency])
        unrated = ibis.ifelse(met.rate.isnull() & (met.amount != 0), met.currency, ibis.null("string"))
        # A product of two 18-digit decimals would have 18 digits again in DuckDB, and overflow.
        return met.mutate(
            amount=met.amount.cast("decimal(38, 4)") * met.rate.cast("decimal(38, 10)"), unrated=unrated
        )

    def pool(self, question: Question, atoms: Sequence[Atom], dims: tuple[str, ...], where: Any) -> Pool:
        """The sums of the atoms, grouped by period and `dims`."""
        found: Pool = {atom: {} for atom in atoms}
        shapes: dict[str, list[Atom]] = {}
        for atom in atoms:
            shapes.setdefault(atom.shape, []).append(atom)
        for group in shapes.values():
            sql = self._sql(question, tuple(group), dims, where)
            self._read(question, group, dims, self.engine.run_again(sql), found)
        return found

    def _sql(self, question: Question, atoms: tuple[Atom, ...], dims: tuple[str, ...], where: Any) -> str:
        full = question.reporting.rate_on == "document"

        def whole(facts: BookFacts) -> Table:
            cells = max(len(atom.measure.cells) for atom in atoms)
            parts = [
                self._sums(facts, place, atom, question.reporting, cells) for place, atom in enumerate(atoms)
            ]
            return parts[0] if len(parts) == 1 else ibis.union(*parts)

        return self.compiled((atoms, question.reporting), self.scope(question, dims, where), whole, full=full)

    def compiled(
        self, about: Hashable, scope: Scope, build: Callable[[BookFacts], Table], *, full: bool = False
    ) -> str:
        """The SQL of what `build` makes of the facts in a scope. It is compiled once for all scopes of one shape;
        `about`: what it hangs on beside the facts."""
        facts = BookFacts(self.tables, scope.shape, full)
        key = (self.engine.shape, about, facts.scope, full, facts.ways)
        sql = written_text(key, lambda: self.engine.compile(build(facts)))
        try:
            self.engine.stand(sql)
        except KeyError:  # another process compiled it, or it was long ago: building it makes them known
            build(facts)
            self.engine.stand(sql)
        return scope.fill(sql)

    def _sums(self, facts: BookFacts, place: int, atom: Atom, reporting: Reporting, cells: int) -> Table:
        """Sums of one atom; its cells stand in order under `cell_0`, `cell_1` …, so that atoms share one query."""
        rows = self.converted(atom.measure(facts, **dict(atom.params)), reporting, atom.measure)
        keys: dict[str, Any] = {"period": rows.period.cast("int32")}
        keys |= {f"dim_{name}": rows[f"dim_{name}"] for name in facts.dims}
        keys |= {
            f"cell_{n}": rows[f"cell_{name}"].cast("string") for n, name in enumerate(atom.measure.cells)
        }
        keys |= {SERIES: rows[SERIES]} if atom.measure.series else {}
        found = {"amount": rows.amount.sum().cast("decimal(38, 14)")}
        if "unrated" in rows.columns:
            found["unrated"] = rows.unrated.max()
        sums = rows.group_by(**keys).agg(**found)
        blank = [f"cell_{n}" for n in range(len(atom.measure.cells), cells)]
        missing = [name for name in (*blank, "unrated") if name not in sums.columns]
        sums = sums.mutate(
            atom=ibis.literal(place, type="int32"), **{name: ibis.null("string") for name in missing}
        )
        return sums.select(*sorted(sums.columns))

    def _read(
        self, question: Question, atoms: Sequence[Atom], dims: tuple[str, ...], result: Any, found: Pool
    ) -> None:
        columns = [column.to_pylist() for column in result.columns]
        named = dict(zip(result.column_names, columns, strict=True))
        dim_names = [f"dim_{name}" for name in dims]
        cell_names = [
            sorted(name for name in named if name.startswith("cell_"))[: len(atom.measure.cells)]
            for atom in atoms
        ]
        series = named.get(SERIES)
        for place in range(result.num_rows):
            if named["unrated"][place] is not None:
                raise self._unrated(question, named["unrated"][place], named["period"][place])
            number = named["atom"][place]
            values = tuple(named[name][place] for name in dim_names)
            key: Key = (
                named["period"][place],
                values,
                tuple(named[name][place] for name in cell_names[number]),
            )
            sums = found[atoms[number]]
            if series is None:
                sums[key] = named["amount"][place]
            else:
                sums.setdefault(key, {})[series[place]] = named["amount"][place]

    def _unrated(self, question: Question, currency: str, period: int) -> UnableToConvert:
        into = question.reporting.currency or ""
        rate_on = question.reporting.rate_on
        day = rate_on if isinstance(rate_on, date) else question.periods[period].end_on
        if rate_on == "document":
            return UnableToConvert(
                f"amounts in {currency} were not converted into {into}",
                "the rate of a document's date is missing",
                f"add rates of {currency} for the dates of its documents to fx_rates, or ask by currency",
            )
        try:
            self.rates.rate(currency, into, day)
        except UnableToConvert as error:
            return error
        raise AssertionError(f"a rate of {currency} on {day} exists but was not found")


def zero(atom: Atom) -> Any:
    """The sum of no rows."""
    return {} if atom.measure.series else Decimal(0)
