"""What an import would change, or has changed: by table, in rows and amounts."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from countback.books import sql
from countback.books.loaded import loaded_columns
from countback.books.tables import TABLES
from countback.core.problem import Problem
from countback.ledger.importing.recorded import repeats
from countback.ledger.importing.working import Working
from countback.ledger.schema import LETTERS, current_of


@dataclass(frozen=True, slots=True)
class Count:
    """Rows, and their amounts by currency; of tables without amounts none."""

    rows: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)

    def __add__(self, other: Count) -> Count:
        return self._with(other, 1)

    def __sub__(self, other: Count) -> Count:
        return self._with(other, -1)

    def _with(self, other: Count, sign: int) -> Count:
        currencies = sorted({*self.amounts, *other.amounts})
        none = Decimal(0)
        amounts = {
            one: self.amounts.get(one, none) + sign * other.amounts.get(one, none) for one in currencies
        }
        return Count(
            self.rows + sign * other.rows, {one: amount for one, amount in amounts.items() if amount}
        )


@dataclass(frozen=True, slots=True)
class TableChange:
    """One table. `new`: rows that the ledger did not hold. `changed`: rows with another value, as they will be; `was`:
    as they were. `vanished`: rows of the ledger that the source no longer tells; they end only where `ends`. `same`:
    rows that it tells as they are. `before`, `after`: what the ledger holds. `kept_erased`: rows of customers
    whose personal data was erased, and which told it again: it was not taken."""

    table: str
    new: Count
    changed: Count
    was: Count
    vanished: Count
    same: Count
    before: Count
    after: Count
    ends: bool
    kept_erased: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """`tables`: every table that the source tells, or that changes. `warnings`: what was kept although it looks odd."""

    tables: tuple[TableChange, ...]
    warnings: tuple[Problem, ...] = ()
    sha256: str = ""

    @property
    def changes(self) -> int:
        """Rows that would be written or ended."""
        return sum(
            one.new.rows + one.changed.rows + (one.vanished.rows if one.ends else 0) for one in self.tables
        )

    def summary(self) -> dict[str, Any]:
        """The same as plain values, to be kept with the import."""
        kinds = ("new", "changed", "was", "vanished", "same", "before", "after")
        return {
            one.table: {kind: _plain(getattr(one, kind)) for kind in kinds}
            | {"ends": one.ends, "kept_erased": one.kept_erased}
            for one in self.tables
        }


def planned(working: Working, *, ends_vanished: bool) -> tuple[TableChange, ...]:
    """Counts what `told`, `brings` and `ends` hold against the ledger."""
    made = []
    for name in TABLES:
        told = _counted(working, name, f"told.{name}")
        if not told.rows:
            continue  # what is brought is of what is told
        new = told if working.fresh else _counted(working, name, f"(FROM brings.{name} WHERE was IS NULL)")
        changed = (
            Count()
            if working.fresh
            else _counted(working, name, f"(FROM brings.{name} WHERE was IS NOT NULL)")
        )
        was = Count() if working.fresh else _counted(working, name, _ending(name, "NOT vanishes"))
        before = Count() if working.fresh else _held(working, name)
        repeated, stays = _of_acts(working, name)
        same = told - new - changed - repeated
        vanished = before - same - was - stays
        after = before + new + changed - was
        after = after - vanished if ends_vanished else after
        kept = working.kept_erased if name == "customers" else 0
        made.append(TableChange(name, new, changed, was, vanished, same, before, after, ends_vanished, kept))
    return tuple(made)


def _of_acts(working: Working, name: str) -> tuple[Count, Count]:
    """Told rows that only repeat what was changed here since; and rows that stay as they were recorded here: those of
    which such is told, and those that no file knows."""
    if working.fresh or name not in LETTERS:
        return Count(), Count()
    repeated = _counted(working, name, f"(FROM told.{name} WHERE row_key IN ({repeats(name)}))")
    unknown = f"row_key NOT IN (SELECT row_key FROM told.{name}) OR row_key IN ({repeats(name)})"
    return repeated, _counted(working, name, f"(FROM near.own_{name} WHERE {unknown})")


def undone(working: Working) -> tuple[TableChange, ...]:
    """Counts what taking an import back brings and ends."""
    made = []
    for name in TABLES:
        new = _counted(working, name, f"(FROM brings.{name} WHERE was IS NULL)")
        changed = _counted(working, name, f"(FROM brings.{name} WHERE was IS NOT NULL)")
        was = _counted(working, name, _ending(name, "NOT vanishes"))
        vanished = _counted(working, name, _ending(name, "vanishes"))
        if new.rows or changed.rows or vanished.rows:
            before = _held(working, name)
            after = before + new + changed - was - vanished
            made.append(TableChange(name, new, changed, was, vanished, Count(), before, after, True))
    return tuple(made)


def _ending(name: str, condition: str) -> str:
    return f"(FROM held.{name} WHERE version IN (SELECT version FROM ends WHERE table_name = '{name}' AND {condition}))"


def _counted(working: Working, name: str, rows: str) -> Count:
    return _summed(sql.rows(working.db, _sums(name, rows)))


def _held(working: Working, name: str) -> Count:
    working.cursor.execute(_sums(name, current_of(name)))
    return _summed(working.cursor.fetchall())


def _sums(name: str, rows: str) -> str:
    if {"amount", "currency"} <= set(loaded_columns(name, {})):
        return (
            f"SELECT currency, count(*), sum(amount) FROM {rows} AS one GROUP BY currency ORDER BY currency"
        )
    return f"SELECT NULL, count(*), NULL FROM {rows} AS one"


def _summed(rows: list[tuple[Any, ...]]) -> Count:
    return Count(
        sum(count for _, count, _ in rows), {currency: amount for currency, _, amount in rows if amount}
    )


def _plain(count: Count) -> dict[str, Any]:
    return {"rows": count.rows, "amounts": {one: str(amount) for one, amount in count.amounts.items()}}
