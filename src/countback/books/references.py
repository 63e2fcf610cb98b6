"""Rows that name other rows: each name must be known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countback.books import sql
from countback.books.loaded import SCHEMA
from countback.books.projection import WORK
from countback.books.tables import TABLES

if TYPE_CHECKING:
    from countback.books.working import Working

_ONE = {"customers": "customer", "invoices": "invoice", "payments": "payment", "credit_notes": "credit_note"}


def follow(working: Working) -> None:
    """Fills values that are found by way of another table (the customer of a payment by its invoice)."""
    for projection in working.projections.values():
        for name, field in projection.fields.items():
            if field.via:
                _fill(working, projection.reading.table, projection.number, name, field.via)


def _fill(working: Working, table: str, reading: int, name: str, via: str) -> None:
    key = sql.name(TABLES[via].key[0])
    place = sql.name(f"_via_{name}")
    working.connection.execute(
        f"""UPDATE {WORK}.{table} AS row SET {sql.name(name)} = known.{sql.name(name)}
        FROM {WORK}.{via} AS known WHERE known.{key} = row.{place} AND row._reading = {reading}"""
    )
    if via not in working.unread:
        query = f"""SELECT _reading, _row, {place} AS shown FROM {WORK}.{table} AS row
        ANTI JOIN {WORK}.{via} AS known ON known.{key} = row.{place}
        WHERE _reading = {reading} AND {place} IS NOT NULL"""
        _tell(working, query, name, via)


def check(working: Working) -> None:
    """Tells every identifier that names no row; those of allocations follow once they are joined to what they name."""
    for name, table in TABLES.items():
        for column in table.columns:
            to = column.refers
            if to is None or to in working.unread or not working.has_rows(name) or name == "allocations":
                continue
            key, own = TABLES[to].key[0], sql.name(column.name)
            query = f"""SELECT _reading, _row, {own} AS shown FROM {WORK}.{name} AS row
            ANTI JOIN {WORK}.{to} AS known ON known.{sql.name(key)} = row.{own} WHERE {own} IS NOT NULL"""
            if sql.number(working.connection, f"SELECT count(*) FROM ({query})"):
                _tell(working, query, column.name, to)


def check_allocations(working: Working) -> None:
    """Tells every identifier of the completed allocations that names no row."""
    for column in TABLES["allocations"].columns:
        if column.refers is not None and column.refers not in working.unread:
            stray = f"FROM {SCHEMA}.allocations WHERE _stray_{column.name}"
            if sql.number(working.connection, f"SELECT count(*) {stray}"):
                query = f"SELECT _reading, _row, {column.name} AS shown {stray} AND {column.name} IS NOT NULL"
                _tell(working, query, column.name, column.refers)


def _tell(working: Working, query: str, column: str, to: str) -> None:
    one = _ONE.get(to, to)
    what = f"the {one.replace('_', ' ')} {{shown}} is not among the {to.replace('_', ' ')}"
    remedy = f"add it to {to}, or correct the identifier (case and leading zeros count)"
    working.tell(query, f"unknown_{one}", column, what, remedy, "refused")
