"""The ledger's tables in PostgreSQL, made from the tables of the books format: facts that are only ever added.

| table | a row is |
|---|---|
| `ledger_<table>` | a *version* of a row of the books, with every column that loading gives; `extra` holds further columns |
| `ledger_ended` | the end of a version: from `known_until` on, the books no longer say it |
| `ledger_entry` | one signed movement on one open item; a correction is a further entry |

What the books say now are the versions without an end; what they said at a moment are those with
`known_from <= moment < known_until`, where an empty `known_from` means always. Versions and ends carry the import that
brought them and `written_in`, the transaction that wrote them: the order in which rows may safely be read is that of
transactions that have ended, not that of numbers handed out.
"""

from __future__ import annotations

from countback.books.loaded import loaded_columns
from countback.books.tables import TABLES

PREFIX = "ledger_"

_TYPES = {
    "VARCHAR": "text",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "INTEGER": "integer",
    "DECIMAL(18,4)": "numeric(18,4)",
    "DECIMAL(18,10)": "numeric(18,10)",
}

OWN = {
    "version": "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    "row_key": "text NOT NULL",
    "known_from": "timestamptz",
    "import_id": "bigint NOT NULL REFERENCES ledger_import (id)",
    "written_in": "xid8 NOT NULL DEFAULT pg_current_xact_id()",
}
"""Columns of every version beside those of the books. `row_key`: what identifies the row among those of its table."""

KEYS = ("customer_id", "invoice_id", "payment_id", "credit_note_id")
"""Columns by which versions are looked up, where a table has them."""

ENTRY = {
    "entry": "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    "entity_id": "text",
    "customer_id": "text NOT NULL",
    "item_kind": "text NOT NULL",
    "item_id": "text NOT NULL",
    "kind": "text NOT NULL",
    "effective_on": "date NOT NULL",
    "amount": "numeric(18,4) NOT NULL",
    "currency": "text NOT NULL",
    "source_id": "text",
    "corrects": "boolean NOT NULL DEFAULT false",
    "known_from": "timestamptz",
    "import_id": "bigint NOT NULL REFERENCES ledger_import (id)",
    "written_in": "xid8 NOT NULL DEFAULT pg_current_xact_id()",
}


def table_of(name: str) -> str:
    """What a table of the books is called in PostgreSQL."""
    return PREFIX + name


def columns_of(name: str) -> dict[str, str]:
    """Column -> PostgreSQL type of a table's versions, without those of `OWN`."""
    columns = {column: _TYPES[kind] for column, kind in loaded_columns(name, {}).items()}
    return columns | ({"extra": "jsonb"} if TABLES[name].open_ended else {})


def statements() -> list[str]:
    """The SQL that makes every table, in order. `ledger_import` must stand."""
    made = [_version_table(name) for name in TABLES]
    made += [index for name in TABLES for index in _indexes(name)]
    made.append(
        """CREATE TABLE ledger_ended (table_name text NOT NULL, version bigint NOT NULL, known_until timestamptz NOT NULL,
        import_id bigint NOT NULL REFERENCES ledger_import (id),
        written_in xid8 NOT NULL DEFAULT pg_current_xact_id(), PRIMARY KEY (table_name, version))"""
    )
    made.append(_table("ledger_entry", ENTRY))
    made.append("CREATE INDEX ledger_entry_item ON ledger_entry (item_kind, item_id)")
    made.append("CREATE INDEX ledger_entry_customer ON ledger_entry (customer_id, effective_on)")
    return made


def _version_table(name: str) -> str:
    own = dict(OWN)
    return _table(table_of(name), {"version": own.pop("version")} | _quoted(columns_of(name)) | own)


def _quoted(columns: dict[str, str]) -> dict[str, str]:
    return {f'"{column}"': kind for column, kind in columns.items()}


def _table(name: str, columns: dict[str, str]) -> str:
    listed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    return f"CREATE TABLE {name} ({listed})"


def _indexes(name: str) -> list[str]:
    table = table_of(name)
    looked_up = ["row_key", *(key for key in KEYS if key in columns_of(name))]
    return [f"CREATE INDEX {table}_{column} ON {table} ({column})" for column in looked_up]
