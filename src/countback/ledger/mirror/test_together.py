"""Several processes at once: readers while the mirror is refreshed, refreshes at the same time, and being killed."""

from __future__ import annotations

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from countback import open_books
from countback.accounts.rules import Scope
from countback.ledger import figures, mirror
from countback.ledger.mirror import folders
from countback.ledger.mirror.testing import Waiting, customer, invoice, write

pytestmark = pytest.mark.django_db(transaction=True)

AS_OF = date(2026, 12, 31)

READER = """
import json, sys
from datetime import date
from pathlib import Path
from django.conf import settings
from countback.accounts.rules import Scope
from countback.ledger import figures
settings.MIRROR = Path(sys.argv[1])
seen = []
print("ready", flush=True)
enough = False
while not enough:
    enough = (settings.MIRROR / "enough").exists()
    shown = figures.opened(Scope())
    asked = dict(as_of=date(2026, 12, 31))
    (figure,) = shown.kpis("open_receivables", **asked).to_dicts()
    rows = shown.rows("open_receivables", side="numerator", **asked).to_dicts()
    assert figure["value"] == sum(row["amount"] for row in rows), (figure, rows)
    seen.append(int(figure["value"]))
print(json.dumps(seen))
"""

WRITER = """
import sys
from pathlib import Path
from countback.ledger import mirror
print("ready", flush=True)
mirror.refresh(Path(sys.argv[1]))
"""


def open_amount(folder: Path) -> int:
    with open_books(folder / "current") as books:
        return int(books.kpis("open_receivables", as_of=AS_OF).to_dicts()[0]["value"])


def test_two_readers_in_two_processes_succeed_during_refreshes(tmp_path: Path, beside: Waiting) -> None:
    """# check 14. Each answer is of one generation, whole, and no later answer is of an older one."""
    write("customers", [customer()])
    write("invoices", [invoice("I-0", "1")])
    mirror.refresh(tmp_path)
    readers = [beside.start(READER, tmp_path).begun("ready") for _ in range(2)]
    for number in range(1, 6):
        write("invoices", [invoice(f"I-{number}", "1")])
        mirror.refresh(tmp_path)
    (tmp_path / "enough").touch()
    for reader in readers:
        assert reader.wait() == 0, reader.lines()
        seen = json.loads(reader.lines()[-1])
        assert seen == sorted(seen)
        assert seen[-1] == 6
        assert len(set(seen)) > 1


def test_threads_share_one_opened_generation_and_the_old_one_is_closed(
    tmp_path: Path, settings: pytest.FixtureRequest
) -> None:
    """# check 14, within one process."""
    settings.MIRROR = tmp_path
    write("customers", [customer()])
    write("invoices", [invoice("I-0", "1")])
    mirror.refresh(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: figures.opened(Scope()), range(8)))
    assert len({id(one.books) for one in found}) == 1
    old = found.pop()
    found.clear()
    write("invoices", [invoice("I-1", "1")])
    mirror.refresh(tmp_path)
    new = figures.opened(Scope())
    assert new.books is not old.books
    assert [int(one.kpis("open_receivables", as_of=AS_OF).to_dicts()[0]["value"]) for one in (old, new)] == [
        1,
        2,
    ]
    closed = old.books
    del old
    with pytest.raises(Exception, match="closed"):
        closed.kpis("open_receivables", as_of=AS_OF)


def test_the_second_of_two_refreshes_waits_and_finds_the_work_done(tmp_path: Path) -> None:
    write("customers", [customer()])
    write("invoices", [invoice("I-0", "1")])
    with ThreadPoolExecutor(4) as pool:
        states = list(pool.map(lambda _: mirror.refresh(tmp_path), range(4)))
    assert {state.generation for state in states} == {1}
    assert open_amount(tmp_path) == 1


@pytest.mark.slow
def test_killed_at_any_moment_the_old_mirror_stays_and_the_next_refresh_is_whole(
    tmp_path: Path, beside: Waiting
) -> None:
    chance = random.Random(7)
    write("customers", [customer()])
    write("invoices", [invoice("I-0", "1")])
    began = time.monotonic()
    mirror.refresh(tmp_path)
    takes = time.monotonic() - began
    outcomes = set()
    for number in range(1, 6):
        write("invoices", [invoice(f"I-{number}", "1")])
        before = folders.newest(tmp_path)
        process = beside.start(WRITER, tmp_path).begun("ready")
        time.sleep(chance.uniform(0, takes * 1.5))
        process.kill()
        after = folders.newest(tmp_path)
        outcomes.add(after == before)
        assert open_amount(tmp_path) in (before.rows["invoices"], number + 1)
        if chance.random() < 0.5:
            mirror.refresh(tmp_path)
            assert open_amount(tmp_path) == number + 1
    mirror.refresh(tmp_path)
    assert open_amount(tmp_path) == 6
    assert True in outcomes, "never killed before the end: the moments are too late"
    newest = folders.newest(tmp_path)
    kept = {path.name for path in tmp_path.glob("current-*")}
    assert kept <= {f"current-{newest.generation - back}" for back in range(3)}
