"""What the source tells, in the shape of the ledger: each row with what identifies it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb

from countback.books import sql
from countback.books.loaded import SCHEMA, LoadedBooks, loaded_columns
from countback.books.source import found_in
from countback.books.tables import TABLES
from countback.ledger.schema import SEPARATOR

_IDENTITY = 20
"""Hexadecimal digits of an allocation's identity: that two of ten million meet is as likely as one in 10^10."""

_CONTENT = ("payment_id", "credit_note_id", "invoice_id", "instalment", "applied_on", "amount")


def tell(books: LoadedBooks) -> None:
    """Makes the schema `told` from loaded books."""
    for name in TABLES:
        if name == "allocations":
            _tell_allocations(books.connection)
        else:
            books.connection.execute(f"CREATE VIEW told.{name} AS {_rows(books, name)}")


def fingerprint(source: Path, workspace: Path) -> str:
    """SHA-256 of the files of a source by their names: the same files give the same, in a folder or a zip."""
    whole = hashlib.sha256()
    for name, path in sorted(found_in(source, workspace).files.items()):
        with path.open("rb") as file:
            whole.update(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {name}\n".encode())
    return whole.hexdigest()


def _rows(books: LoadedBooks, name: str) -> str:
    columns = ", ".join(map(sql.name, loaded_columns(name, {})))
    extra = f", {_extra(books.extra.get(name, ()))} AS extra" if TABLES[name].open_ended else ""
    key = ", ".join(f"CAST({sql.name(column)} AS VARCHAR)" for column in TABLES[name].key)
    return f"""SELECT {columns}{extra}, concat_ws({sql.text(SEPARATOR)}, {key}) AS row_key
        FROM memory.{SCHEMA}.{name}"""


def _extra(columns: tuple[str, ...]) -> str:
    """The filled ones of further columns as one JSON object; NULL where none is."""
    if not columns:
        return "CAST(NULL AS VARCHAR)"
    pairs = ", ".join(f"{sql.text(column)}, {sql.name(column)}" for column in columns)
    return f"CAST(nullif(json_merge_patch('{{}}', json_object({pairs})), '{{}}') AS VARCHAR)"


def _tell_allocations(db: duckdb.DuckDBPyConnection) -> None:
    """Allocations have no name of their own: what one says, and its place among those that say the same, is one that
    does not depend on the order of the file."""
    parts = ", ".join(f"coalesce(CAST({sql.name(column)} AS VARCHAR), '')" for column in _CONTENT)
    separator = sql.text(SEPARATOR)
    content = f"concat_ws({separator}, {parts})"
    db.execute(
        f"""CREATE TABLE told.allocations AS
        SELECT * REPLACE (left(md5(row_key), {_IDENTITY}) AS allocation_id) FROM (
        SELECT *, {content} || {separator} || row_number() OVER (
            PARTITION BY payment_id, credit_note_id, invoice_id, instalment, applied_on, amount
            ORDER BY source_amount, recorded_at) AS row_key
        FROM memory.{SCHEMA}.allocations)"""
    )
