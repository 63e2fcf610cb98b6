"""The engine over the ledger's mirror, for one person: every question held to the part of the books they may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings

from countback.accounts.rules import Scope
from countback.analytics.answer import Answer
from countback.analytics.figures import Figures as Table
from countback.analytics.opened import Books
from countback.kpis.catalogue import find
from countback.ledger.mirror import opened as mirror
from countback.ledger.mirror.customers import ScopedCustomers, values_of
from countback.ledger.mirror.opened import Opened
from countback.ledger.mirror.standing import in_utc

if TYPE_CHECKING:
    from countback.report.content import Content

HELD_BACK = "nothing that you may see"
"""How a filter is told that leaves nothing."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Questions to the books in a scope; the methods are those of `countback.Books`. `known_at`: the books are those
    that were known then."""

    opened: Opened
    scope: Scope
    known_at: datetime | None = None

    @property
    def books(self) -> Books:
        """The books themselves, all of them: for what is no secret, such as their dimensions and last day."""
        return self.opened.books

    @property
    def known_through(self) -> datetime:
        """Through which moment the figures know the ledger."""
        return self.opened.known_through

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Names that `by` and `where` take."""
        return self.books.dimensions

    @property
    def currencies(self) -> tuple[str, ...]:
        """Currencies of the documents in scope, sorted."""
        return self.books.currencies if self.scope.everything else tuple(self.values("currency"))

    def kpis(self, kpis: Sequence[str] | str | None = None, **asked: Any) -> Table:
        """Figures, as `Books.kpis` gives them."""
        return self._at(asked).books.kpis(kpis, **self._held(asked))

    def rows(self, kpi: str, **asked: Any) -> Answer:
        """Rows behind a figure, as `Books.rows` gives them."""
        found = self._at(asked).books.rows(kpi, **self._held(asked))
        unheld = {name for name, codes in _limits(self.scope) if codes is not None} & set(find(kpi).cells)
        return self._without_strangers(found) if unheld else found

    def explain(self, kpi: str, **asked: Any) -> Answer:
        """Why a figure moved, as `Books.explain` gives it."""
        return self._at(asked).books.explain(kpi, **self._held(asked))

    def content(
        self,
        as_of: date,
        *,
        currency: str | None = None,
        where: Mapping[str, Any] | None = None,
        targets: Mapping[str, Decimal] | None = None,
    ) -> Content:
        """Everything that the report says, in scope."""
        from countback.report.content import gather

        asked = self._held({"where": where})
        found = gather(self.books, as_of=as_of, currency=currency, targets=targets, **asked)
        told = tuple((name, words or HELD_BACK) for name, words in found.filters)
        return replace(found, filters=told, known_at=self.known_at)

    def values(self, dimension: str) -> list[str]:
        """What a dimension holds in scope, sorted; "" stands last, for blank, where there is any. For menus: it does
        not hang on a date. Raises Misuse for an unknown dimension."""
        kept = self.opened.answers
        key = ("values", dimension, self.scope)
        if key not in kept:
            kept[key] = values_of(self.books, self._customers, dimension)
        return list(kept[key])

    def customer(self, customer_id: str) -> dict[str, Any] | None:
        """The customer's row of the books; None where there is no such customer in scope."""
        return self._customers.one(customer_id)

    def customers(self, search: str = "", *, limit: int = 50, offset: int = 0) -> list[dict[str, Any]]:
        """Rows of the customers in scope whose name or number has the text in it, by name."""
        return self._customers.found(search, limit, offset)

    def customer_names(self, customer_ids: Sequence[str]) -> dict[str, str]:
        """Names by id of those of the customers that are in scope."""
        return self._customers.names(customer_ids)

    @property
    def _customers(self) -> ScopedCustomers:
        return ScopedCustomers(self.books, *(codes for _, codes in _limits(self.scope)))

    def _at(self, asked: Mapping[str, Any]) -> Figures:
        """These figures, or those as known at the moment that the question names."""
        moment = asked.get("known_at")
        return self if moment is None or self.known_at is not None else opened(self.scope, known_at=moment)

    def _held(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """The question in scope. Rows that say themselves when they were recorded are cut by that, too."""
        moment = self.known_at or asked.get("known_at")
        known_at = None if moment is None else in_utc(moment)
        return {**asked, "where": held(asked.get("where"), self.scope), "known_at": known_at}

    def _without_strangers(self, found: Answer) -> Answer:
        """The rows of customers in scope. A KPI by collector keeps the asked collectors' figures by its own cells,
        which leave what is left out as it is, of whomever."""
        ids = found.table["customer_id"]
        seen = self.customer_names(ids.drop_null().unique().to_pylist())
        mine = pc.is_in(ids, value_set=pa.array(list(seen), ids.type))
        left_out = pc.equal(found.table["side"], "left_out")
        return Answer(found.table.filter(pc.or_(pc.invert(left_out), mine)))


def opened(scope: Scope, *, known_at: datetime | None = None) -> Figures:
    """The figures of the mirror as it stands now, or of the books as they were known at a moment. Raises
    FileNotFoundError where there is no mirror yet."""
    folder = Path(settings.MIRROR)
    if known_at is None:
        return Figures(mirror.opened(folder), scope)
    return Figures(mirror.opened_as_known(folder, known_at), scope, known_at)


def held(where: Mapping[str, Any] | None, scope: Scope) -> dict[str, Any]:
    """A filter cut down to a scope: what is asked for and may not be seen is left out; no value at all lets no row
    pass. Blank is no code that anybody may be given."""
    result = dict(where or {})
    for dimension, allowed in _limits(scope):
        if allowed is None:
            continue
        asked = result.get(dimension, allowed)
        values = (asked,) if asked is None or isinstance(asked, str) else tuple(asked)
        result[dimension] = tuple(value for value in values if value in allowed)
    return result


def _limits(scope: Scope) -> tuple[tuple[str, tuple[str, ...] | None], ...]:
    """Dimension -> the codes that may be seen; None: all."""

    def codes(given: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if given is None else tuple(code for code in given if code)

    return ("entity", codes(scope.entities)), ("collector", codes(scope.collectors))
