"""Whether the ledger, its mirror and the books that it was given agree: each difference, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from countback.analytics.opened import Books
from countback.books import sql
from countback.books.loaded import SCHEMA, loaded_columns
from countback.books.tables import TABLES
from countback.core.problem import Misuse
from countback.ledger.mirror import opened as mirror
from countback.ledger.mirror.reading import ledger_as_of_now, new_since
from countback.ledger.schema import current_of, table_of

ROWS = "rows"
BALANCES = {
    "open_receivables": ("invoice", "instalment"),
    "unapplied_credits": ("payment", "credit_note"),
}
"""KPI -> the kinds of items whose entries in the journal add up to it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One number on which the two disagree. `of`: a table of the books, or a KPI with entity and currency; `measure`:
    `rows`, or which amount; `other`: what the mirror, or the source, has instead."""

    of: str
    measure: str
    ledger: Decimal
    other: Decimal

    def __str__(self) -> str:
        return f"{self.of}, {self.measure}: {self.ledger:,f} in the ledger, {self.other:,f} beside it"

    @property
    def gap(self) -> Decimal:
        """How much more the ledger has."""
        return self.ledger - self.other


@dataclass(frozen=True, slots=True)
class Total:
    """A control total of a table in the source: number of rows and their amount, each None where not known."""

    rows: int | None = None
    amount: Decimal | None = None


def differences(folder: Path) -> list[Difference]:
    """Where the mirror disagrees with what the ledger says as of the moment through which the mirror knows it; nothing,
    where all is well. Compares number and amounts of each table's current rows, and for each entity and currency
    what the journal says is open, and unapplied, with the engine's figures as of the last day. Raises
    FileNotFoundError where there is no mirror."""
    opened = mirror.opened(folder)
    state = opened.held.state
    if state is None:
        raise FileNotFoundError(f"the books in {folder} were not mirrored from a ledger")
    with ledger_as_of_now() as cursor, opened.books.loaded.connection.cursor() as duck:
        new = new_since(state.snapshot)
        found = [difference for table in TABLES for difference in _of_table(cursor, duck, table, new)]
        found += [
            difference for kpi in BALANCES for difference in _of_balance(cursor, opened.books, kpi, new)
        ]
    return found


def against_source(totals: Mapping[str, Total]) -> list[Difference]:
    """Where the ledger's current rows disagree with the control totals of a source, by table of the books. Raises
    Misuse for a total of what is no table, or has no amount."""
    found = []
    with ledger_as_of_now() as cursor:
        for table, total in totals.items():
            _refuse_what_has_no_total(table, total)
            amount = "coalesce(sum(amount), 0)" if total.amount is not None else "0"
            cursor.execute(f"SELECT count(*), {amount} FROM {current_of(table)}")
            rows, held = cursor.fetchone()
            if total.rows is not None:
                found.append(Difference(table, ROWS, Decimal(rows), Decimal(total.rows)))
            if total.amount is not None:
                found.append(Difference(table, "amount", held, total.amount))
    return [difference for difference in found if difference.gap]


def _refuse_what_has_no_total(table: str, total: Total) -> None:
    if table not in TABLES:
        raise Misuse(
            f"The total of {table} was not compared",
            "the books have no such table",
            f"give totals of {', '.join(TABLES)}",
        )
    if total.amount is not None and "amount" not in loaded_columns(table, {}):
        raise Misuse(
            f"The total of {table} was not compared",
            "its rows have no amount",
            "give the number of rows alone",
        )


def _of_table(cursor: Any, duck: duckdb.DuckDBPyConnection, table: str, new: str) -> Iterator[Difference]:
    """Differences in the number of a table's rows and the sum of each of its amounts."""
    amounts = [name for name, kind in loaded_columns(table, {}).items() if kind.startswith("DECIMAL")]
    sums = ", ".join(["count(*)", *(f"coalesce(sum({sql.name(name)}), 0)" for name in amounts)])
    cursor.execute(
        f"""SELECT {sums} FROM (SELECT * FROM {table_of(table)} WHERE NOT ({new})) AS one WHERE NOT EXISTS (
        SELECT FROM (SELECT * FROM ledger_ended WHERE NOT ({new})) AS ended
        WHERE ended.table_name = {sql.text(table)} AND ended.version = one.version)"""
    )
    in_mirror = sql.rows(duck, f"SELECT {sums} FROM {SCHEMA}.{table}")[0]
    for name, ours, theirs in zip([ROWS, *amounts], cursor.fetchone(), in_mirror, strict=True):
        difference = Difference(table, name, Decimal(ours), Decimal(str(theirs)))
        if difference.gap:
            yield difference


def _of_balance(cursor: Any, books: Books, kpi: str, new: str) -> Iterator[Difference]:
    """Differences between the journal and a figure, by entity and currency."""
    last = books.last_entry_on()
    cursor.execute(
        f"""SELECT entity_id, currency, sum(amount) FROM ledger_entry
        WHERE item_kind = ANY(%s) AND kind <> 'recovery' AND NOT ({new}) GROUP BY entity_id, currency""",
        [list(BALANCES[kpi])],
    )
    journal = {(entity, currency): amount for entity, currency, amount in cursor.fetchall()}
    figures: dict[tuple[str | None, str], Decimal] = {}
    if last is not None:
        for row in books.kpis(kpi, as_of=last, by=["entity", "currency"]):
            figures[row["by"]["entity"], row["by"]["currency"]] = row["value"]
    for entity, currency in sorted({*journal, *figures}, key=lambda key: (key[0] or "", key[1])):
        ours, theirs = (held.get((entity, currency), Decimal(0)) for held in (journal, figures))
        if ours != theirs:
            yield Difference(f"{kpi} of {entity or '(blank)'} in {currency}", "amount", ours, theirs)
