"""Receivables, cash and behaviour on demo books, against SQL written by hand and apart.

Asked of customers without instalments and without cash on what was written off, whose balances the hand works out in
one line, and of amounts in euros, so that nothing need be converted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from countback import Books, open_books
from countback.books.demo import write_demo_books
from countback.kpis.catalogue import find

DATES = (date(2026, 10, 31), date(2026, 6, 17))
"""The last day of the books, and one within a month of their past."""

SCRIPT = """
CREATE SCHEMA mine;
CREATE TABLE mine.who AS SELECT customer_id, segment FROM books.customers WHERE customer_id NOT IN (
  SELECT customer_id FROM books.instalments JOIN books.invoices USING (invoice_id) UNION ALL
  SELECT w.customer_id FROM books.write_offs w JOIN books.allocations a USING (invoice_id)
  WHERE a.applied_on >= w.written_off_on);
CREATE TABLE mine.invoices AS SELECT i.*, w.segment FROM books.invoices i JOIN mine.who w USING (customer_id)
WHERE currency = 'EUR';
CREATE TABLE mine.notes AS SELECT n.*, w.segment FROM books.credit_notes n JOIN mine.who w USING (customer_id)
WHERE currency = 'EUR';
CREATE TABLE mine.payments AS SELECT p.*, w.segment FROM books.payments p JOIN mine.who w USING (customer_id)
WHERE currency = 'EUR';
CREATE TABLE mine.applied AS SELECT i.invoice_id, i.segment, i.issued_on, i.due_on, a.amount, a.payment_id,
  a.credit_note_id, greatest(a.applied_on, i.issued_on) AS day, CASE WHEN p.reversed_on IS NOT NULL
  THEN greatest(p.reversed_on, a.applied_on, i.issued_on) END AS back_on
FROM books.allocations a JOIN mine.invoices i USING (invoice_id) LEFT JOIN books.payments p USING (payment_id);
CREATE TABLE mine.cash AS
SELECT *, day AS moved_on, amount AS moved, false AS returned FROM mine.applied WHERE payment_id IS NOT NULL UNION ALL
SELECT *, back_on, -amount, true FROM mine.applied WHERE back_on IS NOT NULL;
CREATE TABLE mine.moves AS SELECT invoice_id, moved_on, moved FROM mine.cash UNION ALL
SELECT invoice_id, day, amount FROM mine.applied WHERE credit_note_id IS NOT NULL UNION ALL
SELECT invoice_id, written_off_on, amount FROM books.write_offs;
CREATE MACRO held(d) AS TABLE SELECT i.*, i.amount - coalesce((SELECT sum(moved) FROM mine.moves m
  WHERE m.invoice_id = i.invoice_id AND m.moved_on <= d), 0) AS open, d - i.due_on AS late
