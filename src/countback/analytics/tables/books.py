"""The books' tables as Ibis sees them, and what is known of them before a query runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis

from countback.books.loaded import SCHEMA, LoadedBooks, loaded_columns
from countback.kpis.facts import Table

_IBIS_TYPES = {
    "VARCHAR": "string",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "INTEGER": "int32",
    "DECIMAL(18,4)": "decimal(18, 4)",
    "DECIMAL(18,10)": "decimal(18, 10)",
}


_OF_INVOICES = ("invoices", "allocations", "write_offs")
"""Tables whose `customer_id` is that of the invoice."""


SHAPING = ("allocations", "credit_notes", "instalments", "payments", "write_offs")
"""Tables that are left out of SQL where they are empty. Compiled SQL hangs on which of them are, and on no other."""


@dataclass(frozen=True, slots=True)
class BookTables:
    """Unbound Ibis tables of loaded books. `rows`: number of rows by table, so that a builder can leave out
    what is empty.
    `extra`: further columns of customers and invoices. `has_recorded_at`: whether recording times matter.
    `stretch`: only
    invoices of customers from the first to the last of these, with what settles them."""

    rows: dict[str, int]
    extra: dict[str, tuple[str, ...]]
    has_recorded_at: bool
    stretch: tuple[str, str] | None = None

    @classmethod
    def of(cls, books: LoadedBooks, stretch: tuple[str, str] | None = None) -> BookTables:
        """The tables of these books."""
        return cls(books.rows, books.extra, books.has_recorded_at, stretch)

    def __getitem__(self, name: str) -> Table:
        columns = loaded_columns(name, self.extra)
        table = declared(name, {column: _IBIS_TYPES[kind] for column, kind in columns.items()}, SCHEMA)
        if self.stretch and name in _OF_INVOICES:
            return table.filter(table.customer_id.between(*self.stretch))
        return table

    def has(self, name: str) -> bool:
        """Whether one of the SHAPING tables has any row. Raises ValueError for another."""
        if name not in SHAPING:
            raise ValueError(f"{name} is not among the tables that shape SQL: {', '.join(SHAPING)}")
        return self.rows.get(name, 0) > 0


def declared(name: str, schema: dict[str, Any], database: str) -> Table:
    """An Ibis table of that name and schema that exists, or will exist, in the engine."""
    return ibis.table(schema, name=name, database=database)


def latest(*moments: Any) -> Any:
    """The latest of recording times; NULL (always known) counts as the earliest."""
    return ibis.greatest(*moments) if len(moments) > 1 else moments[0]
