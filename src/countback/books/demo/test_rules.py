"""The books obey every rule of the format: judged by SQL written by hand, then by the check itself."""

from __future__ import annotations

from datetime import date

import pytest

from countback.books.tables import TABLES

REFERENCES = [
    (name, column.name, column.refers, TABLES[column.refers].key[0])
    for name, table in TABLES.items()
    for column in table.columns
    if column.refers
]
CHOICES = [(name, column) for name, table in TABLES.items() for column in table.columns if column.choices]
REQUIRED = [
    (name, column.name) for name, table in TABLES.items() for column in table.columns if column.required
]

RULES = {
    "an invoice is due before it is issued": "FROM invoices WHERE due_on < issued_on",
    "an amount is not positive": """FROM (SELECT amount FROM invoices UNION ALL SELECT amount FROM payments
        UNION ALL SELECT amount FROM credit_notes UNION ALL SELECT amount FROM allocations
        UNION ALL SELECT amount FROM write_offs UNION ALL SELECT amount FROM promises
        UNION ALL SELECT amount FROM disputes UNION ALL SELECT amount FROM placements
        UNION ALL SELECT amount FROM costs UNION ALL SELECT amount FROM instalments) WHERE amount <= 0""",
    "instalments do not add up to their invoice": """FROM instalments JOIN invoices i USING (invoice_id)
        GROUP BY invoice_id, i.amount HAVING sum(instalments.amount) <> i.amount""",
    "an instalment is due before its invoice is issued": """FROM instalments n JOIN invoices i USING (invoice_id)
        WHERE n.due_on < i.issued_on""",
    "an instalment that does not exist is paid": """FROM allocations a LEFT JOIN instalments n
        ON n.invoice_id = a.invoice_id AND n.number = a.instalment
        WHERE a.instalment IS NOT NULL AND n.number IS NULL""",
    "an invoice in instalments is paid without naming one": """FROM allocations a WHERE a.instalment IS NULL
        AND a.invoice_id IN (SELECT invoice_id FROM instalments)""",
    "an allocation names not exactly one source": """FROM allocations
        WHERE (payment_id IS NULL) = (credit_note_id IS NULL)""",
    "allocations take more than their payment": """FROM allocations a JOIN payments p USING (payment_id)
        GROUP BY payment_id, p.amount HAVING sum(a.amount) > p.amount""",
    "allocations take more than their credit note": """FROM allocations a JOIN credit_notes c USING (credit_note_id)
        GROUP BY credit_note_id, c.amount HAVING sum(a.amount) > c.amount""",
    "a credit note applied at once is allocated again": """FROM allocations a JOIN credit_notes c USING (credit_note_id)
        WHERE c.invoice_id IS NOT NULL""",
    "an allocation crosses customers": """FROM allocations a JOIN invoices i USING (invoice_id)
        LEFT JOIN payments p USING (payment_id) LEFT JOIN credit_notes c USING (credit_note_id)
        WHERE coalesce(p.customer_id, c.customer_id) <> i.customer_id""",
    "an allocation crosses currencies": """FROM allocations a JOIN invoices i USING (invoice_id)
        LEFT JOIN payments p USING (payment_id) LEFT JOIN credit_notes c USING (credit_note_id)
        WHERE coalesce(p.currency, c.currency) <> i.currency""",
    "an allocation is older than its source or invoice": """FROM allocations a JOIN invoices i USING (invoice_id)
        LEFT JOIN payments p USING (payment_id) LEFT JOIN credit_notes c USING (credit_note_id)
        WHERE a.applied_on < i.issued_on OR a.applied_on < coalesce(p.received_on, c.issued_on)""",
    "a payment is applied after it was reversed": """FROM allocations a JOIN payments p USING (payment_id)
        WHERE p.reversed_on <= a.applied_on""",
    "an invoice is settled by more than it is, on some day": """FROM (SELECT invoice_id, i.amount, sum(m.amount)
        OVER (PARTITION BY invoice_id ORDER BY day RANGE UNBOUNDED PRECEDING) AS settled
        FROM moves m JOIN invoices i USING (invoice_id) WHERE m.kind <> 'recovery')
        WHERE settled > amount OR settled < 0""",
    "an instalment is paid by more than it is, on some day": """FROM (SELECT n.amount, sum(m.amount) OVER
        (PARTITION BY m.invoice_id, m.instalment ORDER BY day RANGE UNBOUNDED PRECEDING) AS settled
        FROM moves m JOIN instalments n ON n.invoice_id = m.invoice_id AND n.number = m.instalment
        WHERE m.kind <> 'recovery') WHERE settled > amount""",
    "more is recovered than was written off": """FROM moves WHERE kind IN ('recovery', 'write_off') GROUP BY invoice_id
        HAVING sum(amount) FILTER (WHERE kind = 'recovery') > sum(amount) FILTER (WHERE kind = 'write_off')""",
    "cash and credits take more than the invoice": """FROM moves JOIN invoices i USING (invoice_id)
        WHERE moves.kind <> 'write_off' GROUP BY invoice_id, i.amount HAVING sum(moves.amount) > i.amount""",
    "a dispute is larger than its invoice": """FROM disputes d JOIN invoices i USING (invoice_id)
        WHERE d.amount > i.amount OR d.opened_on < i.issued_on OR d.resolved_on < d.opened_on""",
    "a dispute is resolved without outcome, or the other way": """FROM disputes
        WHERE (resolved_on IS NULL) <> (outcome IS NULL)""",
    "a promise is due before it is made": """FROM promises
        WHERE due_on < made_on OR withdrawn_on NOT BETWEEN made_on AND due_on""",
    "a second stage ends before it starts": "FROM legal_actions WHERE closed_on < started_on",
    "a placement is recalled before it is made": "FROM placements WHERE recalled_on < placed_on",
    "a parent has a parent that is itself": "FROM customers WHERE parent_id = customer_id",
    "a day has no rate": """FROM (SELECT DISTINCT currency, issued_on AS day FROM invoices UNION
        SELECT DISTINCT currency, incurred_on FROM costs) ANTI JOIN rates USING (currency, day)""",
    "a customer's collector does not exist": "FROM customers ANTI JOIN collectors USING (collector)",
    "an entity differs from the customer's": """FROM invoices i JOIN customers c USING (customer_id)
        WHERE i.entity_id <> c.entity_id OR i.currency <> c.currency""",
}


