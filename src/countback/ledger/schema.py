"""The ledger's tables in PostgreSQL, made from the tables of the books format: facts that are only ever added.

| table | a row is |
|---|---|
| `ledger_<table>` | a *version* of a row of the books, with every column that loading gives; `extra`: further ones |
| `ledger_current_<table>` | a view: the versions without an end, what the books say now |
| `ledger_ended` | the end of a version: from `known_until` on, the books no longer say it |
| `ledger_entry` | one signed movement on one open item; a correction is a further entry |

Of an item (an invoice, an instalment, a payment, a credit note) the amounts of its entries that take effect up to a day
add up to what is open of it, or unapplied; entries of the kind `recovery` stand beside and are not added.

What the books say now are the versions without an end; what they said at a moment are those with
`known_from <= moment < known_until`, where an empty `known_from` means always. Versions and ends carry the import that
brought them and `written_in`, the transaction that wrote them: the order in which rows may safely be read is that of
transactions that have ended, not that of numbers handed out. Nobody can state another (a CHECK; it is NOT VALID so that
a dump, restored under other numbers, is let in). What the database refuses beside that is in `guards`.
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
    "version": "bigint GENERATED ALWAYS AS IDENTITY",
    "row_key": 'text COLLATE "C" NOT NULL',
    "known_from": "timestamptz",
    "import_id": "bigint NOT NULL",
    "written_in": "xid8 NOT NULL DEFAULT pg_current_xact_id()",
}
"""Columns of every version beside those of the books. `row_key`: what identifies the row among those of its table: its
key columns joined by `SEPARATOR`; of an allocation, which has none, all that it says, and its place among equal ones.
`import_id` is held to name an import when the transaction ends: a foreign key would ask once for each of millions."""

SEPARATOR = "\x1f"

KEYS = ("customer_id", "invoice_id", "payment_id", "credit_note_id")
"""Columns by which versions are looked up, where a table has them."""

ENTRY = {
    "entry": "bigint GENERATED ALWAYS AS IDENTITY",
    "entity_id": "text",
    "customer_id": 'text COLLATE "C" NOT NULL',
    "item_kind": "text NOT NULL",
    "item_id": 'text COLLATE "C" NOT NULL',
    "kind": "text NOT NULL",
    "effective_on": "date NOT NULL",
    "amount": "numeric(18,4) NOT NULL",
    "currency": "text NOT NULL",
    "source_id": "text",
    "corrects": "boolean NOT NULL DEFAULT false",
    "known_from": "timestamptz",
    "import_id": "bigint NOT NULL",
    "written_in": "xid8 NOT NULL DEFAULT pg_current_xact_id()",
}


LETTERS = {
    "promises": "P", "disputes": "D", "contacts": "C", "placements": "A", "legal_actions": "L", "costs": "K",
}  # fmt: skip
"""Tables to which rows are added here, too, and the letter with which the numbers of those begin. None of them moves an
open item."""


def table_of(name: str) -> str:
    """What a table of the books is called in PostgreSQL."""
    return PREFIX + name


def columns_of(name: str) -> dict[str, str]:
    """Column -> PostgreSQL type of a table's versions, without those of `OWN`."""
    columns = {column: _TYPES[kind] for column, kind in loaded_columns(name, {}).items()}
    return columns | ({"extra": "jsonb"} if TABLES[name].open_ended else {})


def current_of(name: str) -> str:
    """What the view of a table's versions without an end is called."""
    return f"{PREFIX}current_{name}"


def found_by(name: str) -> str:
    """The indexed column that is the same in all versions of a row: its `row_key`, or a part of that which has an index
    already."""
    if name == "allocations":
        return "invoice_id"
    first = TABLES[name].key[0]
    return first if first in KEYS else "row_key"


def statements() -> list[str]:
    """The SQL that makes every table, in order."""
    made = [_version_table(name) for name in TABLES]
    made.append(
        """CREATE TABLE ledger_ended (table_name text NOT NULL, version bigint NOT NULL,
        known_until timestamptz NOT NULL, import_id bigint NOT NULL,
        written_in xid8 NOT NULL DEFAULT pg_current_xact_id(), PRIMARY KEY (table_name, version))"""
    )
    made.append(_table("ledger_entry", ENTRY))
    made += [
        f"""ALTER TABLE {table} ADD CONSTRAINT {table}_written_by_whom
        CHECK (written_in = pg_current_xact_id()) NOT VALID"""
        for table in (*map(table_of, TABLES), "ledger_ended", "ledger_entry")
    ]
    return [*made, *map(_current, TABLES), *indexes().values()]


def indexes() -> dict[str, str]:
    """The SQL that makes each index, by its name."""
    made = {
        "ledger_entry_customer": "CREATE INDEX ledger_entry_customer ON ledger_entry (customer_id, item_id)",
        "ledger_ended_written_in": "CREATE INDEX ledger_ended_written_in ON ledger_ended (written_in)",
    }
    for name in TABLES:
        table, columns = table_of(name), columns_of(name)
        always = {*TABLES[name].key, "row_key", "written_in"}
        always |= {column.name for column in TABLES[name].columns if column.required}
        made[f"{table}_version"] = f"CREATE UNIQUE INDEX {table}_version ON {table} (version)"
        looked_up = [found_by(name), *(key for key in KEYS if key in columns), "written_in"]
        for column in looked_up:
            where = "" if column in always else f" WHERE {column} IS NOT NULL"
            made[f"{table}_{column}"] = f"CREATE INDEX {table}_{column} ON {table} ({column}){where}"
    return made


def _version_table(name: str) -> str:
    own = dict(OWN)
    return _table(table_of(name), {"version": own.pop("version")} | _quoted(columns_of(name)) | own)


def _quoted(columns: dict[str, str]) -> dict[str, str]:
    return {f'"{column}"': kind + _sorting(column) for column, kind in columns.items()}


def _sorting(column: str) -> str:
    """Identifiers are compared by their bytes: no language has a say in which are the same or come first."""
    return ' COLLATE "C"' if column.endswith("_id") else ""


def _table(name: str, columns: dict[str, str]) -> str:
    listed = ", ".join(f"{column} {kind}" for column, kind in columns.items())
    return f"CREATE TABLE {name} ({listed})"


def _current(name: str) -> str:
    return f"""CREATE VIEW {current_of(name)} AS SELECT * FROM {table_of(name)} AS one WHERE NOT EXISTS (
        SELECT FROM ledger_ended AS ended WHERE ended.table_name = '{name}' AND ended.version = one.version)"""
