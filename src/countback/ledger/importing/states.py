"""What moves open items, before and after: all that bears on the items that change, and nothing else.

An item's entries follow from its own rows, and the engine derives them from those alone; so a thousand changes in a
ledger of millions are journaled from some thousands of rows.
"""

from __future__ import annotations

from countback.books.tables import TABLES
from countback.ledger.importing.compared import moved
from countback.ledger.importing.held import rows_of
from countback.ledger.importing.working import JOURNALED, Working, listed

AFFECTED = ("invoices", "payments", "credit_notes")
"""Tables of which an id stands for an item, or several."""

_KEYS = {name: TABLES[name].key[0] for name in AFFECTED}


def lay_out(working: Working) -> None:
    """Makes `state_before` and `state_after`, and the tables `affected_<table>` of ids."""
    if working.fresh:
        for name in JOURNALED:
            working.db.execute(
                f"CREATE VIEW state_after.books.{name} AS SELECT {listed(name)} FROM memory.told.{name}"
            )
        return
    _find_affected(working)
    _find_near(working)
    for name in JOURNALED:
        columns = listed(name)
        ended = f"SELECT version FROM memory.ends WHERE table_name = '{name}'"
        working.db.execute(
            f"CREATE VIEW state_before.books.{name} AS SELECT {columns} FROM memory.near.{name}"
        )
        working.db.execute(
            f"""CREATE VIEW state_after.books.{name} AS
            SELECT {columns} FROM memory.near.{name} WHERE version NOT IN ({ended})
            UNION ALL SELECT {columns} FROM memory.brings.{name}"""
        )


def _find_affected(working: Working) -> None:
    """Items whose rows move, and the invoices that a moved payment or credit note settles."""
    db = working.db
    ids = {key: f"SELECT {key} AS id FROM ({moved(name)})" for name, key in _KEYS.items()}
    used = []
    for name in ("payments", "credit_notes"):
        key = _KEYS[name]
        rows_of(working, f"near.used_by_{name}", "allocations", key, ids[key])
        used.append(f"SELECT invoice_id AS id FROM near.used_by_{name}")
    for name, key in _KEYS.items():
        parts = [f"SELECT {key} AS id FROM ({moved(one)})" for one in JOURNALED if one in _NAMING[name]]
        parts += used if name == "invoices" else []
        db.execute(
            f"CREATE TABLE affected_{name} AS SELECT id FROM ({' UNION '.join(parts)}) WHERE id IS NOT NULL"
        )


_NAMING = {
    "invoices": ("invoices", "instalments", "allocations", "write_offs"),
    "payments": ("payments", "allocations"),
    "credit_notes": ("credit_notes", "allocations"),
}


def _find_near(working: Working) -> None:
    """Current versions of everything from which the entries of affected items follow."""
    for name, key in _KEYS.items():
        rows_of(working, f"near.by_{name}", "allocations", key, f"SELECT id FROM affected_{name}")
    union = " UNION ".join(f"SELECT * FROM near.by_{name}" for name in _KEYS)
    working.db.execute(f"CREATE TABLE near.allocations AS {union}")
    for name, key in _KEYS.items():
        named = (
            f"SELECT id FROM affected_{name} UNION SELECT {key} FROM near.allocations WHERE {key} IS NOT NULL"
        )
        rows_of(working, f"near.{name}", name, key, named)
    for name in ("instalments", "write_offs"):
        rows_of(working, f"near.{name}", name, "invoice_id", "SELECT id FROM affected_invoices")
