"""Candidates from the figures: as many questions for ten customers as for a hundred thousand.

What is overdue, what became of promises, how a customer pays and what it owes in all are the engine's own figures, held
to what the person may see and converted as the engine converts. One statement over them and the books puts them side by
side, a row a customer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from importlib.resources import files
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from countback.analytics.currency import Rates, UnableToConvert, decide
from countback.analytics.dimensions import Dimensions
from countback.analytics.tables.books import BookTables
from countback.books import sql
from countback.books.loaded import NO_CURRENCY
from countback.core.aging import Buckets
from countback.core.problem import CountbackError, Misuse
from countback.ledger.figures import Figures
from countback.worklists.candidate import Candidate
from countback.worklists.strategy import CONTACT_DAYS

STATEMENT = (files(__package__) / "candidates.sql").read_text(encoding="utf-8")
QUARTERS = 4
"""How far back it is asked how a customer pays: the running quarter up to the day, and those before it."""
SHARE_PLACES = Decimal("0.0001")


class UnableToRank(CountbackError):
    """Customers cannot be put in one order, because what they owe cannot be added up in one currency."""


@dataclass(frozen=True, slots=True)
class Arranged:
    """What the application knows beside the books. `follow_ups`: customer -> when to come back. `holds`: customer ->
    why it is not contacted at all. `planned`: invoices in a payment plan; `held`: invoices that are not collected for
    another reason. Placements with an agency are in the books and need not be named here."""

    follow_ups: Mapping[str, date] = field(default_factory=dict)
    holds: Mapping[str, str] = field(default_factory=dict)
    planned: Collection[str] = ()
    held: Collection[str] = ()


def overdue_customers(
    figures: Figures,
    *,
    as_of: date,
    currency: str | None = None,
    dimensions: Sequence[str] = (),
    arranged: Arranged | None = None,
) -> list[Candidate]:
    """Every customer in scope with something overdue, by number. Amounts are in `currency`; None: in the one currency
    of the books, or the one to which their rates lead. `dimensions`: of customers, that the strategy tells apart.
    Raises UnableToRank where several currencies lead to none, UnableToConvert for a missing rate, and Misuse for what
    is no dimension of customers."""
    reporting = _reporting(figures, currency)
    columns = _columns(figures, dimensions)
    tables = _figures(figures, as_of, reporting) | _arranged(arranged or Arranged())
    named = "".join(f", c.{sql.name(column)}" for column in columns)
    rows = _rows(figures, STATEMENT.replace("/* dimensions */", named), tables, as_of, reporting)
    return [_candidate(row, reporting, dimensions) for row in rows]


def _reporting(figures: Figures, currency: str | None) -> str:
    loaded = figures.books.loaded
    found = decide(loaded, Rates(loaded), currency).currency
    if found is None:
        raise UnableToRank(
            "customers were not ranked",
            f"the books hold {', '.join(loaded.currencies)} and no rates that lead to one of them",
            "add fx_rates, or ask for one currency",
        )
    return found


def _columns(figures: Figures, dimensions: Sequence[str]) -> list[str]:
    """Columns of customers that hold these dimensions."""
    known = Dimensions(BookTables.of(figures.books.loaded))
    found = [known.find(name) for name in dimensions]
    for one in found:
        if one.home not in ("customer", "entity"):
            raise Misuse(
                "customers were not ranked",
                f"{one.name} is no dimension of customers",
                "tell segments apart by one that is, such as segment or region",
            )
    return [one.column for one in found]


def _figures(figures: Figures, as_of: date, reporting: str) -> dict[str, pa.Table]:
    """The engine's figures, as tables for the statement."""
    asked: dict[str, Any] = {"as_of": as_of, "currency": reporting}
    overdue = figures.rows("overdue_receivables", side="numerator", **asked).to_arrow()
    promises = figures.rows("promise_outcomes", side="numerator", **asked).to_arrow()
    owed = figures.kpis("open_receivables", by="customer", **asked).to_arrow()
    days = figures.kpis(
        "days_beyond_terms", by="customer", every="quarter", trend=QUARTERS, **asked
    ).to_arrow()
    return {
        "found_items": overdue.select(
            ["customer_id", "invoice_id", "row_id", "currency", "due_on", "amount"]
        ),
        "found_promises": promises.select(["row_id", "outcome"]),
        "found_owed": _by_customer(owed, "value"),
        "found_days": _by_customer(days, "numerator", "denominator"),
        "found_rates": _rates(figures, reporting, as_of),
    }


