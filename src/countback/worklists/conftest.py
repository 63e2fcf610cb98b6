"""What the tests here share: books, converted, where the mirror stands, and figures of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from countback.accounts.rules import Scope
from countback.accounts.testing import world
from countback.analytics.keeping import keep_derived
from countback.audit.testing import append_only_tables_are_emptied
from countback.books.convert import convert
from countback.ledger.figures import Figures, opened
from countback.ledger.testing import ledger_is_emptied
from countback.worklists.testing import in_the_ledger, on_that_day, today
from tests.generated_books import Tables, write

__all__ = [
    "append_only_tables_are_emptied",
    "in_the_ledger",
    "ledger_is_emptied",
    "on_that_day",
    "today",
    "world",
]

OpenFigures = Callable[..., Figures]


@pytest.fixture
def figures_of(tmp_path: Path, settings: Any) -> OpenFigures:
    """Opens figures of these tables, or of a books folder, for somebody who may see the scope."""

    def figures(books: Tables | Path, scope: Scope | None = None) -> Figures:
        source = books if isinstance(books, Path) else write(books, tmp_path / "books")
        convert(source, tmp_path / "mirror" / "current", derive=keep_derived)
        settings.MIRROR = tmp_path / "mirror"
        return opened(scope or Scope())

    return figures
