"""What changed in a past month since it was reported, entry by entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ibis
from django.db import connection

from countback.accounts.rules import Scope
from countback.analytics.answer import Answer
from countback.analytics.derived import DerivedTables
from countback.analytics.engine import Engine
from countback.analytics.tables import entries, items
from countback.books import sql
from countback.books.load import own_connection
from countback.books.loaded import SCHEMA
from countback.ledger import figures
from countback.ledger.figures import Figures, held
from countback.ledger.mirror.standing import in_utc

COLUMNS = (
    "entity_id",
    "customer_id",
    "invoice_id",
    "item_id",
    "kind",
    "effective_on",
    "amount",
    "currency",
    "source_id",
    "row_id",
    "reverses",
)
"""What an entry says. Entries are the same where all of it is."""


@dataclass(frozen=True, slots=True)
class Restatement:
    """`entries`: what is known `now` and was not then, `added`; and what was known then and is not now, `removed`; the
    largest first. `amount` is what it does to the open receivables: a removed entry has its own with the sign turned.
    Columns: change, customer (name), and those of an entry. `sums`: of `amount` by currency; the open receivables as
    known now less those that were reported, to the cent."""

    month_end: date
    reported_at: datetime
    entries: Answer
    sums: dict[str, Decimal]


Filters = Mapping[str, Sequence[str | None]]
"""Dimension -> values; None: blank."""


def changes(
    scope: Scope,
    *,
    month_end: date,
    reported_at: datetime,
    now: datetime | None = None,
    where: Filters | None = None,
) -> Restatement:
    """The entries effective on or before `month_end` that are known `now` (None: as the books stand) and were not at
    `reported_at`, or were and are not. `where`: only of these dimensions. Recoveries of what was written off move no
    balance and are left out. In a scope or a filter, a customer that came into it, or left it, comes or leaves with all
    its entries. Raises FileNotFoundError where there is no mirror, Misuse for an unknown dimension."""
    sides = [figures.opened(scope, known_at=moment) for moment in (reported_at, now)]
    with TemporaryDirectory(prefix="countback-restated-") as folder:
        then_file, now_file = (Path(folder) / f"{name}.parquet" for name in ("then", "now"))
        for side, file in zip(sides, (then_file, now_file), strict=True):
            _write(side, month_end, file, where or {})
        connection = own_connection()
        try:
            table = connection.sql(_compared(then_file, now_file)).to_arrow_table()
        finally:
            connection.close()
    found = Answer(table)
    return Restatement(month_end, reported_at, found, _sums(found))


@dataclass(frozen=True, slots=True)
class Brought:
    """What brought a change into the books, and when they knew it."""

    import_id: int
    known_from: datetime


def brought_by(
    entries: Sequence[Mapping[str, Any]], *, reported_at: datetime, now: datetime | None = None
) -> list[Brought | None]:
    """For each changed entry the import that brought it; None where none did: its customer came into the scope or
    filter, or left it. Of an entry that came, went and came again, the last time."""
    found: dict[tuple[Any, ...], Brought] = {}
    with connection.cursor() as cursor:
        for start in range(0, len(entries), AT_ONCE):
            part = entries[start : start + AT_ONCE]
            customers, items = (list({row[name] for row in part}) for name in ("customer_id", "item_id"))
            cursor.execute(_JOURNAL, [customers, items, reported_at, now, now])
            found |= {tuple(row[:-2]): Brought(*row[-2:]) for row in cursor.fetchall()}
    return [found.get(_entry_key(row)) for row in entries]


AT_ONCE = 5_000
"""Entries that are looked up in one question."""

_JOURNAL = """SELECT item_id, kind, effective_on, amount, source_id, corrects, import_id, known_from FROM ledger_entry
    WHERE customer_id = ANY(%s) AND item_id = ANY(%s) AND known_from > %s
    AND (%s::timestamptz IS NULL OR known_from <= %s) ORDER BY known_from, entry"""


def _entry_key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """An entry as the journal has it: one that is no longer there was taken back by one of the negated amount."""
    same = (row[name] for name in ("item_id", "kind", "effective_on", "amount", "source_id"))
    return (*same, row["change"] == "removed")


def _write(side: Figures, month_end: date, file: Path, where: Filters) -> None:
    """Every entry that counts for the month's end, with the customer's name, into a Parquet file."""
    books = side.books.loaded
    with books.connection.cursor() as cursor:
        tables = DerivedTables(Engine(replace(books, connection=cursor)))
        known_at = None if side.known_at is None else in_utc(side.known_at)
        parts = items.build(tables.books), tables.settlements()
        built = entries.build(tables.books, *(tables.known(part, known_at) for part in parts))
        built = _filtered(tables.dimensions.attach(built, tuple(where), own={}), where)
        columns = ", ".join(f"entry.{column}" for column in COLUMNS)
        cursor.execute(
            f"""COPY (SELECT {columns}, customer.name AS customer FROM ({tables.engine.compile(built)}) AS entry
            LEFT JOIN {SCHEMA}.customers AS customer ON customer.customer_id = entry.customer_id
            WHERE entry.kind <> 'recovery' AND entry.effective_on <= {sql.text(str(month_end))} AND {_seen(side.scope)})
            TO {sql.text(str(file))} (FORMAT parquet)"""
        )


def _filtered(table: Any, where: Filters) -> Any:
    """The rows that pass every filter, as figures are filtered."""
    for name, values in where.items():
        column = table[f"dim_{name}"]
        given = [value for value in values if value is not None]
        passes = column.isin(given) if given else ibis.literal(False)
        table = table.filter(passes | column.isnull() if None in values else passes)
    return table


def _seen(scope: Scope) -> str:
    """SQL that is true of the entries in a scope."""
    columns = {"entity": "entry.entity_id", "collector": "customer.collector"}
    limits = held(None, scope).items()
    return " AND ".join(
        ["true", *(f"{columns[name]} IN ({sql.texts(codes) or 'NULL'})" for name, codes in limits)]
    )


def _compared(then_file: Path, now_file: Path) -> str:
    columns = ", ".join(COLUMNS)
    then, now = (f"SELECT {columns} FROM {sql.text(str(file))}" for file in (then_file, now_file))
    names = " UNION ALL BY NAME ".join(
        f"SELECT customer_id, customer, {place} AS place FROM {sql.text(str(file))}"
        for place, file in enumerate((now_file, then_file))
    )
    told = ", ".join(("-amount AS amount" if column == "amount" else column) for column in COLUMNS)
    return f"""WITH changed AS (
            SELECT 'added' AS change, {columns} FROM ({now} EXCEPT ALL {then})
            UNION ALL SELECT 'removed', {told} FROM ({then} EXCEPT ALL {now})),
        named AS (SELECT customer_id, arg_min(customer, place) AS customer FROM ({names}) GROUP BY customer_id)
        SELECT changed.change, named.customer, changed.* EXCLUDE (change)
        FROM changed LEFT JOIN named ON named.customer_id = changed.customer_id
        ORDER BY abs(amount) DESC, effective_on, changed.item_id, row_id, change"""


def _sums(found: Answer) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for currency, amount in zip(
        found.table["currency"].to_pylist(), found.table["amount"].to_pylist(), strict=True
    ):
        sums[currency] = sums.get(currency, Decimal(0)) + amount
    return dict(sorted(sums.items()))
