"""Which customers' open items and credits a refresh may have changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from countback.books import sql
from countback.ledger.mirror.reading import ENDED, version_columns
from countback.ledger.mirror.standing import parts_of
from countback.ledger.mirror.state import State

OF_INVOICES = ("invoices", "instalments", "allocations", "write_offs")
SOURCES = {"payments": "payment_id", "credit_notes": "credit_note_id"}


def touched_customers(
    duck: duckdb.DuckDBPyConnection, folder: Path, state: State, new_files: Sequence[str]
) -> set[str]:
    """Customers of every invoice that was changed, or whose instalments, write-offs or allocations were, or what these
    came from; and of every payment and credit note that such an invoice is settled with. A version that ended counts
    like the one that took its place. `new_files`: the parts that the refresh has added."""
    new = replace(state, files=tuple(new_files))
    applied = _versions(folder, state, "allocations")
    _keep(duck, "sources", [_changed(folder, state, new, table, key) for table, key in SOURCES.items()])
    invoices = [_changed(folder, state, new, table, "invoice_id") for table in OF_INVOICES]
    invoices += [
        f"SELECT invoice_id FROM {applied} WHERE {key} IN (FROM sources)" for key in SOURCES.values()
    ]
    _keep(duck, "invoices", invoices)
    settling = [
        f"SELECT {key} FROM {applied} WHERE invoice_id IN (FROM invoices)" for key in SOURCES.values()
    ]
    _keep(duck, "settling", ["FROM sources", *settling])
    invoiced = _versions(folder, state, "invoices")
    customers = [f"SELECT customer_id FROM {invoiced} WHERE invoice_id IN (FROM invoices)"]
    customers += [
        f"SELECT customer_id FROM {_versions(folder, state, table)} WHERE {key} IN (FROM settling)"
        for table, key in SOURCES.items()
    ]
    return {str(row[0]) for row in sql.rows(duck, " UNION ".join(customers))}


def _versions(folder: Path, state: State, table: str) -> str:
    return f"({parts_of(folder, state, f'versions/{table}', version_columns(table))})"


def _changed(folder: Path, state: State, new: State, table: str, column: str) -> str:
    """SQL of a column of the versions of a table that the refresh has added or ended."""
    ended = (
        f"SELECT version FROM ({parts_of(folder, new, 'ended', ENDED)}) WHERE table_name = {sql.text(table)}"
    )
    return f"""SELECT {column} FROM {_versions(folder, new, table)}
        UNION SELECT {column} FROM {_versions(folder, state, table)} WHERE version IN ({ended})"""


def _keep(duck: duckdb.DuckDBPyConnection, name: str, queries: Sequence[str]) -> None:
    duck.execute(f"CREATE OR REPLACE TEMP TABLE {name} (id VARCHAR)")
    for query in queries:
        duck.execute(f"INSERT INTO {name} SELECT * FROM ({query}) AS found(id) WHERE id IS NOT NULL")
