"""An import that is killed at any moment leaves the ledger as it was, or as it should be; never between."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from countback.books.demo import write_demo_books
from countback.ledger.actions import import_books
from countback.ledger.locks import IMPORTING
from countback.ledger.mirror.testing import Waiting
from countback.ledger.models import Import
from countback.ledger.testing import BOOKS, FIRST, asked
from tests.generated_books import write

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

KILLS = 6

PROGRAM = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from countback.ledger.actions import import_books
print("begins", flush=True)
import_books(Path(sys.argv[1]), name="killed", profile=None, by=None, at=datetime(2026, 1, 5, 9, tzinfo=UTC))
print("done", flush=True)
"""


def state() -> tuple[int, ...]:
    """What the ledger holds, once whoever wrote to it has ended."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [IMPORTING])
        cursor.execute("SELECT pg_advisory_unlock(%s)", [IMPORTING])
    tables = ("import", "customers", "invoices", "payments", "allocations", "entry")
    return tuple(asked(f"SELECT count(*) FROM ledger_{name}")[0][0] for name in tables)


# check 49
def test_killed_at_any_moment_all_of_it_is_there_or_nothing(tmp_path: Path, beside: Waiting) -> None:
    source = tmp_path / "books"
    write_demo_books(source, customers=20, months=12)
    start = time.monotonic()
    assert beside.start(PROGRAM, source).wait() == 0
    taken = time.monotonic() - start
    complete = state()
    assert min(complete) > 0
    chance = random.Random(49)
    for number in range(KILLS):
        empty_ledger()
        process = beside.start(PROGRAM, source).begun("begins")
        time.sleep(chance.uniform(0, taken) * (number + 1) / KILLS)
        process.kill()
        found = state()
        assert found in ((0,) * len(complete), complete)
        if found != complete:
            import_books(source, name="again", profile=None, by=None, at=FIRST)
        assert state() == complete, "the same import, tried again, goes through"
        assert Import.objects.count() == 1
    assert not list(asked("SELECT 1 FROM ledger_unchecked"))


def test_two_that_import_the_same_at_once_bring_it_once(tmp_path: Path) -> None:
    source = write(BOOKS, tmp_path / "books")

    def take_in(name: str) -> int:
        try:
            return import_books(source, name=name, profile=None, by=None, at=FIRST).changes
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(take_in, ("one", "other"))) == [0, 6]
    assert state()[:5] == (2, 2, 2, 1, 1)
    assert Import.objects.values("at").distinct().count() == 2


def empty_ledger() -> None:
    """As between two tests."""
    from django.core.management import call_command

    call_command("flush", interactive=False, verbosity=0)
