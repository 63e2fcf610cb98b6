"""Whether the ledger would still hold together: what the source tells is sound in itself, but it meets what is held.

The database refuses the same at the end; here it is said in words, before anything is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from countback.books import limits, sql
from countback.books.tables import TABLES
from countback.core.money import plain
from countback.ledger.holdings import LIMITS
from countback.ledger.importing.working import Working
from countback.ledger.importing.written import copy_in
from countback.ledger.schema import current_of


@dataclass(frozen=True, slots=True)
class Stray:
    """Rows of `table` in the ledger name `named` of the table `of`, which would be gone. `brought_by`: the latest
    import that brought one of them."""

    table: str
    of: str
    named: str
    rows: int
    brought_by: int


def beyond(working: Working) -> Iterator[str]:
    """What the ledger would hold beyond its limits, in words."""
    if working.fresh:
        return
    for limit in LIMITS:
        query = limit.query(
            lambda name: f"state_after.books.{name}", f"SELECT id FROM affected_{limit.table}"
        )
        for row in sql.rows(working.db, f"{query} ORDER BY ALL LIMIT {limits.PROBLEMS_PER_FILE}"):
            identity, held, taken, currency = row
            words = limit.missing if held is None else limit.told
            yield words.format(id=identity, held=_shown(held), taken=_shown(taken), currency=currency)


def strays(working: Working) -> Iterator[Stray]:
    """Rows that would be left naming what vanishes. Looked for in PostgreSQL: any table may name it."""
    if not working.number("SELECT count(*) FROM ends WHERE vanishes"):
        return
    cursor = working.cursor
    cursor.execute(
        "CREATE TEMPORARY TABLE ledger_leaving (table_name text, version bigint, key text) ON COMMIT DROP"
    )
    keys = "CASE WHEN vanishes THEN row_key END"
    copy_in(
        working,
        "ledger_leaving",
        ["table_name", "version", "key"],
        f"SELECT table_name, version, {keys} FROM ends",
    )
    cursor.execute("ANALYZE ledger_leaving")
    for name, table in TABLES.items():
        for column in table.columns:
            if column.refers is not None:
                cursor.execute(_naming(name, column.name, column.refers))
                for named, rows, brought_by in cursor.fetchall():
                    yield Stray(name, column.refers, named, rows, brought_by)
    cursor.execute("DROP TABLE ledger_leaving")


def _naming(name: str, column: str, to: str) -> str:
    return f"""SELECT one.{column}, count(*), max(one.import_id) FROM ledger_leaving AS gone
        JOIN {current_of(name)} AS one ON one.{column} = gone.key
        WHERE gone.table_name = '{to}' AND gone.key IS NOT NULL AND NOT EXISTS (SELECT FROM ledger_leaving AS too
            WHERE too.table_name = '{name}' AND too.version = one.version)
        GROUP BY one.{column} ORDER BY one.{column} LIMIT {limits.PROBLEMS_PER_FILE}"""


def _shown(amount: object) -> str:
    return plain(amount, 2) if isinstance(amount, Decimal) else str(amount)
