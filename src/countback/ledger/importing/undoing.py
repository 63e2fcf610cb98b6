"""What taking an import back brings and ends."""

from __future__ import annotations

from countback.books.tables import TABLES
from countback.ledger.importing.held import read
from countback.ledger.importing.working import Working
from countback.ledger.schema import current_of, table_of

_READ = 0.3
"""Part of the work that is done when they are read."""


def read_import(working: Working, import_id: int) -> None:
    """Makes `held`, `brings` and `ends`: current versions of the rows that it brought end (they may be copies that
    another undoing brought back); versions that it ended are brought again."""
    for place, name in enumerate(TABLES):
        working.say(f"reading {name.replace('_', ' ')} that it brought", _READ * place / len(TABLES))
        table = table_of(name)
        brought = f"SELECT row_key FROM {table} WHERE import_id = {import_id}"
        read(working, f"held.{name}", name, f"FROM {current_of(name)} AS one WHERE row_key IN ({brought})")
        read(
            working,
            f"near.ended_{name}",
            name,
            f"FROM {table} AS one WHERE version IN ({_ended(name, import_id)})",
        )
        working.db.execute(
            f"""CREATE TABLE brings.{name} AS SELECT again.* EXCLUDE (version), held.version AS was
            FROM near.ended_{name} AS again LEFT JOIN held.{name} AS held ON held.row_key = again.row_key"""
        )
        working.db.execute(
            f"""INSERT INTO ends SELECT '{name}', version, row_key,
            row_key NOT IN (SELECT row_key FROM brings.{name}) FROM held.{name}"""
        )


def latest_on_the_same_rows(working: Working, import_id: int) -> int | None:
    """The latest import after it that stands and brought or ended a version of one of its rows."""
    parts = []
    for name in TABLES:
        table = table_of(name)
        rows = f"""SELECT row_key FROM {table} WHERE import_id = {import_id}
            UNION SELECT row_key FROM {table} WHERE version IN ({_ended(name, import_id)})"""
        parts.append(
            f"""SELECT one.import_id AS brought, ended.import_id AS ended FROM ({rows}) AS mine
            JOIN {table} AS one ON one.row_key = mine.row_key
            LEFT JOIN ledger_ended AS ended ON ended.table_name = '{name}' AND ended.version = one.version"""
        )
    union = " UNION ".join(parts)
    working.cursor.execute(
        f"""SELECT max(later.id) FROM ({union}) AS met JOIN ledger_import AS later
        ON later.id IN (met.brought, met.ended) AND later.id > {import_id} AND later.undoes_id IS NULL
        WHERE NOT EXISTS (SELECT FROM ledger_import AS undo WHERE undo.undoes_id = later.id)"""
    )
    found: int | None = working.cursor.fetchone()[0]
    return found


def _ended(name: str, import_id: int) -> str:
    return f"SELECT version FROM ledger_ended WHERE table_name = '{name}' AND import_id = {import_id}"
