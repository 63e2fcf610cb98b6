"""The ledger's side of a reconciliation: the figures that every page shows, in the scope of who asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from countback.books.loaded import SCHEMA
from countback.ledger.figures import Figures, held
from countback.ledger.mirror.customers import ScopedCustomers
from countback.ledger.reconciling.rules import HeldByCustomer, Key, What

_DAY = {"invoices": "issued_on", "payments": "received_on"}
"""The day by which a document belongs to a month."""


def open_totals(figures: Figures, as_of: date) -> dict[Key, Decimal]:
    """What is open as of a date, by entity and currency."""
    found = figures.kpis("open_receivables", as_of=as_of, by=["entity", "currency"])
    return {_key(row["by"]): row["value"] for row in found.to_dicts() if row["value"]}


def open_by_customer(figures: Figures, as_of: date, keys: Iterable[Key]) -> HeldByCustomer:
    """The same by customer, of the asked entities and currencies."""
    wanted = {key for key in keys if key.what is What.OPEN}
    result: dict[Key, dict[str, Decimal]] = {key: {} for key in wanted}
    if not wanted:
        return result
    found = figures.kpis("open_receivables", as_of=as_of, by=["entity", "currency", "customer"])
    for row in found.to_dicts():
        key = _key(row["by"])
        if key in wanted and row["value"]:
            result[key][row["by"]["customer"]] = row["value"]
    return result


def documents(figures: Figures, as_of: date, what: What) -> dict[Key, Decimal]:
    """Number and amount of the invoices issued, or the payments received, in each month up to a date; a payment counts
    that was reversed later, too."""
    limits = held(None, figures.scope)
    entities, collectors = limits.get("entity"), limits.get("collector")
    customers = ScopedCustomers(figures.books, entities, collectors)
    condition, values = customers.condition("customer_id")
    own = " AND list_contains($own, entity_id)" if entities is not None else ""
    values |= {"own": list(entities)} if entities is not None else {}
    day = _DAY[what.value]
    month = f"CAST(date_trunc('month', {day}) AS DATE)"
    query = f"""SELECT coalesce(entity_id, ''), currency, {month}, count(*), sum(amount)
        FROM {SCHEMA}.{what.value} WHERE {day} <= $as_of AND {condition}{own} GROUP BY ALL"""
    totals: dict[Key, Decimal] = {}
    for entity, currency, first, rows, amount in customers.ask(query, values | {"as_of": as_of}):
        totals[Key(what, entity, currency, first)] = amount
        totals[Key(what, entity, currency, first, rows=True)] = Decimal(rows)
    return totals


def _key(by: dict[str, Any]) -> Key:
    return Key(What.OPEN, by["entity"] or "", by["currency"])