@pytest.mark.parametrize("wrong", RULES)
def test_rule(demo, wrong) -> None:
    rows = demo.execute(f"SELECT * FROM (SELECT 1 {RULES[wrong]}) LIMIT 3").fetchall()
    assert not rows, wrong


@pytest.mark.parametrize(("table", "column", "to", "key"), REFERENCES)
def test_every_reference_is_known(demo, table, column, to, key) -> None:
    query = f"""SELECT count(*) FROM {table} WHERE {column} IS NOT NULL
        AND {column} NOT IN (SELECT {key} FROM {to})"""
    assert demo.execute(query).fetchone() == (0,)


@pytest.mark.parametrize(("table", "column"), CHOICES)
def test_only_words_of_the_format(demo, table, column) -> None:
    found = {word for (word,) in demo.execute(f"SELECT DISTINCT {column.name} FROM {table}").fetchall()}
    assert found - {None} <= set(column.choices)


@pytest.mark.parametrize(("table", "column"), REQUIRED)
def test_required_values_are_there(demo, table, column) -> None:
    assert demo.execute(f'SELECT count(*) FROM {table} WHERE "{column}" IS NULL').fetchone() == (0,)


@pytest.mark.parametrize("table", [table for table in TABLES.values() if table.key])
def test_identifiers_are_unique(demo, table) -> None:
    key = ", ".join(f'"{column}"' for column in table.key)
    query = f"SELECT count(*) FROM (FROM {table.name} GROUP BY {key} HAVING count(*) > 1)"
    assert demo.execute(query.replace("(FROM", "(SELECT 1 FROM")).fetchone() == (0,)


@pytest.mark.parametrize("table", TABLES)
def test_nothing_lies_after_the_end(demo, table) -> None:
    """Due dates may; what has happened or was recorded may not."""
    happened = [
        column.name
        for column in TABLES[table].columns
        if column.kind in ("date", "moment", "day_or_moment") and column.name != "due_on"
    ]
    for column in happened:
        latest = demo.execute(f'SELECT max(CAST("{column}" AS DATE)) FROM {table}').fetchone()[0]
        assert latest is None or latest <= date(2026, 10, 31), column


@pytest.mark.parametrize(
    ("table", "effective"),
    [
        ("payments", "received_on"),
        ("credit_notes", "issued_on"),
        ("allocations", "applied_on"),
        ("invoices", "issued_on"),
    ],
)
def test_rows_are_recorded_after_they_took_effect(demo, table, effective) -> None:
    query = f"""SELECT count(*), count(*) FILTER (WHERE recorded_at <= {effective}) FROM {table}
        WHERE recorded_at IS NOT NULL"""
    late, impossible = demo.execute(query).fetchone()
    assert late > 10
    assert impossible == 0 or table == "allocations"


def test_an_allocation_is_never_known_before_its_source(demo) -> None:
    query = """SELECT count(*) FROM allocations a LEFT JOIN payments p USING (payment_id)
        LEFT JOIN credit_notes c USING (credit_note_id)
        WHERE coalesce(p.recorded_at, c.recorded_at) IS DISTINCT FROM a.recorded_at"""
    assert demo.execute(query).fetchone() == (0,)


def test_the_check_accepts_the_books(demo_folder) -> None:
    load = pytest.importorskip("countback.books.load", reason="the loader is not there")
    problems = load.check(demo_folder)
    assert [str(problem) for problem in problems if problem.severity == "refused"] == []
    assert len(problems) <= 3, [str(problem) for problem in problems]
