"""Everything that receivables software has to cope with happens in the demo books."""

from __future__ import annotations

import pytest

AT_LEAST = {
    "legal entities": (3, "SELECT count(DISTINCT entity_id) FROM invoices"),
    "currencies": (4, "SELECT count(DISTINCT currency) FROM invoices"),
    "languages": (8, "SELECT count(DISTINCT language) FROM customers"),
    "time zones": (10, "SELECT count(DISTINCT timezone) FROM customers"),
    "types of customer": (4, "SELECT count(DISTINCT type) FROM customers"),
    "terms": (6, "SELECT count(DISTINCT terms) FROM invoices"),
    "industries": (6, "SELECT count(DISTINCT industry) FROM customers"),
    "product lines": (6, "SELECT count(DISTINCT product_line) FROM invoices"),
    "teams": (3, "SELECT count(DISTINCT team) FROM collectors"),
    "habits": (8, "SELECT count(DISTINCT habit) FROM truth_customers"),
    "daughters": (15, "SELECT count(*) FROM customers WHERE parent_id IS NOT NULL"),
    "granddaughters": (
        3,
        """SELECT count(*) FROM customers c JOIN customers p ON p.customer_id = c.parent_id
        WHERE p.parent_id IS NOT NULL""",
    ),
    "customers without a credit limit": (2, "SELECT count(*) FROM customers WHERE credit_limit IS NULL"),
    "part payments": (
        50,
        """SELECT count(*) FROM (SELECT invoice_id FROM moves WHERE kind = 'cash' AND amount > 0 AND instalment IS NULL
        GROUP BY invoice_id HAVING count(DISTINCT day) > 1)""",
    ),
    "short payments": (20, "SELECT count(*) FROM truth_invoices WHERE disposition = 'short_paid'"),
    "overpayments": (
        8,
        """SELECT count(*) FROM (SELECT payment_id FROM payments p JOIN allocations a USING (payment_id)
        GROUP BY payment_id, p.amount, p.received_on
        HAVING sum(a.amount) FILTER (WHERE applied_on = p.received_on) < p.amount)""",
    ),
    "cash never applied": (
        3,
        """SELECT count(*) FROM payments p LEFT JOIN (SELECT payment_id, sum(amount) AS used FROM allocations
        GROUP BY payment_id) USING (payment_id) WHERE coalesce(used, 0) < p.amount AND p.received_on < '2026-06-01'""",
    ),
    "payments applied days after they came": (
        40,
        "SELECT count(*) FROM allocations JOIN payments p USING (payment_id) WHERE applied_on > received_on",
    ),
    "payments for five invoices and more": (
        10,
        "SELECT count(*) FROM (SELECT payment_id FROM allocations GROUP BY payment_id HAVING count(payment_id) >= 5)",
    ),
    "returned direct debits": (
        10,
        "SELECT count(*) FROM payments WHERE reversed_on IS NOT NULL AND method = 'direct_debit'",
    ),
    "returned debits paid again": (
        5,
        """SELECT count(DISTINCT a.invoice_id) FROM allocations a JOIN payments p USING (payment_id)
        JOIN allocations b ON b.invoice_id = a.invoice_id JOIN payments q ON q.payment_id = b.payment_id
        WHERE p.reversed_on IS NOT NULL AND q.received_on > p.reversed_on""",
    ),
    "credit notes applied at once": (100, "SELECT count(invoice_id) FROM credit_notes"),
    "credit notes applied later": (10, "SELECT count(DISTINCT credit_note_id) FROM allocations"),
    "credit notes never applied": (
        5,
        "SELECT count(*) FROM credit_notes ANTI JOIN allocations USING (credit_note_id) WHERE invoice_id IS NULL",
    ),
    "early-payment discounts": (
        20,
        "SELECT count(*) FROM credit_notes WHERE reason = 'early payment discount'",
    ),
    "invoices in instalments": (20, "SELECT count(DISTINCT invoice_id) FROM instalments"),
    "interest invoices": (50, "SELECT count(*) FROM invoices WHERE kind = 'interest'"),
    "charges": (20, "SELECT count(*) FROM invoices WHERE kind = 'charge'"),
    "interest waived": (20, "SELECT count(*) FROM credit_notes WHERE reason = 'interest waived'"),
    "disputes still open": (2, "SELECT count(*) FROM disputes WHERE resolved_on IS NULL"),
    "outcomes of disputes": (3, "SELECT count(DISTINCT outcome) FROM disputes"),
    "promises kept": (100, "SELECT count(*) FROM truth_promises WHERE fate = 'kept'"),
    "promises kept in part": (10, "SELECT count(*) FROM truth_promises WHERE fate = 'partly'"),
    "promises broken": (30, "SELECT count(*) FROM truth_promises WHERE fate = 'broken'"),
    "promises withdrawn": (2, "SELECT count(withdrawn_on) FROM promises"),
    "promises still open": (1, "SELECT count(*) FROM promises WHERE due_on >= '2026-10-31'"),
    "promises for the customer as a whole": (20, "SELECT count(*) FROM promises WHERE invoice_id IS NULL"),
    "channels of contact": (6, "SELECT count(DISTINCT channel) FROM contacts"),
    "outcomes of contacts": (5, "SELECT count(DISTINCT outcome) FROM contacts"),
    "contacts by the customer": (50, "SELECT count(*) FROM contacts WHERE direction = 'in'"),
    "placements": (20, "SELECT count(*) FROM placements"),
    "agencies": (3, "SELECT count(DISTINCT agency) FROM placements"),
    "recalls": (5, "SELECT count(recalled_on) FROM placements"),
    "remittances": (10, "SELECT count(*) FROM payments WHERE method = 'agency'"),
    "agency fees": (10, "SELECT count(*) FROM costs WHERE kind = 'agency_fee'"),
    "letters before action": (20, "SELECT count(*) FROM legal_actions WHERE kind = 'letter_before_action'"),
    "claims": (5, "SELECT count(*) FROM legal_actions WHERE kind = 'claim'"),
    "judgments": (2, "SELECT count(*) FROM legal_actions WHERE kind = 'judgment'"),
    "enforcements": (1, "SELECT count(*) FROM legal_actions WHERE kind = 'enforcement'"),
    "legal costs": (20, "SELECT count(*) FROM costs WHERE kind = 'legal'"),
    "months with staff costs": (34, "SELECT count(DISTINCT incurred_on) FROM costs WHERE kind = 'staff'"),
    "months with system costs": (36, "SELECT count(*) FROM costs WHERE kind = 'system'"),
    "reasons to write off": (3, "SELECT count(DISTINCT reason) FROM write_offs"),
    "recoveries after write-off": (3, "SELECT count(*) FROM moves WHERE kind = 'recovery'"),
    "insolvencies": (3, "SELECT count(*) FROM truth_customers WHERE insolvent_on < '2026-10-31'"),
    "payments recorded late": (50, "SELECT count(recorded_at) FROM payments"),
    "credit notes recorded late": (10, "SELECT count(recorded_at) FROM credit_notes"),
    "payments with a telling reference": (
        3000,
        """SELECT count(DISTINCT payment_id) FROM allocations JOIN payments USING (payment_id)
        WHERE contains(reference, invoice_id)""",
    ),
    "payments without reference": (100, "SELECT count(*) FROM payments WHERE reference IS NULL"),
    "payments still to come": (100, "SELECT count(*) FROM truth_future_payments"),
}


