"""Promises, contacts, costs, placements, legal action, disputes on demo books, against SQL written by hand and apart.

Asked of customers without instalments and write-offs, whose balances the hand can work out in one line, and of amounts
in euros, so that nothing need be converted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from countback import Books, open_books
from countback.books.demo import write_demo_books
from countback.kpis.catalogue import find
from tests.asking import assert_closes

pytestmark = pytest.mark.xdist_group("collecting")  # one process makes the books and works them out, once

DATES = (date(2026, 10, 31), date(2026, 6, 17))
"""The last day of the books, and one within a month of their past."""

SCRIPT = """
CREATE SCHEMA hand;
CREATE TABLE hand.who AS SELECT customer_id, segment FROM books.customers WHERE customer_id NOT IN (
  SELECT customer_id FROM books.write_offs UNION ALL
  SELECT customer_id FROM books.instalments JOIN books.invoices USING (invoice_id));
CREATE TABLE hand.cash AS SELECT a.allocation_id, a.invoice_id, a.customer_id, w.segment, a.currency, a.amount,
  greatest(a.applied_on, i.issued_on) AS day,
  CASE WHEN p.reversed_on IS NOT NULL THEN greatest(p.reversed_on, a.applied_on, i.issued_on) END AS back_on, i.due_on
FROM books.allocations a JOIN books.payments p USING (payment_id) JOIN books.invoices i USING (invoice_id)
JOIN hand.who w ON w.customer_id = a.customer_id;
CREATE TABLE hand.flow AS
SELECT * EXCLUDE (back_on), day AS moved_on, amount AS moved, false AS returned FROM hand.cash UNION ALL
SELECT * EXCLUDE (back_on), back_on, -amount, true FROM hand.cash WHERE back_on IS NOT NULL;
CREATE TABLE hand.moves AS SELECT invoice_id, moved_on, moved FROM hand.flow UNION ALL
SELECT a.invoice_id, greatest(a.applied_on, i.issued_on), a.amount FROM books.allocations a
JOIN books.invoices i USING (invoice_id) WHERE a.credit_note_id IS NOT NULL;
CREATE TABLE hand.late AS SELECT d::DATE AS day, i.customer_id, w.segment, i.currency, i.invoice_id,
  any_value(i.amount) - coalesce(sum(m.moved), 0) AS owed
FROM books.invoices i JOIN hand.who w USING (customer_id)
JOIN generate_series(DATE '2025-03-01', DATE '2026-10-31', INTERVAL 1 DAY) s(d) ON d > i.due_on
LEFT JOIN hand.moves m ON m.invoice_id = i.invoice_id AND m.moved_on <= d
GROUP BY ALL HAVING owed > 0 ORDER BY day;
CREATE TABLE hand.promises AS SELECT r.*, w.segment, r.due_on
  + CASE dayname(r.due_on) WHEN 'Thursday' THEN 4 WHEN 'Friday' THEN 4 WHEN 'Saturday' THEN 3 ELSE 2 END AS until
FROM books.promises r JOIN hand.who w USING (customer_id);
CREATE TABLE hand.kept AS SELECT r.*, coalesce((SELECT sum(c.amount) FROM hand.cash c
  WHERE c.currency = r.currency AND CASE WHEN r.invoice_id IS NULL THEN c.customer_id = r.customer_id
    ELSE c.invoice_id = r.invoice_id END
  AND c.day BETWEEN r.made_on AND r.until AND (c.back_on IS NULL OR c.back_on > r.until)), 0) AS paid
FROM hand.promises r;
CREATE TABLE hand.contacts AS SELECT k.* EXCLUDE (contacted_on), w.segment, contacted_on::DATE AS day
FROM books.contacts k JOIN hand.who w USING (customer_id);
CREATE TABLE hand.disputes AS SELECT d.*, w.segment FROM books.disputes d JOIN hand.who w USING (customer_id)
WHERE currency = 'EUR';
CREATE TABLE hand.costs AS SELECT c.*, w.segment FROM books.costs c JOIN hand.who w USING (customer_id)
WHERE currency = 'EUR';
CREATE TABLE hand.placed AS SELECT p.*, strftime(placed_on, '%Y-%m') AS month FROM books.placements p
JOIN hand.who USING (customer_id) WHERE currency = 'EUR';
CREATE TABLE hand.followed AS SELECT f.*, (SELECT max_by(collector, (k.day, contact_id)) FROM hand.contacts k
  WHERE k.customer_id = f.customer_id AND collector IS NOT NULL AND outcome IS DISTINCT FROM 'bounced'
  AND k.day BETWEEN f.day - 14 AND f.day) AS collector FROM hand.flow f WHERE currency = 'EUR';
