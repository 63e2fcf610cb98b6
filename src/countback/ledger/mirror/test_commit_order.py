"""The mirror reads rows in the order in which they were committed: none is lost, none comes twice."""

from __future__ import annotations

import random
from contextlib import ExitStack
from pathlib import Path

import duckdb
import pytest

from countback.ledger.mirror import refresh
from countback.ledger.mirror.testing import customer, invoice, session, write

pytestmark = pytest.mark.django_db(transaction=True)


def invoices(folder: Path) -> list[str]:
    """The invoices that readers see, as often as they see them."""
    rows = duckdb.sql(f"SELECT invoice_id FROM '{folder}/current/invoices.parquet'").fetchall()
    return sorted(row[0] for row in rows)


def test_a_transaction_that_began_first_and_commits_last_is_not_lost(tmp_path: Path) -> None:
    """Its rows have the lower numbers, and are committed when higher ones were read already."""
    write("customers", [customer()])
    with session() as first, session() as second:
        first.execute("BEGIN")
        write("invoices", [invoice("begun-first")], cursor=first)
        second.execute("BEGIN")
        write("invoices", [invoice("begun-second")], cursor=second)
        second.execute("COMMIT")
        refresh(tmp_path)
        assert invoices(tmp_path) == ["begun-second"]
        write("invoices", [invoice("later")], cursor=second)
        refresh(tmp_path)
        assert invoices(tmp_path) == ["begun-second", "later"]
        first.execute("COMMIT")
    refresh(tmp_path)
    assert invoices(tmp_path) == ["begun-first", "begun-second", "later"]


def test_what_is_committed_is_seen_while_an_older_transaction_is_under_way(tmp_path: Path) -> None:
    """Waiting for every older one would hold the figures back for as long as the slowest takes."""
    with session() as slow:
        slow.execute("BEGIN")
        write("invoices", [invoice("slow")], cursor=slow)
        write("invoices", [invoice("quick")])
        before = refresh(tmp_path)
        assert invoices(tmp_path) == ["quick"]
        slow.execute("ROLLBACK")
    assert refresh(tmp_path).generation == before.generation
    assert invoices(tmp_path) == ["quick"]


@pytest.mark.parametrize("seed", range(6))
def test_transactions_in_any_order_bring_each_row_once(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    committed: set[str] = set()
    with ExitStack() as stack:
        sessions = [stack.enter_context(session()) for _ in range(4)]
        open_ones: dict[int, set[str]] = {}
        for step in range(60):
            place = chance.randrange(len(sessions))
            cursor = sessions[place]
            what = chance.choice(["write", "write", "commit", "rollback", "refresh"])
            if what == "write":
                if place not in open_ones:
                    cursor.execute("BEGIN")
                    open_ones[place] = set()
                name = f"{seed}-{step}"
                write("invoices", [invoice(name)], cursor=cursor)
                open_ones[place].add(name)
            elif what == "refresh":
                refresh(tmp_path)
                assert set(invoices(tmp_path)) == committed
            elif place in open_ones:
                cursor.execute(what)
                done = open_ones.pop(place)
                committed |= done if what == "commit" else set()
        for place in open_ones:
            sessions[place].execute("ROLLBACK")
    refresh(tmp_path)
    assert invoices(tmp_path) == sorted(committed)
    assert committed