FROM mine.invoices i WHERE i.issued_on <= d;
CREATE MACRO sold(a, b) AS TABLE
SELECT segment, issued_on, amount FROM mine.invoices WHERE issued_on BETWEEN a AND b UNION ALL
SELECT segment, issued_on, -amount FROM mine.notes WHERE issued_on BETWEEN a AND b;
CREATE MACRO waiting(d) AS TABLE
SELECT segment, amount FROM mine.payments WHERE received_on <= d AND coalesce(reversed_on > d, true) UNION ALL
SELECT segment, amount FROM mine.notes WHERE issued_on <= d UNION ALL
SELECT p.segment, -a.amount FROM mine.applied a JOIN mine.payments p USING (payment_id)
WHERE day <= d AND coalesce(back_on > d, true) UNION ALL
SELECT n.segment, -a.amount FROM mine.applied a JOIN mine.notes n USING (credit_note_id) WHERE day <= d;
"""

OPEN = "SELECT segment, sum(open) FROM held({d}) WHERE {which} GROUP BY ALL"
SALES = "SELECT segment, sum(amount) FROM sold({d} - {n} + 1, {d}) GROUP BY ALL"
PERIOD = "SELECT segment, sum(amount) FROM sold({a}, {d}) GROUP BY ALL"
CASH = """SELECT segment, sum(moved * {weight}) FROM mine.cash
WHERE moved_on BETWEEN {a} AND {d} AND {which} GROUP BY ALL"""
STANDING = "NOT returned AND coalesce(back_on > {d}, true)"


def stock(which: str = "true", day: str = "{d}") -> str:
    return OPEN.replace("{d}", day).replace("{which}", which)


def sales(days: int) -> str:
    return SALES.replace("{n}", str(days))


def cash(which: str = "true", weight: str = "1") -> str:
    return CASH.replace("{which}", which).replace("{weight}", weight)


def plus(*parts: tuple[int, str]) -> str:
    signed = " UNION ALL ".join(
        f"SELECT segment, {sign} * c AS c FROM ({query}) AS t(segment, c)" for sign, query in parts
    )
    return f"SELECT segment, sum(c) FROM ({signed}) GROUP BY ALL"


BEFORE = stock(day="{a} - 1")
COLLECTABLE = plus((1, BEFORE), (1, PERIOD), (-1, stock("late <= 0")))
DUE = "SELECT segment, sum(open) FROM held({a} - 1) WHERE due_on <= {d} GROUP BY ALL"
NEW_DUE = """SELECT segment, sum(amount) FROM mine.invoices
WHERE issued_on BETWEEN {a} AND {d} AND due_on <= {d} GROUP BY ALL"""
LATE_THEN = "invoice_id IN (SELECT invoice_id FROM held({a} - 1) WHERE late > 0 AND open > 0)"
LOST = """SELECT segment, sum(w.amount) FROM books.write_offs w JOIN mine.invoices i USING (invoice_id)
WHERE written_off_on > {d} - 365 AND written_off_on <= {d} GROUP BY ALL"""
ISSUED = (
    "SELECT segment, sum(amount * {w}) FROM mine.invoices WHERE issued_on BETWEEN {a} AND {d} GROUP BY ALL"
)
ACCOUNTS = (
    "SELECT segment, count(DISTINCT customer_id) FROM held({d}) WHERE open > 0 AND {which} GROUP BY ALL"
)

BOTH_ENDS = plus((1, stock()), (1, stock(day="{d} - 365")))

BY_HAND = {
    "open_receivables": (stock(), None),
    "current_receivables": (stock("late <= 0"), None),
    "overdue_receivables": (stock("late > 0"), None),
    "unapplied_credits": ("SELECT segment, sum(amount) FROM waiting({d}) GROUP BY ALL", None),
    "net_receivables": (plus((1, stock()), (-1, "SELECT segment, sum(amount) FROM waiting({d}) GROUP BY ALL")), None),
    "credit_sales": (PERIOD, None),
    "cash_applied": (cash(), None),
    "dso": (stock(), sales(90)),
    "best_possible_dso": (stock("late <= 0"), sales(90)),
    "delinquent_dso": (stock("late > 0"), sales(90)),
    "average_days_past_due": (
        "SELECT segment, sum(open * late) FROM held({d}) WHERE late > 0 GROUP BY ALL", stock("late > 0"),
    ),
    "receivables_turnover": (sales(365), f"SELECT segment, c / 2 FROM ({BOTH_ENDS}) AS t(segment, c)"),
    "collection_effectiveness_index": (plus((1, BEFORE), (1, PERIOD), (-1, stock())), COLLECTABLE),
    "cash_collection_effectiveness_index": (cash(), COLLECTABLE),
    "collection_rate": (cash("due_on <= {d}"), plus((1, DUE), (1, NEW_DUE))),
    "current_share": (stock("late <= 0"), stock()),
    "overdue_share": (stock("late > 0"), stock()),
    "over_90_share": (stock("late > 90"), stock()),
    "overdue_accounts_share": (ACCOUNTS.replace("{which}", "late > 0"), ACCOUNTS.replace("{which}", "true")),
    "recovered_to_outstanding": (cash(LATE_THEN), stock("late > 0", "{a} - 1")),
    "average_days_to_pay": (cash(STANDING, "(day - issued_on)"), cash(STANDING)),
    "days_beyond_terms": (cash(STANDING, "(day - due_on)"), cash(STANDING)),
    "late_payment_share": (cash(STANDING + " AND day > due_on"), cash(STANDING)),
    "weighted_terms": (ISSUED.replace("{w}", "(due_on - issued_on)"), ISSUED.replace("{w}", "1")),
    "bad_debt_ratio": (LOST, sales(365)),
}  # fmt: skip
"""By KPI the hand's numerator and denominator: sums by segment."""


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """Demo books, with the hand's tables beside them."""
    folder = tmp_path_factory.mktemp("hand") / "demo"
    write_demo_books(folder, customers=60, months=18, seed=7)
    with open_books(folder) as opened:
        opened.loaded.connection.execute(SCRIPT)
        yield opened


@pytest.fixture(scope="module")
def asked(books: Books) -> dict[str, Any]:
    who = books.loaded.connection.execute("SELECT customer_id FROM mine.who").fetchall()
    assert len(who) > 20
    return {"where": {"customer": [row[0] for row in who], "currency": "EUR"}}


def of_hand(books: Books, query: str, day: date) -> dict[str | None, Decimal]:
    """Sums by segment as the hand has them, and the whole under None."""
    start = day.replace(day=1)
    sql = query.replace("{d}", f"DATE '{day}'").replace("{a}", f"DATE '{start}'")
    found = {segment: Decimal(total) for segment, total in books.loaded.connection.execute(sql).fetchall()}
    assert None not in found
    return found | {None: sum(found.values(), Decimal(0))}


