"""Rows that claim the same identifier: the same row twice is one; two rows of one name refuse the books."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countback.books import sql
from countback.books.projection import WORK
from countback.books.tables import TABLES

if TYPE_CHECKING:
    from countback.books.working import Working


def settle(working: Working) -> None:
    """Merges what readings gather by identifier, drops repeated rows with a warning, refuses contradicting ones."""
    for name, table in TABLES.items():
        if not working.has_rows(name):
            continue
        if table.key:
            _judge(working, name)
        _merge(working, name)


def _identifying(name: str) -> tuple[str, ...]:
    """The columns that identify a row; allocations have no identifier, so what they join stands for one."""
    return TABLES[name].key or ("payment_id", "credit_note_id", "invoice_id", "instalment")


def _key(name: str) -> str:
    return ", ".join(sql.name(column) for column in _identifying(name))


def _merging(working: Working, name: str) -> list[int]:
    return [
        n for n, one in working.projections.items() if one.reading.table == name and one.reading.one_per_key
    ]


def _columns(working: Working, name: str) -> list[str]:
    skipped = ("_row", "_reading", "_bad")
    described = sql.rows(working.connection, f"DESCRIBE {WORK}.{name}")
    return [str(row[0]) for row in described if row[0] not in skipped]


def _judge(working: Working, name: str) -> None:
    merging = ", ".join(map(str, _merging(working, name))) or "-1"
    rows = f"(SELECT * FROM {WORK}.{name} WHERE _reading NOT IN ({merging}))"
    key = _key(name)
    filled = " AND ".join(f"{sql.name(column)} IS NOT NULL" for column in TABLES[name].key)
    again = f"SELECT {key} FROM {rows} WHERE {filled} GROUP BY {key} HAVING count(*) > 1"
    if _ascending(working, name, rows) or not sql.number(
        working.connection, f"SELECT count(*) FROM ({again})"
    ):
        return
    _compare(working, name, f"SELECT * FROM {rows} WHERE ({key}) IN ({again})")
    same = "_differs = ''"
    shown = " || ' ' || ".join(f"CAST({sql.name(column)} AS VARCHAR)" for column in TABLES[name].key)
    listed = f"SELECT _reading, _row, {shown} AS shown, _differs FROM {WORK}.again"
    column = TABLES[name].key[0]
    what = "{shown} is used before, on a row with another {_differs}"
    working.tell(
        f"{listed} WHERE NOT ({same})", "duplicate_identifier", column, what,
        "give each its own identifier, or keep the row that is right", "refused",
    )  # fmt: skip
    what = "{shown} is repeated in every value and was counted once"
    working.tell(f"{listed} WHERE {same}", "repeated_row", column, what, "delete the repeated row", "warning")
    again = f"SELECT (_reading, _row) FROM {WORK}.again"
    working.replace(name, f"SELECT * FROM {WORK}.{name} WHERE (_reading, _row) NOT IN ({again})")
    working.connection.execute(f"DROP TABLE {WORK}.again")


def _ascending(working: Working, name: str, rows: str) -> bool:
    """Whether each identifier is above the one before, as in most exports: then none is there twice, and that is seen
    many times faster than by grouping."""
    key = f"({_key(name)})"
    blank = " OR ".join(f"{sql.name(column)} IS NULL" for column in TABLES[name].key)
    steps = f"SELECT coalesce({key} <= lag({key}) OVER (), false) OR {blank} AS falls FROM {rows}"
    return not sql.number(working.connection, f"SELECT count(*) FROM ({steps}) WHERE falls")


def _compare(working: Working, name: str, rows: str) -> None:
    """Makes the table `again`: rows that are not the first of their identifier, and in which columns they differ."""
    key = _key(name)
    others = [column for column in _columns(working, name) if column not in TABLES[name].key]
    differs = ", ".join(
        f"CASE WHEN {sql.name(column)} IS DISTINCT FROM {first} THEN {sql.text(column)} END"
        for column in others
        for first in (f"first_value({sql.name(column)}) OVER same",)
    )
    working.connection.execute(
        f"""CREATE OR REPLACE TABLE {WORK}.again AS
        SELECT *, concat_ws(', ', {differs or "NULL"}) AS _differs, row_number() OVER same AS _nth
        FROM ({rows}) WINDOW same AS (PARTITION BY {key} ORDER BY _reading, _row)
        QUALIFY _nth > 1"""
    )


def _merge(working: Working, name: str) -> None:
    """One row for each identifier where a reading gathers: the first filled value of each column."""
    if not _merging(working, name):
        return
    key = _key(name)
    first = ", ".join(
        f"arg_min({column}, (_reading, _row)) FILTER (WHERE {column} IS NOT NULL) AS {column}"
        for column in map(sql.name, (one for one in _columns(working, name) if one not in _identifying(name)))
    )
    place = "min((_reading, _row))"
    working.replace(
        name,
        f"""SELECT {place}[2] AS _row, {place}[1] AS _reading, {key}, {first}, false AS _bad
        FROM {WORK}.{name} GROUP BY {key} ORDER BY _reading, _row""",
    )
