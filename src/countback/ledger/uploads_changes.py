"""What an import would change, did, or took back: in numbers by table, and in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from countback.books.tables import TABLES
from countback.core.money import NO_CURRENCY
from countback.report.words import MINUS, full_money

Summary = Mapping[str, Any]
"""As `Plan.summary()` gives it, and an import keeps it."""


_TITLES = {"write_offs": "Write-offs", "fx_rates": "Exchange rates"}


@dataclass(frozen=True, slots=True)
class Amount:
    """What a table holds in a currency before and after, as people read it; `difference` blank where there is none."""

    currency: str
    before: str
    after: str
    difference: str


@dataclass(frozen=True, slots=True)
class Change:
    """How many rows of a table are new, changed, no longer told, and the same. `ends`: whether what is no longer told
    ends, or stays."""

    table: str
    new: int
    changed: int
    vanished: int
    same: int
    ends: bool = False
    amounts: tuple[Amount, ...] = ()

    @property
    def title(self) -> str:
        """The table's name for people."""
        return _TITLES.get(self.table) or self.table.replace("_", " ").capitalize()

    @property
    def ended(self) -> int:
        """Rows that end."""
        return self.vanished if self.ends else 0

    @property
    def touched(self) -> int:
        """Rows that do not stay as they are."""
        return self.new + self.changed + self.ended


@dataclass(frozen=True, slots=True)
class Shown:
    """The tables of a summary as a page lists them. `ended`: the head of the column with rows that are no longer told.
    Columns in which no table has anything are left out: `changed`, `vanished`, `same`, and `before` with what follows
    from it, say which are there."""

    changes: list[Change]
    ended: str
    changed: bool
    vanished: bool
    same: bool
    before: bool


def shown_of(summary: Summary) -> Shown:
    """A summary for a page."""
    changes = changes_of(summary)
    return Shown(
        changes,
        ended="Ends" if any(change.ends for change in changes) else "Not in the files",
        changed=any(change.changed for change in changes),
        vanished=any(change.vanished for change in changes),
        same=any(change.same for change in changes),
        before=any(held["before"]["rows"] for held in summary.values()),
    )


def changes_of(summary: Summary) -> list[Change]:
    """The tables that have rows, in the order of the format."""
    found = [_change(name, summary[name]) for name in TABLES if name in summary]
    return [change for change in found if change.touched or change.same or change.vanished]


def total_of(summary: Summary) -> Change:
    """All tables together, with what ends alone as no longer told."""
    changes = changes_of(summary)
    return Change(
        table="",
        new=sum(change.new for change in changes),
        changed=sum(change.changed for change in changes),
        vanished=sum(change.ended for change in changes),
        same=sum(change.same for change in changes),
        ends=True,
    )


def would_change(summary: Summary) -> str:
    """What importing would do, in a sentence or two."""
    total = total_of(summary)
    left = sum(change.vanished for change in changes_of(summary) if not change.ends)
    erased = erased_words(summary)
    if not total.touched:
        return f"Nothing would change: {_held(total.same)}.{erased}"
    parts = [f"{_rows(total.new, 'is', 'are')} new"] if total.new else []
    parts += [_rows(total.changed, "changes", "change")] if total.changed else []
    parts += [_rows(total.ended, "ends", "end")] if total.ended else []
    same = f"; {_rows(total.same, 'stays as it is', 'stay as they are')}" if total.same else ""
    stay = (
        f" {_rows(left, 'of the ledger is', 'of the ledger are')} not in these files: kept." if left else ""
    )
    return f"{listed(parts)}{same}.{stay}{erased}"


def has_changed(summary: Summary, *, took_back: bool) -> str:
    """What an import did, in a sentence. `took_back`: it undid another."""
    total, erased = total_of(summary), erased_words(summary)
    if not total.touched:
        return f"Nothing changed: {_held(total.same)}.{erased}"
    if took_back:
        parts = [f"{_rows(total.ended)} that the import had brought ended"] if total.ended else []
        parts += [f"{_rows(total.changed)} got the former values back"] if total.changed else []
        parts += (
            [f"{_rows(total.new, 'that it had ended stands', 'that it had ended stand')} again"]
            if total.new
            else []
        )
        return f"{listed(parts)}."
    parts = [f"{_rows(total.new)} came in"] if total.new else []
    parts += [f"{_rows(total.changed)} changed"] if total.changed else []
    parts += [f"{_rows(total.ended)} ended"] if total.ended else []
    same = f"; {_rows(total.same, 'was', 'were')} the same" if total.same else ""
    return f"{listed(parts)}{same}.{erased}"


def undoing_would(summary: Summary) -> str:
    """What undoing an import will do, in words, before it is done."""
    total = total_of(summary)
    parts = [f"ends the {_rows(total.new)} that it brought"] if total.new else []
    parts += [f"gives {_rows(total.changed)} the former values back"] if total.changed else []
    parts += [f"brings back the {_rows(total.ended)} that it ended"] if total.ended else []
    done = f"Undoing {listed(parts)}." if parts else "Undoing it changes no figure: it brought nothing."
    return (
        f"{done} What the figures were known to be at earlier times stays as it was. "
        "An undoing is not undone: to have the books again, import the files again."
    )


def listed(parts: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def _change(name: str, told: Summary) -> Change:
    before, after = told["before"]["amounts"], told["after"]["amounts"]
    return Change(
        table=name,
        new=told["new"]["rows"],
        changed=told["changed"]["rows"],
        vanished=told["vanished"]["rows"],
        same=told["same"]["rows"],
        ends=told["ends"],
        amounts=tuple(
            _amount(currency, Decimal(before.get(currency, 0)), Decimal(after.get(currency, 0)))
            for currency in sorted({*before, *after})
        ),
    )


def _amount(currency: str, before: Decimal, after: Decimal) -> Amount:
    step = full_money(after - before, currency)
    difference = "" if after == before else step if step.startswith(MINUS) else f"+{step}"
    shown = "" if currency == NO_CURRENCY else currency
    return Amount(shown, full_money(before, currency), full_money(after, currency), difference)


def erased_words(summary: Summary) -> str:
    """What is said of customers whose personal data was erased and is in the files again; "" where there are none."""
    count = sum(table.get("kept_erased", 0) for table in summary.values())
    if not count:
        return ""
    whose = "1 customer was" if count == 1 else f"{count:,} customers were"
    return (
        f" {whose} erased here: names, contact details and further columns in the files were not taken, and "
        "stay erased."
    )


def _held(rows: int) -> str:
    """What it means that nothing changed."""
    whole = "the one row" if rows == 1 else f"all {rows:,} rows"
    return f"the ledger holds {whole} of these files already, as {'it is' if rows == 1 else 'they are'}"


def _rows(number: int, one: str = "", more: str = "") -> str:
    """`1 row is`, `1,234 rows are`."""
    return f"{number:,} row{'s' * (number != 1)} {one if number == 1 else more}".rstrip()
