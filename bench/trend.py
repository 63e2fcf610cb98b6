"""The trend of 36 months, beside the cube query that a person would write, and what comes before and after it.

    python bench/trend.py [INVOICES]

On the same converted books in one run: building the derived tables beside one hand-written pass that makes the same
tables; the trend of open, ageing, overdue share, two DSOs and CEI as a warm library call, its part in the database and
the hand-written query on a kept cube; figures as of 24 months ago beside today; ageing by customer; one customer's
rows. Medians.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import big_books
import by_hand
import duckdb

import countback
from countback.analytics.keeping import keep_derived

KPIS = (
    "open_receivables",
    "aging",
    "overdue_share",
    "dso",
    "dso_countback",
    "collection_effectiveness_index",
)
TODAY = date(2025, 12, 31)
LONG_AGO = date(2023, 12, 31)


def median_of(times: int, act: Callable[[], object]) -> float:
    """Median seconds of that many calls."""
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def books_of(invoices: int) -> Path:
    """Converted books of that size with their derived tables, made once."""
    converted = Path(__file__).parent / ".books" / f"converted-{invoices}"
    if not (converted / "books.json").exists():
        big_books.write_sound(converted, invoices, max(1, invoices // 50), keep_derived)
    return converted


def building(converted: Path) -> None:
    """Derived tables from Parquet books: ours, each in a process of its own, and one pass by hand."""
    ours = _apart("ours", converted)
    hand = _apart("hand", converted)
    _say("derived tables from Parquet books", ours[0], hand[0], "one hand-written pass")
    print(f"  peak memory: {ours[1]:.2f} GiB; by hand {hand[1]:.2f} GiB")


def _apart(which: str, converted: Path) -> tuple[float, float]:
    printed = subprocess.run(
        [sys.executable, Path(__file__).with_name("derived.py"), which, converted],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    seconds, memory = printed.stdout.split()
    return float(seconds), float(memory)


def trend(books: countback.Books, connection: duckdb.DuckDBPyConnection) -> None:
    """The warm library call, its part in the database, and the query by hand."""

    def call() -> object:
        return books.kpis(KPIS, as_of=TODAY, trend=36)

    call()
    library = median_of(9, call)
    in_database = _in_database(books, call)
    hand = median_of(9, lambda: connection.execute(by_hand.TREND).fetchall())
    print(f"  36-month trend, warm library call: {library:.3f} s")
    _say("its part in the database", in_database, hand, "hand-written cube query")


def _in_database(books: countback.Books, call: Callable[[], object]) -> float:
    """Seconds within the database during one call, median of nine."""
    engine = books._tables.engine
    run, spent = engine.run_again, []

    def timed(sql: str) -> object:
        start = time.perf_counter()
        result = run(sql)
        spent.append(time.perf_counter() - start)
        return result

    engine.run_again = timed  # type: ignore[method-assign]
    totals = []
    for _ in range(9):
        spent.clear()
        call()
        totals.append(sum(spent))
    engine.run_again = run  # type: ignore[method-assign]
    return statistics.median(totals)


def single_dates(books: countback.Books) -> None:
    """As of 24 months ago beside today, ageing by customer, one customer's rows."""
    for words, by in (("ageing", ()), ("ageing by customer", ("customer",))):
        books.kpis("aging", as_of=TODAY, by=by)
        then = median_of(3, partial(books.kpis, "aging", as_of=LONG_AGO, by=by))
        now = median_of(3, partial(books.kpis, "aging", as_of=TODAY, by=by))
        _say(f"{words} as of 24 months ago", then, now, "as of today")
    customer = {"customer": "C000123"}
    books.rows("open_receivables", as_of=TODAY, where=customer)
    rows = median_of(5, partial(books.rows, "open_receivables", as_of=TODAY, where=customer))
    print(f"  rows of one customer: {rows:.3f} s")


def _say(what: str, ours: float, other: float, rival: str) -> None:
    print(f"  {what}: {ours:.3f} s; {rival} {other:.3f} s; ratio {ours / other:.2f}")


def main(invoices: int) -> None:
    """Run all of it at one size."""
    print(f"{invoices:,} invoices")
    converted = books_of(invoices)
    if "--no-build" not in sys.argv:
        building(converted)
    with countback.open_books(converted) as books:
        connection = by_hand.connect(converted)
        by_hand.check(connection, books, KPIS, TODAY)
        trend(books, connection)
        single_dates(books)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"  peak memory of questions: {peak:.2f} GiB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
