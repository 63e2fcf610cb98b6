"""Reads one customer: facts from the books, every figure from the engine, all of it in the scope of who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from countback.core.aging import UNAPPLIED, Buckets
from countback.dashboards.asked import Asked
from countback.dashboards.customer import (
    MEASURED,
    MONTHS,
    STANDING,
    Compared,
    Item,
    Month,
    compared,
    in_order,
    months,
)
from countback.dashboards.customer_reading import Row, entities_asked, known, known_value, read_books
from countback.dashboards.remembered import remembered
from countback.kpis.catalogue import find
from countback.ledger.figures import Figures

APPLIES = ("entity", "currency")
"""Filters that apply to one customer: which of its documents are shown."""

ALL_PROMISES = 36_500
"""Days back over which promises are judged: all of them."""

_INVOICES = f"""SELECT i.invoice_id, n.number, coalesce(n.amount, i.amount) AS whole, d.disputed
FROM books.invoices i
LEFT JOIN books.instalments n ON n.invoice_id = i.invoice_id AND {known("n")}
LEFT JOIN (SELECT invoice_id, sum(amount) AS disputed FROM books.disputes x WHERE x.customer_id = $customer
  AND opened_on <= $as_of AND (resolved_on IS NULL OR resolved_on > $as_of) AND {known("x")} GROUP BY invoice_id) d
  ON d.invoice_id = i.invoice_id
WHERE i.customer_id = $customer AND list_contains($invoices::VARCHAR[], i.invoice_id)"""

_CREDIT = """SELECT payment_id AS id, amount FROM books.payments WHERE customer_id = $customer
UNION ALL SELECT credit_note_id, amount FROM books.credit_notes WHERE customer_id = $customer"""

_LAST_PAID = f"""SELECT payment_id, received_on, amount, currency, method FROM books.payments x
WHERE x.customer_id = $customer AND received_on <= $as_of AND (reversed_on IS NULL OR reversed_on > $as_of)
  AND {known("x")} AND ($entities::VARCHAR[] IS NULL OR list_contains($entities::VARCHAR[], coalesce(x.entity_id, '')))
  AND ($currencies::VARCHAR[] IS NULL OR list_contains($currencies::VARCHAR[], x.currency))
ORDER BY received_on DESC, payment_id DESC LIMIT 1"""

_FAMILY = """SELECT customer_id, name, parent_id, root_id FROM books.customers
WHERE root_id = $root AND customer_id <> $customer ORDER BY name, customer_id"""


@dataclass(frozen=True, slots=True)
class Relative:
    """A customer of the same group. `amounts`: what it owes, by currency."""

    customer_id: str
    name: str
    role: str
    amounts: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise's outcome as of the date, and its invoice."""

    promise_id: str
    invoice_id: str | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the customer pays: KPIs against all, the trend of its days to pay, its last payment."""

    kpis: tuple[Compared, ...]
    trend: tuple[Month, ...]
    last_paid: Row | None


@dataclass(frozen=True, slots=True)
class CustomerFigures:
    """All figures of one customer: outcomes of its promises by their number, those that wait for their day, open items,
    how it pays, its group."""

    promises: Mapping[str, Promise]
    promised: tuple[Row, ...]
    items: tuple[Item, ...]
    behaviour: Behaviour
    family: tuple[Relative, ...]


def customer_figures(figures: Figures, asked: Asked, record: Row, *, against_all: bool) -> CustomerFigures:
    """The figures of the one customer asked, remembered until the books move. `against_all`: how it pays stands beside
    all customers that the person may see."""

    def ask() -> CustomerFigures:
        promises = promise_outcomes(figures, asked) if _promised_ever(figures, asked) else {}
        promised = open_promises(figures, asked, promises)
        return CustomerFigures(
            promises=promises,
            promised=promised,
            items=open_items(figures, asked, promised),
            behaviour=behaviour(figures, asked, against_all=against_all),
            family=family(figures, asked, record),
        )

    return remembered(figures, ("customer", asked, against_all), ask)


def _promised_ever(figures: Figures, asked: Asked) -> bool:
    sql = "SELECT 1 FROM books.promises WHERE customer_id = $customer LIMIT 1"
    return bool(read_books(figures, sql, {"customer": _values(asked)["customer"]}))


def about_one(asked: Asked, customer_id: str) -> Asked:
    """What is asked, of that customer alone: filters on entity and currency cut its documents; others do not apply."""
    kept = [name for name, _ in asked.where if name not in APPLIES]
    return replace(asked.without(*kept), own=(), pick="", params=(), every="month").within(
        customer=customer_id
    )


def open_items(figures: Figures, asked: Asked, promised: Sequence[Row]) -> tuple[Item, ...]:
    """The open items and unapplied credit of the one customer asked, each in its own currency."""
    rows = figures.rows(
        "aging", **asked.arguments(by=["currency"], currency=None, side="numerator")
    ).to_dicts()
    documents = _documents(figures, asked, rows)
    days = {row["invoice_id"]: row["due_on"] for row in promised if row["invoice_id"]}
    items = []
    for row in rows:
        credit = row["bucket"] == UNAPPLIED
        whole = documents.get(row["row_id"], {})
        due_on = None if credit else row["due_on"]
        items.append(
            Item(
                kind=row["row"],
                id=row["row_id"],
                invoice_id=row["invoice_id"],
                issued_on=row["issued_on"],
                due_on=due_on,
                overdue_days=None if due_on is None else (asked.as_of - due_on).days,
                bucket=row["bucket"],
                whole=whole.get("whole"),
                amount=row["amount"],
                currency=row["currency"],
                disputed=whole.get("disputed"),
                promised_on=None if credit else days.get(row["invoice_id"]),
            )
        )
    return in_order(items)


def _documents(figures: Figures, asked: Asked, rows: Sequence[Row]) -> dict[str, Row]:
    """Amounts of the documents behind the items, and what of them is disputed, by the item's number."""
    values = _values(asked)
    invoices = sorted({row["invoice_id"] for row in rows if row["invoice_id"]})
    found = {}
    for row in read_books(figures, _INVOICES, values | {"as_of": asked.as_of, "invoices": invoices}):
        item = row["invoice_id"] if row["number"] is None else f"{row['invoice_id']}#{row['number']}"
        found[item] = row
    if any(row["bucket"] == UNAPPLIED for row in rows):
        credit = read_books(figures, _CREDIT, {"customer": values["customer"]})
        found |= {row["id"]: {"whole": -row["amount"], "disputed": None} for row in credit}
    return found


