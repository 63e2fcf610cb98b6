"""Facts of the opened books, read by SQL with bound values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import QueryDict

from countback.dashboards.asked import ADDED, BLANK, Asked
from countback.ledger.figures import Figures

CURRENCY = "currency"

Row = dict[str, Any]


def read_books(figures: Figures, sql: str, values: Mapping[str, Any]) -> list[Row]:
    """Rows of a query over the schema `books`, one dict each; `values` are bound under their names. On a cursor of its
    own, so that it need not wait for the engine's questions. The query itself keeps to what may be seen."""
    with figures.books.loaded.connection.cursor() as cursor:
        found = cursor.execute(sql, dict(values))
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def known(row: str) -> str:
    """SQL that is true where a row of the table called `row` was known at `$known_at`."""
    return f"($known_at::TIMESTAMP IS NULL OR {row}.recorded_at IS NULL OR {row}.recorded_at <= $known_at::TIMESTAMP)"


def known_value(asked: Asked) -> Row:
    """What `known` binds: recording times stand in the books in UTC, without their zone."""
    return {"known_at": None if asked.known_at is None else asked.known_at.replace(tzinfo=None)}


def every_currency(asked: Asked, given: QueryDict) -> Asked:
    """The question without the one currency that was settled on where several stand apart: here each has lines of its
    own. One that the query string `given` asks for stays."""
    if given.get(ADDED) == CURRENCY or CURRENCY in given.getlist(BLANK) or asked.key(CURRENCY) in given:
        return asked
    return replace(asked.without(CURRENCY), aside=())


def entities_asked(figures: Figures, asked: Asked) -> list[str] | None:
    """Codes of the entities whose documents are shown, "" for blank: those asked, as far as they may be seen; None:
    all."""
    chosen = [code or "" for code in asked.chosen("entity")]
    allowed = figures.scope.entities
    if allowed is None:
        return chosen or None
    return [code for code in (chosen or allowed) if code and code in allowed]


def names_of(figures: Figures, dimension: str, values: Sequence[str]) -> dict[str, str]:
    """Names for people of a dimension's values, as far as the books have any and they may be seen."""
    if dimension in ("customer", "parent"):
        return figures.customer_names(values)
    if dimension == "collector":
        sql = "SELECT collector, name FROM books.collectors WHERE list_contains($these::VARCHAR[], collector)"
        return {
            row["collector"]: row["name"]
            for row in read_books(figures, sql, {"these": list(values)})
            if row["name"]
        }
    return {}
