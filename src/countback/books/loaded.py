"""Books that have been read and checked: what the rest of the product may rely on.

The tables stand in the schema `books` of a DuckDB connection, under the names of the format, each with every column
of the format (NULL where the file had none) and with the columns below filled in, so that no reader of figures has
to know a default:

| table | filled in |
|---|---|
| customers | `root_id`: the topmost parent, the customer itself where it has none |
| invoices | `due_on` (from terms), `currency`, `entity_id` (the customer's, if blank), `kind` (`invoice`) |
| credit_notes, payments | `currency`, `entity_id` (the customer's) |
| allocations | `allocation_id`, `customer_id` (the invoice's), `applied_on`, `currency` (the invoice's),
`source_amount` (in the currency of the payment or credit note); a credit note that names an invoice has its row here |
| write_offs, disputes | `customer_id`, `currency` (the invoice's) |
| promises, placements, legal_actions | `currency` (the invoice's, else the customer's) |
| costs | `currency` |

`currency` is `XXX` (ISO 4217: none) throughout where the books state none at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from countback.books.tables import SQL_TYPES, TABLES

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from countback.core.problem import Problem

NO_CURRENCY = "XXX"
SCHEMA = "books"

FILLED: dict[str, dict[str, str]] = {
    "customers": {"root_id": "VARCHAR"},
    "credit_notes": {"entity_id": "VARCHAR"},
    "payments": {"entity_id": "VARCHAR"},
    "allocations": {
        "allocation_id": "VARCHAR",
        "customer_id": "VARCHAR",
        "currency": "VARCHAR",
        "source_amount": SQL_TYPES["money"],
    },
    "write_offs": {"customer_id": "VARCHAR", "currency": "VARCHAR"},
    "disputes": {"customer_id": "VARCHAR", "currency": "VARCHAR"},
    "promises": {"currency": "VARCHAR"},
    "placements": {"currency": "VARCHAR"},
    "legal_actions": {"currency": "VARCHAR"},
}
"""Columns that loading adds to those of the format, with their DuckDB types."""


@dataclass(slots=True)
class LoadedBooks:
    """Checked books in DuckDB.

    `connection`: holds the tables (or views on Parquet) in the schema `books`. `extra`: the further columns of
    customers and invoices, by table, all text. `currencies`: every currency of a document, sorted.
    `warnings`: what was kept
    although it looks odd. `rows`: number of rows by table. `derived`: folder of derived tables kept with converted
    books, None where there is none. `name`: what to call the books on a report. `has_recorded_at`: whether
    any row says when it was
    recorded (else `known_at` changes nothing).
    """

    connection: duckdb.DuckDBPyConnection
    name: str
    extra: dict[str, tuple[str, ...]]
    currencies: tuple[str, ...]
    warnings: list[Problem] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    derived: Path | None = None
    has_recorded_at: bool = False


def loaded_columns(table: str, extra: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Column name -> DuckDB type of a loaded table, in the order of the format, then filled in, then extra."""
    columns = {column.name: SQL_TYPES[column.kind] for column in TABLES[table].columns}
    columns |= FILLED.get(table, {})
    return columns | dict.fromkeys(extra.get(table, ()), "VARCHAR")