"""
JUDGED = "FROM hand.kept WHERE until BETWEEN $a AND $d AND (withdrawn_on IS NULL OR withdrawn_on > $d)"
IN_TIME = "c.day > p.placed_on AND c.day <= $d AND (p.recalled_on IS NULL OR c.day <= p.recalled_on)"
REACHED = """SELECT segment, count(*) FROM hand.contacts WHERE outcome = 'right_party' AND day BETWEEN $a AND $d
  GROUP BY ALL"""
STANDING = """SELECT segment, sum(amount) FROM hand.disputes
  WHERE opened_on <= $d AND (resolved_on IS NULL OR resolved_on > $d) GROUP BY ALL"""
BOOKED = "x.incurred_on BETWEEN p.placed_on AND least(coalesce(p.recalled_on, $d), $d)"
LATEST = f"""SELECT x.amount, x.kind, (SELECT max_by((agency, month), (placed_on, placement_id)) FROM hand.placed p
  WHERE p.customer_id = x.customer_id AND {BOOKED}) AS of FROM hand.costs x WHERE x.kind IN ('agency_fee', 'legal')"""
RECOVERED = f"""SELECT p.agency, p.month, c.amount * CASE WHEN EXISTS (SELECT 1 FROM hand.costs x
    WHERE x.customer_id = p.customer_id AND x.kind = 'agency_fee' AND {BOOKED}) THEN 1 ELSE 1 - p.fee_rate END AS amount
  FROM hand.placed p JOIN hand.cash c USING (invoice_id)
  WHERE p.placed_on <= $d AND {IN_TIME} AND (c.back_on IS NULL OR c.back_on > $d)"""

BY_HAND: dict[str, tuple[str, str]] = {
    "promise_rate": (
        "SELECT segment, count(*) FROM hand.promises WHERE made_on BETWEEN $a AND $d GROUP BY ALL",
        REACHED,
    ),
    "promise_kept_rate": (
        f"SELECT segment, count(*) {JUDGED} AND paid >= 0.95 * amount GROUP BY ALL",
        f"SELECT segment, count(*) {JUDGED} GROUP BY ALL",
    ),
    "promise_kept_amount_rate": (
        f"SELECT segment, sum(least(paid, amount)) {JUDGED} AND currency = 'EUR' GROUP BY ALL",
        f"SELECT segment, sum(amount) {JUDGED} AND currency = 'EUR' GROUP BY ALL",
    ),
    "right_party_contact_rate": (
        REACHED,
        "SELECT segment, count(*) FROM hand.contacts WHERE day BETWEEN $a AND $d GROUP BY ALL",
    ),
    "collection_cost": (
        """SELECT segment, sum(amount) FROM books.costs x LEFT JOIN books.customers c USING (customer_id)
        WHERE x.currency = 'EUR' AND incurred_on BETWEEN $a AND $d GROUP BY ALL""",
        "",
    ),
    "cost_of_collection": (
        "SELECT segment, sum(amount) FROM hand.costs WHERE incurred_on BETWEEN $a AND $d GROUP BY ALL",
        """SELECT segment, sum(moved) FROM hand.flow
        WHERE currency = 'EUR' AND day > due_on AND moved_on BETWEEN $a AND $d GROUP BY ALL""",
    ),
    "disputed_receivables": (
        STANDING,
        "",
    ),
    "dispute_rate": (
        "SELECT segment, sum(amount) FROM hand.disputes WHERE opened_on BETWEEN $a AND $d GROUP BY ALL",
        """SELECT segment, sum(amount) FROM (
        SELECT customer_id, issued_on, currency, amount FROM books.invoices UNION ALL
        SELECT customer_id, issued_on, currency, -amount FROM books.credit_notes) JOIN hand.who USING (customer_id)
        WHERE currency = 'EUR' AND issued_on BETWEEN $a AND $d GROUP BY ALL""",
    ),
    "days_deductions_outstanding": (
        STANDING,
        "SELECT segment, sum(amount) FROM hand.disputes WHERE opened_on BETWEEN $d - 89 AND $d GROUP BY ALL",
    ),
    "coverage": (
        """SELECT segment, sum(owed) FROM hand.late WHERE day = $d AND currency = 'EUR' AND customer_id IN (
        SELECT customer_id FROM hand.contacts
        WHERE outcome IS DISTINCT FROM 'bounced' AND day BETWEEN $d - 29 AND $d)
        GROUP BY ALL""",
        "SELECT segment, sum(owed) FROM hand.late WHERE day = $d AND currency = 'EUR' GROUP BY ALL",
    ),
    "legal_action_rate": (
        """SELECT segment, count(DISTINCT customer_id) FROM hand.late WHERE day BETWEEN $d - 364 AND $d
        AND customer_id IN (
        SELECT customer_id FROM books.legal_actions WHERE kind = 'claim' AND started_on BETWEEN $d - 364 AND $d)
        GROUP BY ALL""",
        "SELECT segment, count(DISTINCT customer_id) FROM hand.late WHERE day BETWEEN $d - 364 AND $d GROUP BY ALL",
    ),
    "collector_cash": (
        """SELECT collector, sum(moved) FROM hand.followed WHERE collector IS NOT NULL AND moved_on BETWEEN $a AND $d
        GROUP BY ALL""",
        "",
    ),
    "net_recovery": (
        f"""SELECT agency, month, sum(amount) FROM ({RECOVERED} UNION ALL
        SELECT of[1], of[2], -amount FROM ({LATEST}) WHERE of IS NOT NULL UNION ALL
        SELECT p.agency, p.month, -c.amount FROM hand.placed p JOIN books.allocations a USING (invoice_id)
        JOIN (SELECT allocation_id, amount, applied_on AS day FROM books.allocations) c USING (allocation_id)
        WHERE a.credit_note_id IS NOT NULL AND p.placed_on <= $d AND {IN_TIME}) GROUP BY ALL""",
        "SELECT agency, month, sum(amount) FROM hand.placed WHERE placed_on <= $d GROUP BY ALL",
    ),
}
"""KPI -> numerator and denominator as SQL, each giving the group and the amount; the period goes from $a to $d."""

COUNTS = ("promise_rate", "promise_kept_rate", "right_party_contact_rate", "legal_action_rate")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    folder = tmp_path_factory.mktemp("demo") / "books"
    write_demo_books(folder, customers=150, months=20, seed=11)
    with open_books(folder) as books:
        books.loaded.connection.execute(SCRIPT)
        yield books


def by_hand(books: Books, sql: str, day: date) -> dict[tuple[str | None, ...], Decimal]:
    """Amount by group, without groups of nothing."""
    if not sql:
        return {}
    values = {name: value for name, value in {"a": day.replace(day=1), "d": day}.items() if f"${name}" in sql}
    rows = books.loaded.connection.execute(sql, values).fetchall()
    return {tuple(row[:-1]): round(Decimal(row[-1]), 6) for row in rows if row[-1]}


def asked(books: Books, kpi: str) -> dict[str, Any]:
    """How the figure is asked, to be what the hand works out."""
    where: dict[str, Any] = {
        "customer": [row[0] for row in books.loaded.connection.execute("FROM hand.who").fetchall()]
    }
    where = {} if kpi == "collection_cost" else where  # most costs are of no customer
    return {"where": where if kpi in COUNTS else where | {"currency": "EUR"}}


@pytest.mark.parametrize("day", DATES, ids=str)
@pytest.mark.parametrize("kpi", sorted(BY_HAND))
def test_figure_agrees_with_sql_written_apart(demo, kpi, day):
    by = () if find(kpi).cells else ("segment",)
    found = demo.kpis([kpi], as_of=day, by=by, **asked(demo, kpi)).to_dicts()
    for side, sql in zip(("numerator", "denominator"), BY_HAND[kpi], strict=True):
        expected = by_hand(demo, sql, day)
        if not sql:
            continue
        assert expected, f"the demo books have nothing for the {side} as of {day}"
        assert {tuple(row["by"].values()): round(row[side], 6) for row in found if row[side]} == expected, (
            side
        )
        if by:
            (whole,) = demo.kpis([kpi], as_of=day, **asked(demo, kpi)).to_dicts()
            assert whole[side] == sum(expected.values())
    assert_closes(demo, kpi, str(day), **asked(demo, kpi))
