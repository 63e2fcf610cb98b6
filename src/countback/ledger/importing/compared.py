"""Told against held: what is new, changed, vanished, the same."""

from __future__ import annotations

from countback.books import sql
from countback.books.tables import TABLES
from countback.ledger.importing.recorded import own, repeats
from countback.ledger.importing.working import Working, listed, typed

_DERIVED = {"allocations": ("allocation_id",)}
"""Columns that follow from the row's key."""


def compare(working: Working, *, ends_vanished: bool) -> None:
    """Makes `brings` and `ends`. A table of which the source gives no row says nothing about what it lacks."""
    for name in TABLES:
        if working.fresh:
            working.db.execute(
                f"CREATE VIEW brings.{name} AS SELECT *, CAST(NULL AS BIGINT) AS was FROM told.{name}"
            )
            continue
        working.db.execute(
            f"""CREATE TABLE brings.{name} AS SELECT told.*, held.version AS was FROM told.{name} AS told
            LEFT JOIN held.{name} AS held ON held.row_key = told.row_key
            WHERE (held.version IS NULL OR {_differs(name)}) AND told.row_key NOT IN ({repeats(name)})"""
        )
        working.db.execute(
            f"""INSERT INTO ends SELECT '{name}', was, row_key, false FROM brings.{name} WHERE was IS NOT NULL"""
        )
        if ends_vanished and working.number(f"SELECT count(*) FROM told.{name}"):
            working.db.execute(
                f"""INSERT INTO ends SELECT '{name}', version, row_key, true FROM held.{name}
                WHERE row_key NOT IN (SELECT row_key FROM told.{name} UNION ALL {own(name)})"""
            )


def moved(name: str) -> str:
    """A query of all rows of a table that are brought or end."""
    return f"""SELECT {listed(name)} FROM brings.{name} UNION ALL
        SELECT {listed(name, "held")} FROM held.{name} AS held
        JOIN ends ON ends.version = held.version AND ends.table_name = '{name}'"""


def _differs(name: str) -> str:
    """Whether any column differs. PostgreSQL writes JSON in a way of its own, so that its text says nothing yet."""
    tests = []
    for column in typed(name):
        told, held = f"told.{sql.name(column)}", f"held.{sql.name(column)}"
        test = f"{told} IS DISTINCT FROM {held}"
        if column == "extra":
            test = f"({test} AND {_content(told)} IS DISTINCT FROM {_content(held)})"
        if column not in _DERIVED.get(name, ()):
            tests.append(test)
    return " OR ".join(tests)


def _content(extra: str) -> str:
    return f"list_sort(map_entries(CAST(CAST({extra} AS JSON) AS MAP(VARCHAR, VARCHAR))))"
