"""Opened books: the library's front door."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from countback.analytics.answer import Answer
from countback.analytics.currency import Rates
from countback.analytics.derived import DerivedTables
from countback.analytics.engine import Engine
from countback.analytics.explained import explained
from countback.analytics.figures import Figures, answer
from countback.analytics.pool import Pooler
from countback.analytics.question import Params, Question, Where, settle
from countback.analytics.rows import SIDES, Side, rows
from countback.books.loaded import LoadedBooks
from countback.core.period import Every
from countback.core.problem import Misuse, Problem


class Books:
    """Books that can be asked. Made by `countback.open_books`; closes with `close()` or at the end of a `with` block.

    >>> books = open_books("demo-books")                                      # doctest: +SKIP
    >>> books.kpis(["dso", "overdue_share"], as_of=date(2026, 10, 31), by=["segment"]).to_polars()  # doctest: +SKIP
    """

    def __init__(self, loaded: LoadedBooks) -> None:
        self.loaded = loaded
        self._tables = DerivedTables(Engine(loaded))
        self._rates = Rates(loaded)
        self._pooler = Pooler(self._tables, self._rates)

    @property
    def name(self) -> str:
        """What the books are called."""
        return self.loaded.name

    @property
    def currencies(self) -> tuple[str, ...]:
        """Currencies of the documents, sorted."""
        return self.loaded.currencies

    @property
    def warnings(self) -> list[Problem]:
        """What was kept although it looks odd."""
        return self.loaded.warnings

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Names that `by` and `where` take."""
        return self._tables.dimensions.names

    def holds(self, table: str) -> bool:
        """Whether a table of the books has any row."""
        return self.loaded.rows.get(table, 0) > 0

    def first_entry_on(self) -> date | None:
        """The first effective date in the books; None where they are empty."""
        return self._pooler.entry_dates()[0]

    def last_entry_on(self) -> date | None:
        """The last effective date in the books; None where they are empty."""
        return self._pooler.entry_dates()[1]

    def customer_names(self, customer_ids: Sequence[str]) -> dict[str, str]:
        """Names of those customers, by id."""
        sql = "SELECT customer_id, name FROM books.customers WHERE list_contains(?, customer_id)"
        with self._tables.engine.lock:
            return dict(self.loaded.connection.execute(sql, [list(customer_ids)]).fetchall())

    def kpis(
        self,
        kpis: Iterable[str] | str | None = None,
        *,
        as_of: date,
        known_at: datetime | None = None,
        by: Sequence[str] | str = (),
        where: Where | None = None,
        trend: int = 1,
        every: Every = "month",
        params: Params | None = None,
        currency: str | None = None,
        rate_on: str | None = None,
    ) -> Figures:
        """Figures of the asked KPIs (all single-valued ones where none is named), one row a KPI, period and group.

        `as_of`: the effective date. `known_at`: nothing recorded after it counts. `by`: dimensions to group by.
        `where`: dimension -> value or values (None or "" for blank). `trend`: number of periods up to `as_of`, each
        of length `every`. `params`: `{"dso.window": 30}`. `currency`: into which amounts are converted; where the
        books hold several and no rates lead to one, figures are given by currency. `rate_on`: `as_of` (default),
        `document`, or a date. Raises Misuse for a question that cannot be asked, UnableToConvert for a missing rate.
        """
        question = self._settle(
            kpis=kpis, as_of=as_of, known_at=known_at, by=by, where=where, points=trend, every=every, params=params,
            currency=currency, rate_on=rate_on,
        )  # fmt: skip
        return answer(self._pooler, question)

    def rows(
        self,
        kpi: str,
        *,
        as_of: date,
        side: Side | None = None,
        known_at: datetime | None = None,
        by: Sequence[str] | str = (),
        where: Where | None = None,
        every: Every = "month",
        params: Params | None = None,
        currency: str | None = None,
        rate_on: str | None = None,
    ) -> Answer:
        """The rows behind one figure: numerator, denominator, left out (with the reason); all sides, or the
        one asked. The
        amounts of a side sum to the figure's side exactly. `by` adds columns, `where` keeps a group's rows."""
        if side is not None and side not in SIDES:
            raise Misuse(
                f"no rows of the side {side!r} were given",
                "a figure has no such side",
                f"use {', '.join(SIDES)}",
            )
        question = self._settle(
            kpis=[kpi], as_of=as_of, known_at=known_at, by=by, where=where, points=1, every=every, params=params,
            currency=currency, rate_on=rate_on,
        )  # fmt: skip
        return rows(self._pooler, question, side)

    def explain(
        self,
        kpi: str,
        *,
        start: date,
        end: date,
        by: Sequence[str] | str,
        known_at: datetime | None = None,
        where: Where | None = None,
        every: Every = "month",
        params: Params | None = None,
        currency: str | None = None,
        rate_on: str | None = None,
    ) -> Answer:
        """Why the figure moved from its value as of `start` to that as of `end`: per group of `by`, the
        effect of its numerator
        and of its denominator, the largest first, adding up to the change exactly."""
        by = (by,) if isinstance(by, str) else by
        if not by:
            raise Misuse(
                f"the change of {kpi} was not explained",
                "no dimension was named",
                "name one, such as segment",
            )

        def settled(day: date) -> Question:
            return self._settle(
                kpis=[kpi], as_of=day, known_at=known_at, by=by, where=where, points=1, every=every, params=params,
                currency=currency, rate_on=rate_on,
            )  # fmt: skip

        return explained(self._pooler, settled(start), settled(end))

    def close(self) -> None:
        """Let go of the database."""
        self.loaded.connection.close()

    def __enter__(self) -> Books:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _settle(self, **asked: Any) -> Question:
        return settle(self.loaded, self._tables.dimensions, self._rates, **asked)


def open_books(
    source: str | Path,
    profile: str | Path | None = None,
    *,
    progress: Callable[[str, float], None] | None = None,
) -> Books:
    """Read and check books, and open them for questions.

    `source`: a folder, a zip of one, or converted books; with a profile also a single file. `profile`: name
    of a shipped
    profile or a path to a TOML file, for files in another shape. `progress`: called with what is being done and the
    part done (0 to 1). Raises UnableToReadBooks, carrying every problem, where the books are refused.
    """
    from countback.books.load import load

    return Books(load(Path(source), profile=profile, progress=progress))