@pytest.mark.parametrize("phenomenon", AT_LEAST)
def test_it_happens(demo, phenomenon) -> None:
    least, query = AT_LEAST[phenomenon]
    assert demo.execute(query).fetchone()[0] >= least


def test_a_rate_for_every_day(demo) -> None:
    query = "SELECT currency, count(*) FROM fx_rates GROUP BY currency ORDER BY currency"
    assert demo.execute(query).fetchall() == [("CHF", 1096), ("GBP", 1096), ("USD", 1096)]


def test_staff_costs_are_minutes_at_hourly_cost(demo) -> None:
    """To the cent, for every collector and month."""
    query = """WITH logged AS (SELECT collector, date_trunc('month', contacted_on) AS month,
            CAST(sum(minutes) * 10 AS BIGINT) AS tenths FROM contacts GROUP BY ALL),
        due AS (SELECT collector, month, (tenths * CAST(hourly_cost * 100 AS BIGINT) + 300) // 600 AS cents
            FROM logged JOIN collectors USING (collector))
        SELECT count(*), count(*) FILTER (WHERE c.amount * 100 = cents) FROM due LEFT JOIN costs c
        ON c.collector = due.collector AND c.kind = 'staff' AND date_trunc('month', c.incurred_on) = due.month"""
    rows, equal = demo.execute(query).fetchone()
    assert rows > 150
    assert rows == equal


def test_agency_fees_are_the_rate_of_what_came_in(demo) -> None:
    query = """SELECT count(*) FROM payments p
        JOIN placements a ON a.customer_id = p.customer_id AND a.agency = p.reference
        LEFT JOIN costs c ON c.customer_id = p.customer_id AND c.kind = 'agency_fee' AND c.incurred_on = p.received_on
        AND abs(c.amount - p.amount * a.fee_rate) < 0.01 WHERE p.method = 'agency' AND c.cost_id IS NULL"""
    assert demo.execute(query).fetchone() == (0,)
