"""A question, settled: which KPIs, over which periods, by what, within what, known when, in which currency."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from countback.analytics.currency import Rates, Reporting, decide
from countback.analytics.dimensions import BUCKET, Dimensions
from countback.books.loaded import LoadedBooks
from countback.core.period import Every, Period, trend
from countback.core.problem import Misuse
from countback.kpis.catalogue import catalogue, find
from countback.kpis.kpi import Kpi

Where = Mapping[str, str | Sequence[str | None] | None]
Params = Mapping[str, Any]

MOST_DIMENSIONS = 6


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that decides an answer. `where` holds filters on dimensions, `cells` filters on the cells
    of table KPIs.
    `params`: settled parameters by KPI."""

    kpis: tuple[Kpi, ...]
    periods: tuple[Period, ...]
    by: tuple[str, ...]
    where: tuple[tuple[str, tuple[str | None, ...]], ...]
    known_at: datetime | None
    reporting: Reporting
    params: Mapping[str, Mapping[str, Any]]

    @property
    def dates(self) -> tuple[date, ...]:
        """Every date at which positions may be asked, sorted."""
        days = {period.end_on for period in self.periods} | {period.before_on for period in self.periods}
        return tuple(sorted(days))

    def by_of(self, kpi: Kpi) -> tuple[str, ...]:
        """Dimensions of the KPI's answer: as asked, and the currency where money would be mixed."""
        mixed = self.reporting.currency is None and "currency" not in self.by
        if mixed and any(measure.money for measure in kpi.measures):
            return (*self.by, "currency")
        return self.by

    def where_of(self, kpi: Kpi) -> tuple[tuple[str, tuple[str | None, ...]], ...]:
        """Filters on rows: those that are not on the KPI's own cells."""
        return tuple((name, values) for name, values in self.where if name not in kpi.cells)

    def cells_of(self, kpi: Kpi) -> dict[str, tuple[str | None, ...]]:
        """Filters on the KPI's own cells."""
        return {name: values for name, values in self.where if name in kpi.cells}


def settle(
    books: LoadedBooks,
    dimensions: Dimensions,
    rates: Rates,
    *,
    kpis: Iterable[str] | str | None,
    as_of: date,
    known_at: datetime | None = None,
    by: Sequence[str] | str = (),
    where: Where | None = None,
    points: int = 1,
    every: Every = "month",
    params: Params | None = None,
    currency: str | None = None,
    rate_on: str | None = None,
) -> Question:
    """Read and check what is asked. Raises Misuse, naming what is wrong with the question."""
    chosen = _choose(kpis)
    by = (by,) if isinstance(by, str) else tuple(dict.fromkeys(by))
    filters = _filters(where or {})
    _check_dimensions(dimensions, chosen, by, filters)
    given = _params(params or {}, chosen)
    within = tuple(value for name, values in filters if name == "currency" for value in values if value)
    reporting = decide(books, rates, currency, rate_on, apart="currency" in by, within=within)
    return Question(chosen, trend(as_of, points, every), by, filters, known_at, reporting, given)


def _choose(kpis: Iterable[str] | str | None) -> tuple[Kpi, ...]:
    if kpis is None:
        return tuple(kpi for kpi in catalogue() if not kpi.cells)
    wanted = [kpis] if isinstance(kpis, str) else list(dict.fromkeys(kpis))
    return tuple(find(kpi_id) for kpi_id in wanted)


def _filters(where: Where) -> tuple[tuple[str, tuple[str | None, ...]], ...]:
    def values(given: str | Sequence[str | None] | None) -> tuple[str | None, ...]:
        listed = [given] if given is None or isinstance(given, str) else list(given)
        return tuple(None if value in ("", None) else str(value) for value in listed)

    return tuple(sorted((name, values(given)) for name, given in where.items()))


def _check_dimensions(
    dimensions: Dimensions, kpis: tuple[Kpi, ...], by: tuple[str, ...], filters: tuple[tuple[str, Any], ...]
) -> None:
    if len(by) > MOST_DIMENSIONS:
        raise Misuse(
            "the figures were not computed",
            f"{len(by)} dimensions were asked",
            f"ask {MOST_DIMENSIONS} at most",
        )
    cells = {cell for kpi in kpis for cell in kpi.cells}
    for name in [*by, *(name for name, _ in filters)]:
        if name not in cells:
            dimensions.find(name)
        if name == BUCKET:
            _check_buckets(kpis)


def _check_buckets(kpis: tuple[Kpi, ...]) -> None:
    for kpi in kpis:
        without = [measure.words for measure in kpi.measures if not measure.bucketed]
        if without and BUCKET not in kpi.cells:
            raise Misuse(
                f"{kpi.id} was not computed by ageing bucket",
                f"{without[0]} have none",
                "ask it by another dimension, or overdue_share, open_receivables or aging by bucket",
            )


def _params(params: Params, kpis: tuple[Kpi, ...]) -> dict[str, dict[str, Any]]:
    """Parameters as `{"dso.window": 30}` or `{"dso": {"window": 30}}`, settled for each asked KPI."""
    given: dict[str, dict[str, Any]] = {kpi.id: {} for kpi in kpis}
    for key, value in params.items():
        kpi_id, _, name = str(key).partition(".")
        if kpi_id not in given:
            raise Misuse(
                f"the parameter {key!r} was not used",
                "its KPI is not asked",
                f"add --kpi {kpi_id} or leave it out",
            )
        if not name and not isinstance(value, Mapping):
            raise Misuse(
                f"the parameter {key!r} was not used", "it names no parameter", "write KPI.name=value"
            )
        given[kpi_id] |= {name: value} if name else dict(value)
    return {kpi.id: kpi.settle(given[kpi.id]) for kpi in kpis}
