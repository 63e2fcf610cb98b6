"""SQL is compiled once for all questions of a shape, and says of each what it asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from countback import Books, open_books
from countback.analytics.engine import Engine
from countback.analytics.scope import Scope
from countback.books.demo import write_demo_books

pytestmark = pytest.mark.xdist_group("written")  # what is compiled is kept by the process

AS_OF = date(2026, 10, 31)
SEGMENTS = ("mid-market", "public sector")
DAYS = (AS_OF, date(2026, 10, 17), date(2026, 3, 31), date(2025, 12, 30))


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two sets of demo books of one shape."""
    made = [tmp_path_factory.mktemp("one") / "books", tmp_path_factory.mktemp("two") / "books"]
    for folder, customers in zip(made, (12, 15), strict=True):
        write_demo_books(folder, customers=customers, months=14, ends_on=AS_OF)
    return made


class Compiled:
    """Counts what is compiled."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        compile_it = Engine.compile

        def counted(engine: Engine, expression: Any) -> str:
            self.count += 1
            return compile_it(engine, expression)

        monkeypatch.setattr(Engine, "compile", counted)


def asked(books: Books, day: date, where: dict[str, Any]) -> list[Any]:
    """Figures and rows of a question, by two ways to read positions."""
    found = books.kpis(["overdue_receivables", "credit_sales"], as_of=day, where=where).to_dicts()
    return [*found, *books.kpis("overdue_share", as_of=day, where=where, trend=6).to_dicts(),
            *books.rows("overdue_receivables", as_of=day, where=where).to_dicts()]  # fmt: skip


def test_another_date_value_or_set_of_books_is_not_compiled_again(
    folders: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_books(folders[0]) as first, open_books(folders[1]) as second:
        for day in DAYS:
            asked(first, day, {"segment": [SEGMENTS[0], None]})
        compiled = Compiled(monkeypatch)
        for day in DAYS:
            asked(second, day, {"segment": [SEGMENTS[1], None]})
        assert compiled.count <= 1, "the dates of the books are read anew, nothing else"


@pytest.fixture(scope="module")
def twice(folders: list[Path]) -> Iterator[tuple[Books, Books]]:
    """The same books opened twice: to be asked with what was compiled for others, and without."""
    with open_books(folders[1]) as shared, open_books(folders[1]) as alone:
        yield shared, alone


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("where", [{}, {"segment": [SEGMENTS[0]]}, {"segment": [SEGMENTS[1], None]}])
def test_what_was_compiled_for_others_gives_the_same_answer(
    twice: tuple[Books, Books], monkeypatch: pytest.MonkeyPatch, day: date, where: dict[str, Any]
) -> None:
    shared = asked(twice[0], day, where)
    monkeypatch.setattr(Scope, "shape", property(lambda scope: scope))
    monkeypatch.setattr("countback.analytics.pool.written", lambda _key, write: write())
    monkeypatch.setattr("countback.analytics.engine.written", lambda _key, write: write())
    assert asked(twice[1], day, where) == shared


def test_values_are_quoted_and_none_is_read_as_the_place_of_another() -> None:
    scope = Scope(where=(("segment", ("O'Neill", "⟦1.0⟧")), ("region", ("north", None))))
    (first, second), (third, blank) = (given for _, given in scope.shape.where)
    assert blank is None
    sql = f"a IN ('{first}', '{second}') AND b = '{third}'"
    assert scope.fill(sql) == "a IN ('O''Neill', '⟦1.0⟧') AND b = 'north'"


def test_dates_are_filled_in() -> None:
    scope = Scope.of((), (), None, (date(2026, 1, 31), date(2026, 2, 14)), date(2026, 3, 1))
    assert scope.since == date(2026, 2, 1)
    sql = "MAKE_DATE(1, 1, 1) MAKE_DATE(1, 1, 2) MAKE_DATE(1, 1, 3)"
    assert scope.fill(sql) == "MAKE_DATE(2026, 1, 31) MAKE_DATE(2026, 2, 14) MAKE_DATE(2026, 2, 1)"
