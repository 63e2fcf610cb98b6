"""A past date costs what today costs: the same questions to the database, whatever the date and however many
invoices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from countback import Books, open_books
from countback.analytics.keeping import keep_derived
from countback.books.convert import convert
from countback.books.demo import write_demo_books

pytestmark = pytest.mark.xdist_group("past")  # one process converts the books, once

TODAY, LONG_AGO = date(2026, 10, 31), date(2024, 10, 31)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Converted books of two sizes."""
    home = tmp_path_factory.mktemp("past")
    made = []
    for customers in (20, 80):
        write_demo_books(home / f"demo-{customers}", customers=customers, months=30)
        made.append(convert(home / f"demo-{customers}", home / f"books-{customers}", derive=keep_derived))
    return made


@contextmanager
def counted(books: Books) -> Iterator[list[str]]:
    """The SQL that the engine is asked to run meanwhile."""
    engine = books._tables.engine
    run, asked = engine.run_again, []

    def noted(sql: str) -> object:
        asked.append(sql)
        return run(sql)

    engine.run_again = noted  # type: ignore[method-assign]
    try:
        yield asked
    finally:
        engine.run_again = run  # type: ignore[method-assign]


def test_ageing_of_a_past_date_is_one_query_like_todays(folders: list[Path]) -> None:
    """# check 13: one query for all buckets of all customers, on balances kept as intervals; no replay of entries."""
    lengths = []
    for folder in folders:
        with open_books(folder) as books:
            books.kpis("aging", as_of=TODAY)
            for day in (TODAY, LONG_AGO):
                with counted(books) as asked:
                    books.kpis("aging", as_of=day, by="customer")
                lengths.append((len(asked), len(asked[0])))
                assert '"derived"."balances"' in asked[0]
                assert '"derived"."entries"' not in asked[0]
    assert len(set(lengths)) == 1, "another date or size asks another question"
    assert lengths[0][0] == 1


def test_a_longer_trend_asks_no_more_queries(folders: list[Path]) -> None:
    """Thirty-six months are one question on the cube, not thirty-six."""
    with open_books(folders[0]) as books:
        kpis = ("open_receivables", "overdue_share", "dso", "collection_effectiveness_index")
        books.kpis(kpis, as_of=TODAY, trend=36)
        with counted(books) as asked:
            books.kpis(kpis, as_of=TODAY, trend=36)
        assert len(asked) == 1
        assert '"derived"."cube"' in asked[0]


def test_converted_books_give_the_figures_of_their_source(folders: list[Path]) -> None:
    """Kept tables are the tables that would be built."""
    source = folders[0].parent / "demo-20"
    with open_books(source) as plain, open_books(folders[0]) as kept:
        for day in (TODAY, LONG_AGO):
            assert kept.kpis(as_of=day).to_dicts() == plain.kpis(as_of=day).to_dicts()
            assert (
                kept.kpis("aging", as_of=day, by="customer").to_dicts()
                == plain.kpis("aging", as_of=day, by="customer").to_dicts()
            )


def test_stretches_of_customers_make_the_same_tables(
    folders: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Large books are derived in several parts: the figures must not notice."""
    monkeypatch.setattr("countback.analytics.keeping.INVOICES_AT_ONCE", 100)
    source = folders[0].parent / "demo-20"
    parted = convert(source, tmp_path / "parted", derive=keep_derived)
    assert len(list((parted / "derived" / "balances").glob("*.parquet"))) > 2
    with open_books(parted) as many, open_books(folders[0]) as one:
        assert many.kpis(as_of=TODAY, by="region").to_dicts() == one.kpis(as_of=TODAY, by="region").to_dicts()