@pytest.mark.parametrize("day", DATES, ids=str)
def test_kpis_are_what_the_hand_has(day, books, asked):
    """The company's total and every segment's, each side of every figure, and the values that follow."""
    whole = books.kpis(list(BY_HAND), as_of=day, **asked).to_dicts()
    parts = books.kpis(list(BY_HAND), as_of=day, by="segment", **asked).to_dicts()
    wrong = []
    for kpi, queries in BY_HAND.items():
        hand = [of_hand(books, query, day) for query in queries if query]
        for row in [row for row in (*whole, *parts) if row["kpi"] == kpi]:
            segment = row["by"].get("segment")
            sides = [round(sums.get(segment, Decimal(0)), 4) for sums in hand]
            shown = [row["numerator"], row["denominator"]][: len(sides)]
            if [round(side, 4) for side in shown] != sides:
                wrong.append((kpi, segment, shown, sides))
        assert {row["by"]["segment"] for row in parts if row["kpi"] == kpi} >= {
            segment for segment, total in hand[0].items() if segment and total
        }  # fmt: skip
    assert not wrong
    assert all(row["numerator"] for row in whole), [row["kpi"] for row in whole if not row["numerator"]]


SCALES = {"dso": 90, "best_possible_dso": 90, "delinquent_dso": 90}


def test_values_follow_from_the_sides(books, asked):
    for row in books.kpis(list(BY_HAND), as_of=DATES[0], **asked).to_dicts():
        scale = SCALES.get(row["kpi"], 100 if find(row["kpi"]).unit == "%" else 1)
        expected = (
            row["numerator"] if row["denominator"] is None else row["numerator"] / row["denominator"] * scale
        )
        assert abs(row["value"] - expected) < Decimal("1e-9"), row["kpi"]


@pytest.mark.parametrize("day", DATES, ids=str)
def test_ageing_largest_and_concentration(day, books, asked):
    hand = books.loaded.connection
    ages = """SELECT CASE WHEN late <= 0 THEN 'current' WHEN late <= 30 THEN '1-30' WHEN late <= 60 THEN '31-60'
    WHEN late <= 90 THEN '61-90' ELSE 'over 90' END, sum(open) FROM held(?) GROUP BY ALL"""
    expected = {bucket: amount for bucket, amount in hand.execute(ages, [day]).fetchall() if amount}
    found = {row["by"]["bucket"]: row["value"] for row in books.kpis("aging", as_of=day, **asked).to_dicts()}
    unapplied = of_hand(books, "SELECT segment, sum(amount) FROM waiting({d}) GROUP BY ALL", day)[None]
    assert found.pop("unapplied") == -unapplied
    assert {bucket: amount for bucket, amount in found.items() if amount} == expected
    owed = "SELECT sum(open) AS owed FROM held(?) GROUP BY customer_id ORDER BY owed DESC"
    sizes = [row[0] for row in hand.execute(owed, [day]).fetchall()]
    top, index = books.kpis(["top_10_share", "concentration"], as_of=day, **asked).to_dicts()
    assert round(top["value"], 6) == round(sum(sizes[:10]) / sum(sizes) * 100, 6)
    assert round(index["value"], 6) == round(sum(size * size for size in sizes) / sum(sizes) ** 2 * 100, 6)


@pytest.mark.parametrize("day", DATES, ids=str)
def test_countback_eats_backwards(day, books, asked):
    """The same again in a few lines, month by month."""
    left = of_hand(books, stock(), day)[None]
    counted, at = Decimal(0), day
    while left > 0:
        first = at.replace(day=1)
        length = (at - first).days + 1
        month = f"SELECT segment, sum(amount) FROM sold(DATE '{first}', DATE '{at}') GROUP BY ALL"
        sold = of_hand(books, month, day)[None]
        counted += min(left / sold, Decimal(1)) * length
        left -= sold
        at = first - timedelta(1)
    (found,) = books.kpis("dso_countback", as_of=day, **asked).to_dicts()
    assert round(found["value"], 6) == round(counted, 6)


def test_loss_allowance_at_given_rates(books, asked):
    rates = {"current": 1, "1-30": 2, "31-60": 5, "61-90": 10, "over 90": 50}
    found = books.kpis("aging", as_of=DATES[0], **asked).to_dicts()
    expected = sum(row["value"] * rates.get(row["by"]["bucket"], 0) / 100 for row in found)
    given = {"loss_allowance.rates": ",".join(map(str, rates.values()))}
    (allowance,) = books.kpis("loss_allowance", as_of=DATES[0], params=given, **asked).to_dicts()
    assert allowance["value"] == expected
