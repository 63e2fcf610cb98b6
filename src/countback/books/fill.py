"""What rows leave to be understood, said: topmost parents, due dates from terms, currencies, entities."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countback.books import limits, sql
from countback.books.allocations import fill_allocations
from countback.books.loaded import NO_CURRENCY, SCHEMA
from countback.books.projection import WORK
from countback.core.terms import parse_terms

if TYPE_CHECKING:
    from countback.books.working import Working

_INVOICE = f"LEFT JOIN {SCHEMA}.invoices AS known ON known.invoice_id = row.invoice_id"
_PAYER = f"LEFT JOIN {WORK}.payers AS payer ON payer.customer_id = row.customer_id"
_DEFAULT = f"LEFT JOIN {WORK}.defaults AS one ON one.entity_id IS NOT DISTINCT FROM "
_PAYER_DEFAULT = f"{_PAYER} {_DEFAULT} payer.entity_id"
_OWN_CURRENCY = "coalesce(row.currency, payer.currency, one.currency)"
_TAKEN_CURRENCY = "coalesce(known.currency, payer.currency, one.currency)"


def fill(working: Working) -> None:
    """Makes the tables of the schema `books` from the working ones; rows keep `_reading` and `_row`."""
    _customers(working)
    _defaults(working)
    _invoices(working)
    for table in ("credit_notes", "payments"):
        if _is_whole(working, table, "currency"):
            working.complete(table, {"entity_id": "CAST(NULL AS VARCHAR)"}, "")
            continue
        completed = {"currency": _OWN_CURRENCY, "entity_id": "payer.entity_id"}
        working.complete(table, completed, _PAYER_DEFAULT)
    fill_allocations(working)
    for table in ("write_offs", "disputes"):
        working.complete(table, {"customer_id": "known.customer_id", "currency": "known.currency"}, _INVOICE)
    for table in ("promises", "placements", "legal_actions"):
        working.complete(table, {"currency": _TAKEN_CURRENCY}, f"{_INVOICE} {_PAYER_DEFAULT}")
    working.complete("costs", {"currency": _OWN_CURRENCY}, _PAYER_DEFAULT)
    for table in ("instalments", "contacts", "fx_rates", "collectors"):
        working.complete(table, {}, "")


def _customers(working: Working) -> None:
    """`root_id` by following parents two, four, eight … levels at a time; a ring of parents never ends."""
    connection = working.connection
    connection.execute(
        f"""CREATE OR REPLACE TABLE {WORK}.roots AS
        SELECT row.customer_id, coalesce(parent.customer_id, row.customer_id) AS root_id
        FROM {WORK}.customers AS row LEFT JOIN {WORK}.customers AS parent ON parent.customer_id = row.parent_id"""
    )
    step = f"""SELECT own.customer_id, own.root_id AS before, up.root_id
        FROM {WORK}.roots AS own JOIN {WORK}.roots AS up ON up.customer_id = own.root_id"""
    for _ in range(limits.PARENT_LEVELS):
        if not sql.number(connection, f"SELECT count(*) FROM ({step}) WHERE before <> root_id"):
            break
        connection.execute(f"CREATE OR REPLACE TABLE {WORK}.roots AS SELECT * EXCLUDE (before) FROM ({step})")
    joins = f"LEFT JOIN {WORK}.roots AS own ON own.customer_id = row.customer_id"
    connection.execute(
        f"""CREATE OR REPLACE TABLE {WORK}.payers AS SELECT row.customer_id, entity_id, terms, currency
        FROM {WORK}.customers AS row"""
    )
    working.complete("customers", {"root_id": "own.root_id"}, joins)


def _defaults(working: Working) -> None:
    """The currency of each entity's documents that state none, where neither does the customer: the one in which it
    invoices, else that of its other documents, else the one of all books; NULL where there are several."""
    connection = working.connection
    owned = sql.number(connection, f"SELECT count(entity_id) FROM {WORK}.payers")
    entity, payer = ("payer.entity_id", _PAYER) if owned else ("CAST(NULL AS VARCHAR)", "")
    invoiced = [
        f"SELECT entity_id, currency FROM {WORK}.payers",
        f"SELECT coalesce(row.entity_id, {entity}), row.currency FROM {WORK}.invoices AS row {payer}",
    ]
    others = [
        f"SELECT {entity}, row.currency FROM {WORK}.{table} AS row {payer}"
        for table in ("credit_notes", "payments", "costs")
    ]
    connection.execute(
        f"""CREATE OR REPLACE TABLE {WORK}.stated AS
        SELECT DISTINCT *, 1 AS weight FROM ({" UNION ALL ".join(invoiced)}) AS row(entity_id, currency)
        UNION ALL
        SELECT DISTINCT *, 2 AS weight FROM ({" UNION ALL ".join(others)}) AS row(entity_id, currency)"""
    )
    query = f"SELECT DISTINCT currency FROM {WORK}.stated WHERE currency IS NOT NULL"
    everywhere = [str(row[0]) for row in sql.rows(connection, query)] or [NO_CURRENCY]
    rest = sql.text(everywhere[0]) if len(everywhere) == 1 else "NULL"
    chosen = f"""SELECT *, min(weight) FILTER (WHERE currency IS NOT NULL) OVER (PARTITION BY entity_id) AS first
        FROM {WORK}.stated"""
    connection.execute(
        f"""CREATE OR REPLACE TABLE {WORK}.defaults AS SELECT entity_id,
        CASE count(DISTINCT currency) FILTER (WHERE weight = first)
        WHEN 1 THEN min(currency) FILTER (WHERE weight = first) WHEN 0 THEN {rest} END AS currency
        FROM ({chosen}) GROUP BY entity_id"""
    )


def _is_whole(working: Working, table: str, *columns: str) -> bool:
    """Whether a table leaves none of these columns blank, and no customer has an entity to hand on."""
    blank = " OR ".join(f"{column} IS NULL" for column in columns)
    query = f"SELECT (SELECT count(*) FROM {WORK}.{table} WHERE {blank}) + (SELECT count(entity_id) FROM {WORK}.payers)"
    return not sql.number(working.connection, query)


def _invoices(working: Working) -> None:
    """Due dates, currencies, entities and kinds of invoices."""
    if _is_whole(working, "invoices", "currency", "due_on"):
        working.complete("invoices", {"kind": "coalesce(row.kind, 'invoice')"}, "")
        return
    entity = "coalesce(row.entity_id, payer.entity_id)"
    completed = {"currency": _OWN_CURRENCY, "entity_id": entity, "kind": "coalesce(row.kind, 'invoice')"}
    joins = f"{_PAYER} {_DEFAULT} {entity}"
    if sql.number(working.connection, f"SELECT count(*) FROM {WORK}.invoices WHERE due_on IS NULL"):
        _terms(working)
        start = "CASE WHEN stated.from_month_end THEN last_day(row.issued_on) ELSE row.issued_on END"
        due = f"CAST({start} + stated.days AS DATE)"
        by_terms = f"CASE WHEN stated.to_month_end THEN last_day({due}) ELSE {due} END"
        completed["due_on"] = f"coalesce(row.due_on, part.due_on, {by_terms})"
        last = f"SELECT invoice_id, max(due_on) AS due_on FROM {WORK}.instalments GROUP BY invoice_id"
        joins += f" LEFT JOIN ({last}) AS part ON part.invoice_id = row.invoice_id"
        joins += f" LEFT JOIN {WORK}.terms AS stated ON stated.terms = coalesce(row.terms, payer.terms)"
    working.complete("invoices", completed, joins)


def _terms(working: Working) -> None:
    """Makes the table of terms that invoices without a due date go by, understood."""
    connection = working.connection
    query = f"""SELECT DISTINCT coalesce(row.terms, payer.terms) FROM {WORK}.invoices AS row {_PAYER}
    WHERE row.due_on IS NULL"""
    texts = [str(row[0]) for row in sql.rows(connection, query) if row[0] is not None]
    connection.execute(
        f"""CREATE OR REPLACE TABLE {WORK}.terms
        (terms VARCHAR, days INTEGER, from_month_end BOOLEAN, to_month_end BOOLEAN)"""
    )
    understood = [(text, terms) for text in texts if (terms := parse_terms(text)) is not None]
    for text, terms in understood:
        values = (text, terms.days, terms.from_month_end, terms.to_month_end)
        connection.execute(f"INSERT INTO {WORK}.terms VALUES (?, ?, ?, ?)", values)