def _by_customer(table: pa.Table, *columns: str) -> pa.Table:
    """The sums by customer; a table without rows has no columns."""
    if "by_customer" not in table.column_names:
        empty = {"by_customer": pa.string()} | dict.fromkeys(columns, pa.decimal128(38, 14))
        return pa.schema(list(empty.items())).empty_table()
    kept = table.select(["by_customer", *columns])
    return kept.filter(pc.is_valid(kept["by_customer"]))


def _rates(figures: Figures, reporting: str, as_of: date) -> pa.Table:
    """Rates of the day, as far as there are any. Of what is overdue none is missing: the engine has refused it."""
    rates, found = Rates(figures.books.loaded), {}
    for currency in {*figures.books.currencies, reporting} - {NO_CURRENCY}:
        try:
            found[currency] = rates.rate(currency, reporting, as_of)
        except UnableToConvert:
            continue
    found[reporting] = Decimal(1)
    kinds = {"currency": pa.string(), "rate": pa.decimal128(20, 10)}
    return pa.table({"currency": list(found), "rate": list(found.values())}, schema=pa.schema(kinds.items()))


def _arranged(arranged: Arranged) -> dict[str, pa.Table]:
    follow_ups, holds = arranged.follow_ups, arranged.holds
    text, day = pa.string(), pa.date32()
    return {
        "found_follow_ups": pa.table(
            {"customer_id": pa.array(follow_ups, text), "follow_up_on": pa.array(follow_ups.values(), day)}
        ),
        "found_holds": pa.table(
            {"customer_id": pa.array(holds, text), "hold": pa.array(holds.values(), text)}
        ),
        "found_planned": pa.table({"invoice_id": pa.array(set(arranged.planned), text)}),
        "found_held": pa.table({"invoice_id": pa.array(set(arranged.held), text)}),
    }


def _rows(
    figures: Figures, statement: str, tables: Mapping[str, pa.Table], as_of: date, reporting: str
) -> Iterator[tuple[Any, ...]]:
    """The statement's rows. On a cursor of its own, which alone sees the tables."""
    low, middle, high = Buckets().bounds
    only = reporting if set(figures.books.currencies) <= {reporting} else None
    values = {"as_of": as_of, "days": CONTACT_DAYS, "low": low, "middle": middle, "high": high, "only": only}
    with figures.books.loaded.connection.cursor() as cursor:
        for name, table in tables.items():
            cursor.register(name, table)
        yield from cursor.execute(statement, values).fetchall()


FIXED = 28
"""Columns of the statement before those of the dimensions."""


def _candidate(row: tuple[Any, ...], currency: str, dimensions: Sequence[str]) -> Candidate:
    limit, owed, paid_days, paid = row[17:21]
    return Candidate(
        customer_id=row[0],
        name=row[1] or row[0],
        currency=currency,
        collector=row[2] or None,
        overdue_by_bucket=row[3:7],
        free_by_bucket=row[7:11],
        oldest_due_on=row[11],
        disputed=row[12],
        promised=row[13],
        planned=row[14],
        held=row[15] + row[16],
        promises=row[21],
        broken_promises=row[22],
        promise_due_on=row[23],
        days_beyond_terms=(paid_days / paid).quantize(SHARE_PLACES) if paid else None,
        limit_used=(owed / limit).quantize(SHARE_PLACES) if limit else None,
        last_contact_on=row[24],
        contacted_on=tuple(row[25] or ()),
        follow_up_on=row[26],
        hold=row[27] or "",
        dimensions={name: value for name, value in zip(dimensions, row[FIXED:], strict=True) if value},
    )
