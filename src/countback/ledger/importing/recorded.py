"""Rows that were recorded here, seen from books that come in: a file cannot know of them, and does not take them back.

What an act added, no file that lacks it ends. What an act changed of a row that a file had brought (an imported promise
that was withdrawn here) stays while the file says what it said before; a file that says something new is newer.
"""

from __future__ import annotations

from countback.ledger.importing.held import make_empty, read
from countback.ledger.importing.working import Working, typed
from countback.ledger.schema import LETTERS, current_of, table_of

_ACT = "(SELECT id FROM ledger_import WHERE act <> '')"


def read_recorded(working: Working) -> None:
    """Makes `near.own_<table>`, the current versions that acts brought, and `near.before_<table>`: of their rows, the
    last version that books brought."""
    working.cursor.execute(f"SELECT EXISTS {_ACT.replace('SELECT id', 'SELECT')}")
    (any_act,) = working.cursor.fetchone()
    for name in LETTERS:
        own, before = f"near.own_{name}", f"near.before_{name}"
        if not any_act:
            make_empty(working, own, name)
            make_empty(working, before, name)
            continue
        current = f"FROM {current_of(name)} AS one WHERE import_id IN {_ACT}"
        read(working, own, name, current)
        last = f"""FROM {table_of(name)} AS one WHERE version IN (
            SELECT max(version) FROM {table_of(name)} WHERE import_id NOT IN {_ACT}
            AND row_key IN (SELECT row_key {current}) GROUP BY row_key)"""
        read(working, before, name, last)


def repeats(name: str) -> str:
    """A query of the keys of told rows that say of a row changed here what books said of it before."""
    if name not in LETTERS:
        return "SELECT NULL AS row_key WHERE false"
    same = " AND ".join(f'told."{column}" IS NOT DISTINCT FROM before."{column}"' for column in typed(name))
    return f"""SELECT told.row_key FROM told.{name} AS told JOIN near.before_{name} AS before
        ON before.row_key = told.row_key WHERE {same}"""


def own(name: str) -> str:
    """A query of the keys of rows that stand as they were recorded here."""
    return f"SELECT row_key FROM near.own_{name}" if name in LETTERS else "SELECT NULL AS row_key WHERE false"
