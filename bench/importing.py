"""Importing books into the ledger against a bare COPY of the same rows into the same PostgreSQL.

    python bench/importing.py [INVOICES] [CUSTOMERS]

The first rival lays the rows of the source down in tables of their columns without a key, an index or a check, from CSV
files that lie ready; the second does so with the rows that the ledger keeps of them, versions and journal. The import
reads the source, checks every value, reference and sum, compares with the ledger, writes versions and the journal, each
with its indexes, and has the database check what was written. Then the same source is imported again, once more with a
thousand invoices changed, and these thousand alone, changed again. Peak memory is that of this process, in which all of
it happens.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.big_books import TABLES, change, made, write

AT = datetime(2026, 11, 1, 9, tzinfo=UTC)


def seconds(words: str, work: Callable[[], Any]) -> float:
    """How long the work takes, which is said."""
    start = time.perf_counter()
    work()
    taken = time.perf_counter() - start
    print(
        f"{words:44}{taken:8.2f} s   peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MiB"
    )
    return taken


def bare_copy(folder: Path) -> None:
    """COPY of every file into a table without anything."""
    from django.db import connection, transaction

    from countback.ledger.schema import columns_of

    with transaction.atomic(), connection.cursor() as cursor:
        for path in sorted(folder.glob("*.csv")):
            header = path.open(encoding="utf-8").readline().strip().split(",")
            types = columns_of(path.stem)
            cursor.execute(
                f"CREATE TABLE bare_{path.stem} ({', '.join(f'{one} {types[one]}' for one in header)})"
            )
            copying = f"COPY bare_{path.stem} FROM STDIN (FORMAT csv, HEADER)"
            with path.open("rb") as file, cursor.copy(copying) as rows:
                while piece := file.read(1 << 20):
                    rows.write(piece)


def kept_copy(folder: Path) -> float:
    """The same with the rows that the ledger keeps, which are first copied out."""
    from django.db import connection, transaction

    kept = [f"ledger_{table}" for table in TABLES] + ["ledger_entry"]
    folder.mkdir()
    with transaction.atomic(), connection.cursor() as cursor:
        for table in kept:
            cursor.execute(f"CREATE TABLE kept_{table} AS SELECT * FROM {table} LIMIT 0")
            with (
                (folder / table).open("wb") as file,
                cursor.copy(f"COPY {table} TO STDOUT (FORMAT csv)") as rows,
            ):
                file.writelines(rows)

        def copy() -> None:
            for table in kept:
                with (
                    (folder / table).open("rb") as file,
                    cursor.copy(f"COPY kept_{table} FROM STDIN (FORMAT csv)") as to,
                ):
                    while piece := file.read(1 << 20):
                        to.write(piece)

        return seconds("bare COPY of what the ledger keeps of them", copy)


def main() -> None:
    invoices = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    customers = int(sys.argv[2]) if len(sys.argv) > 2 else max(invoices // 50, 1)
    with tempfile.TemporaryDirectory(prefix="countback-bench-") as name:
        home = Path(name)
        os.environ["COUNTBACK_DATA"] = str(home / "application")
        from countback.project import database, environment
        from countback.project.serve import prepare

        settings = environment.read(os.environ)
        prepare(settings)
        try:
            _measure(home, invoices, customers)
        finally:
            if settings.database_url is None:
                database.stop(settings.data / "postgres")


def _measure(home: Path, invoices: int, customers: int) -> None:
    from countback.ledger.actions import import_books

    write(home / "csv", invoices, customers, "csv")
    write(home / "parquet", invoices, customers)
    change(home / "parquet", home / "changed", 1_000)
    change(home / "changed", home / "alone", 1_000, alone=True)
    with made(home / "counted", invoices, customers) as books:
        rows = sum(books.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in TABLES)
    print(f"{invoices:,} invoices, {rows:,} rows")

    def take_in(folder: str, days: int, *, vanish: bool = False) -> Callable[[], Any]:
        return lambda: import_books(
            home / folder, name=folder, profile=None, by=None, at=AT + timedelta(days), ends_vanished=vanish
        )

    bare = seconds("bare COPY from CSV, no key, no index", lambda: bare_copy(home / "csv"))
    whole = seconds("import from CSV into an empty ledger", take_in("csv", 0))
    kept = kept_copy(home / "kept")
    print(f"{'ratio to the rows of the source':44}{whole / bare:8.2f}")
    print(f"{'ratio to the rows of the ledger':44}{whole / kept:8.2f}")
    seconds("the same again", take_in("csv", 1, vanish=True))
    seconds("1,000 invoices changed, all told (Parquet)", take_in("changed", 2, vanish=True))
    seconds("1,000 invoices changed, told alone", take_in("alone", 3))


if __name__ == "__main__":
    main()
