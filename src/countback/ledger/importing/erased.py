"""Customers whose personal data was erased stay erased, whatever a source tells of them."""

from __future__ import annotations

from countback.books import sql
from countback.ledger.importing.working import Working
from countback.ledger.records.rules import ERASED, PERSONAL


def keep_erased(working: Working) -> int:
    """Puts into `told.customers`, for each that was erased, what the ledger holds, else "erased"; of how many the
    source told more."""
    working.cursor.execute("SELECT DISTINCT customer_id FROM ledger_erasure WHERE person_id IS NULL")
    ids = [row[0] for row in working.cursor.fetchall()]
    if not ids:
        return 0
    theirs = f"told.customer_id IN ({sql.texts(ids)})"
    told_more = " OR ".join(f"coalesce(told.{column}, '{ERASED}') <> '{ERASED}'" for column in PERSONAL)
    count = working.number(
        f"""SELECT count(*) FROM told.customers AS told LEFT JOIN held.customers AS held
        ON held.row_key = told.row_key WHERE {theirs} AND ({told_more} OR told.extra IS DISTINCT FROM held.extra)"""
    )
    kept = ", ".join(
        f"{column} = CASE WHEN held.held THEN held.{column} ELSE {fresh} END"
        for column, fresh in {**{name: _erased(name) for name in PERSONAL}, "extra": _EXTRA}.items()
    )
    working.db.execute(
        f"""UPDATE told.customers AS told SET {kept} FROM (
            SELECT one.row_key, before.row_key IS NOT NULL AS held, before.* EXCLUDE (row_key)
            FROM told.customers AS one LEFT JOIN held.customers AS before ON before.row_key = one.row_key) AS held
        WHERE held.row_key = told.row_key AND {theirs}"""
    )
    return count


def _erased(column: str) -> str:
    return f"CASE WHEN told.{column} IS NOT NULL THEN '{ERASED}' END"


_EXTRA = f"""CASE WHEN told.extra IS NOT NULL THEN CAST(to_json(map_from_entries(
    [{{'k': further, 'v': '{ERASED}'}} FOR further IN json_keys(told.extra)])) AS VARCHAR) END"""
