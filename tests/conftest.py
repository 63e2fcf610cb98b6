"""Books that many tests ask: made and opened once a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from countback import Books, open_books
from countback.kpis.catalogue import ids
from tests.generated_books import Story, gather, shelf, with_rates, write

BY = ("story", "currency")
AS_OF = date(2025, 3, 17)
"""Within a quarter and a month, and a year after the first stories; much comes after it."""

ASKED: dict[str, Any] = {"as_of": AS_OF, "by": BY, "every": "quarter"}
"""How generated books are asked: a quarter, so that every KPI meets something that happened in it."""


@dataclass
class Shelf:
    """Generated books, opened. `books` without rates of exchange: every amount in its own currency."""

    stories: list[Story]
    folder: Path
    books: Books

    @cached_property
    def figures(self) -> dict[str, list[dict[str, Any]]]:
        """Every figure of the catalogue as of AS_OF by story and currency, by KPI."""
        return by_kpi(self.books.kpis(ids(), **ASKED))


def by_kpi(figures: Any) -> dict[str, list[dict[str, Any]]]:
    """Figures as dicts, by KPI."""
    found: dict[str, list[dict[str, Any]]] = {kpi: [] for kpi in ids()}
    for row in figures.to_dicts():
        found[row["kpi"]].append(row)
    return found


@pytest.fixture(scope="session")
def stories() -> list[Story]:
    """Sixty stories that Hypothesis made up."""
    return gather(60)


@pytest.fixture(scope="session")
def generated(stories: list[Story], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    """The stories as one set of books."""
    folder = write(shelf(stories), tmp_path_factory.mktemp("shelf") / "books")
    with open_books(folder) as books:
        yield Shelf(stories, folder, books)


@pytest.fixture(scope="session")
def converted(stories: list[Story], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """The same with rates of exchange, so that dollars are reported in euros."""
    folder = write(with_rates(shelf(stories)), tmp_path_factory.mktemp("rated") / "books")
    with open_books(folder) as books:
        yield books
