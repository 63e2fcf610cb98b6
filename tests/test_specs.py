"""The worked tables of docs/specs, as books: what the prose says is what is computed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.ledger import books_of


def test_ageing(tmp_path: Path) -> None:
    """docs/specs/ageing.md.

    # check 4: the rest of a part-paid invoice stays in its bucket, each instalment ages alone.
    # check 5: unapplied receipts have a column of their own.
    """
    ledger = """
    customer C "Acme"
    2024-03-01 invoice A C 100.00 due 2024-03-31
    2024-02-01 invoice B C 200.00 due 2024-03-02
    2024-01-01 invoice CC C 300.00 due 2024-01-31
    2024-02-01 invoice D C 100.00 due 2024-04-01
    instalment D 40.00 due 2024-03-01
    instalment D 60.00 due 2024-04-01
    2024-03-15 payment P1 C 50.00 -> B 50.00
    2024-04-02 payment P2 C 300.00 -> CC 300.00
    2024-03-10 payment P3 C 25.00
    """
    with books_of(ledger, tmp_path) as books:
        found = {row["by"]["bucket"]: row["value"] for row in books.kpis("aging", as_of=date(2024, 3, 31))}
        net = books.kpis("net_receivables", as_of=date(2024, 3, 31)).to_dicts()[0]["value"]
    assert found == {
        "current": Decimal(160),
        "1-30": Decimal(190),
        "31-60": Decimal(300),
        "61-90": Decimal(0),
        "over 90": Decimal(0),
        "unapplied": Decimal(-25),
    }
    assert net == Decimal(625) == sum(found.values())


def test_a_write_off_and_what_came_after(tmp_path: Path) -> None:
    """docs/specs/allocation.md, the first table."""
    ledger = """
    customer C "Acme"
    2024-01-01 invoice I C 100.00 due 2024-01-31
    2024-03-01 write_off W I 30.00
    2024-03-05 payment P1 C 60.00 -> I 60.00
    2024-03-09 payment P2 C 25.00 -> I 25.00
    """
    with books_of(ledger, tmp_path) as books:
        days = {1: "70", 4: "70", 5: "10", 8: "10", 9: "0"}
        for day, expected in days.items():
            open_amount = books.kpis("open_receivables", as_of=date(2024, 3, day)).to_dicts()[0]["value"]
            assert open_amount == Decimal(expected), day
        cash = books.kpis("cash_applied", as_of=date(2024, 3, 31)).to_dicts()[0]["value"]
        ratio = books.kpis("bad_debt_ratio", as_of=date(2024, 3, 31), params={"bad_debt_ratio.net": True})
    assert cash == Decimal(70), "15.00 of the 85.00 is recovery"
    assert ratio.to_dicts()[0]["numerator"] == Decimal(15), "30.00 written off less 15.00 recovered"


def test_instalments_fill_from_the_earliest(tmp_path: Path) -> None:
    """docs/specs/allocation.md, the second table."""
    ledger = """
    customer C "Acme"
    2024-01-01 invoice I C 90.00 due 2024-04-30
    instalment I 30.00 due 2024-02-28
    instalment I 30.00 due 2024-03-31
    instalment I 30.00 due 2024-04-30
    2024-02-01 payment P1 C 40.00 -> I 40.00
    2024-03-03 payment P2 C 50.00 -> I 50.00
    2024-03-09 reversal P2
    """
    expected = {(1, 1): (30, 30, 30), (2, 1): (0, 20, 30), (3, 3): (0, 0, 0), (3, 9): (0, 20, 30)}
    with books_of(ledger, tmp_path) as books:
        for (month, day), amounts in expected.items():
            rows = books.rows("open_receivables", as_of=date(2024, month, day), side="numerator").to_dicts()
            found = {row["row_id"]: row["amount"] for row in rows}
            assert tuple(found.get(f"I#{number}", Decimal(0)) for number in (1, 2, 3)) == amounts
