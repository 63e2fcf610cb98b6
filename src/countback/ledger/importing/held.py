"""Reading the ledger into DuckDB: COPY to a file, the file into a table."""

from __future__ import annotations

from countback.books import sql
from countback.books.tables import TABLES
from countback.ledger.importing.working import Working, listed, typed
from countback.ledger.importing.written import copy_in
from countback.ledger.schema import current_of, found_by, table_of

WHOLE_FROM = 4
"""Everything is read where what is told is at least one in so many of all versions: following an index to each takes
longer than reading on."""


def choose(working: Working, *, ends_vanished: bool) -> None:
    """Decides whether the whole ledger is read."""
    told = sum(working.numbers("told").values())
    parts = " + ".join(
        f"coalesce((SELECT max(version) - min(version) + 1 FROM {table_of(name)}), 0)" for name in TABLES
    )
    working.cursor.execute(f"SELECT {parts}")
    working.whole = ends_vanished or told * WHOLE_FROM >= working.cursor.fetchone()[0]


def read_held(working: Working) -> None:
    """Makes the schema `held`: current versions of the rows that are told, or of all. Customers are read whole: who is
    whose parent is known of all or of none."""
    for name, told in working.numbers("told").items():
        if working.whole or name == "customers":
            read(working, f"held.{name}", name, f"FROM {current_of(name)} AS one")
        elif told:
            ask(working, f"SELECT DISTINCT {found_by(name)} AS id FROM told.{name}")
            read(working, f"held.{name}", name, _asked(name, found_by(name)))
            working.db.execute(
                f"DELETE FROM held.{name} WHERE row_key NOT IN (SELECT row_key FROM told.{name})"
            )
        else:
            make_empty(working, f"held.{name}", name)


def rows_of(working: Working, into: str, name: str, column: str, ids: str) -> None:
    """Makes a table of the current versions whose `column` is among the ids that a query of DuckDB gives."""
    if working.whole:
        working.db.execute(
            f"CREATE TABLE {into} AS SELECT * FROM held.{name} WHERE {column} IN (SELECT id FROM ({ids}))"
        )
    elif not working.number(f"SELECT count(*) FROM ({ids})"):
        make_empty(working, into, name)
    else:
        ask(working, ids)
        read(working, into, name, _asked(name, column))


def read(working: Working, into: str, name: str, rest: str) -> None:
    """Makes a table of versions out of a query of PostgreSQL, of which `rest` is what follows the columns of `one`."""
    path = working.folder / "held.csv"
    columns = listed(name, "one").replace('one."extra"', 'one."extra"::text')
    with path.open("wb") as file, working.cursor.copy(
        f"COPY (SELECT one.version, one.row_key, {columns} {rest}) TO STDOUT (FORMAT csv)"
    ) as rows:  # fmt: skip
        file.writelines(rows)
    if not path.stat().st_size:
        make_empty(working, into, name)
        return
    types = {"version": "BIGINT", "row_key": "VARCHAR"} | typed(name)
    declared = ", ".join(f"{sql.text(column)}: {sql.text(kind)}" for column, kind in types.items())
    working.db.execute(
        f"""CREATE TABLE {into} AS FROM read_csv({sql.text(str(path))}, columns = {{{declared}}}, header = false,
        auto_detect = false, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false,
        new_line = '\\n', max_line_size = 16000000)"""
    )
    path.unlink()


def make_empty(working: Working, into: str, name: str) -> None:
    """Makes a table of versions without one."""
    columns = ", ".join(f"{sql.name(column)} {kind}" for column, kind in typed(name).items())
    working.db.execute(f"CREATE TABLE {into} (version BIGINT, row_key VARCHAR, {columns})")


def ask(working: Working, ids: str) -> None:
    """Lays down ids in PostgreSQL, to be joined with."""
    working.cursor.execute("DROP TABLE IF EXISTS pg_temp.ledger_asked")
    working.cursor.execute("CREATE TEMPORARY TABLE ledger_asked (id text) ON COMMIT DROP")
    copy_in(
        working, "ledger_asked", ["id"], f"SELECT DISTINCT id FROM ({ids}) WHERE id IS NOT NULL", quoted=True
    )
    working.cursor.execute("ANALYZE ledger_asked")


def _asked(name: str, column: str) -> str:
    return f"FROM ledger_asked AS asked JOIN {current_of(name)} AS one ON one.{column} = asked.id"