def open_promises(figures: Figures, asked: Asked, promises: Mapping[str, Promise]) -> tuple[Row, ...]:
    """Promises that wait for their day, the next one first."""
    waiting = [promise.promise_id for promise in promises.values() if promise.outcome == "open"]
    if not waiting:
        return ()
    sql = (
        "SELECT promise_id, invoice_id, due_on, amount, currency FROM books.promises WHERE customer_id = $customer "
        "AND list_contains($these::VARCHAR[], promise_id) ORDER BY due_on, promise_id"
    )
    values = {"customer": _values(asked)["customer"], "these": waiting}
    return tuple(read_books(figures, sql, values))


def promise_outcomes(figures: Figures, asked: Asked) -> dict[str, Promise]:
    """What became of every promise of the one customer asked, by its number: as the KPIs judge it."""
    asks = asked.arguments(side="numerator", params={"promise_outcomes.window": ALL_PROMISES})
    rows = figures.rows("promise_outcomes", **asks).to_dicts()
    return {row["row_id"]: Promise(row["row_id"], row["invoice_id"], row["outcome"]) for row in rows}


def behaviour(figures: Figures, asked: Asked, *, against_all: bool) -> Behaviour:
    """How the one customer asked pays. `against_all`: beside it stand all customers that the person may see."""
    wanted = [*MEASURED, *STANDING]
    own = _by_kpi(figures.kpis(wanted, **asked.arguments(trend=MONTHS)).to_dicts())
    everyone = asked.without("customer")

    def ask_all() -> dict[str, list[Row]]:
        return _by_kpi(figures.kpis(wanted, **everyone.arguments(trend=MONTHS)).to_dicts())

    every = remembered(figures, ("pays", everyone), ask_all) if against_all else {}
    return Behaviour(
        kpis=tuple(compared(find(kpi), own.get(kpi, []), every.get(kpi, [])) for kpi in wanted),
        trend=months(own.get(MEASURED[0], [])),
        last_paid=_last_paid(figures, asked),
    )


def _by_kpi(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Figures by KPI. Where amounts stay in their currencies a KPI has as many series, and none is its figure."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["kpi"], []).append(row)
    return {kpi: series for kpi, series in found.items() if len(series) == MONTHS}


def _last_paid(figures: Figures, asked: Asked) -> Row | None:
    currencies = [code for code in asked.chosen("currency") if code] or None
    values = _values(asked) | {"as_of": asked.as_of, "currencies": currencies}
    found = read_books(figures, _LAST_PAID, values | {"entities": entities_asked(figures, asked)})
    return found[0] if found else None


def family(figures: Figures, asked: Asked, record: Row) -> tuple[Relative, ...]:
    """The other customers of the group that the person may see, with what each owes; one question for all of them."""
    rows = read_books(figures, _FAMILY, {"root": record["root_id"], "customer": record["customer_id"]})
    seen = figures.customer_names([row["customer_id"] for row in rows]) if rows else {}
    if not seen:
        return ()
    group = asked.without("customer").within(parent=record["root_id"])
    owed: dict[str, list[tuple[str, Decimal]]] = {}
    for row in figures.kpis(
        "open_receivables", **group.arguments(by=["customer", "currency"], currency=None)
    ):
        owed.setdefault(row["by"]["customer"], []).append((row["unit"], row["value"]))
    return tuple(
        Relative(row["customer_id"], row["name"], _role(row, record), tuple(owed.get(row["customer_id"], ())))
        for row in rows
        if row["customer_id"] in seen
    )


def _role(row: Row, record: Row) -> str:
    if row["customer_id"] == record["parent_id"]:
        return "parent"
    if row["parent_id"] == record["customer_id"]:
        return "child"
    return "same group"


def _values(asked: Asked) -> dict[str, Any]:
    return {"customer": asked.chosen("customer")[0]} | known_value(asked)


BUCKETS = Buckets().names
"""Columns of a customer's ageing."""
