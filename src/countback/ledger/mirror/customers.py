"""Customers in a scope, and what their records and documents hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from countback.analytics.dimensions import BUCKET, Dimension, Dimensions
from countback.analytics.opened import Books
from countback.analytics.tables.books import BookTables
from countback.books import sql
from countback.books.loaded import SCHEMA
from countback.core.aging import Buckets

DOCUMENTS = ("invoices", "credit_notes", "payments")


@dataclass(frozen=True, slots=True)
class ScopedCustomers:
    """The customers of these collectors that belong to these entities or have an invoice of one; None: all."""

    books: Books
    entities: Sequence[str] | None
    collectors: Sequence[str] | None

    def one(self, customer_id: str) -> dict[str, Any] | None:
        """The customer's row; None where it is not among these."""
        found = self._rows("row.customer_id = $id", "", {"id": customer_id})
        return found[0] if found else None

    def found(self, search: str, limit: int, offset: int) -> list[dict[str, Any]]:
        """Rows of those whose name or number has the text in it, by name."""
        condition = (
            "contains(lower(row.name), lower($search)) OR contains(lower(row.customer_id), lower($search))"
        )
        order = "ORDER BY row.name, row.customer_id LIMIT $limit OFFSET $offset"
        return self._rows(f"({condition})", order, {"search": search, "limit": limit, "offset": offset})

    def names(self, customer_ids: Sequence[str]) -> dict[str, str]:
        """Names by id of those of the customers that are among these."""
        query = (
            f"SELECT customer_id, name FROM {SCHEMA}.customers AS row WHERE list_contains($ids, customer_id)"
        )
        condition, values = self.condition("row.customer_id")
        found = self.ask(f"{query} AND {condition}", values | {"ids": list(customer_ids)})
        return dict(found)

    def condition(self, customer_id: str) -> tuple[str, dict[str, Any]]:
        """SQL that is true where a column names one of these customers, and its values."""
        conditions, values = ["true"], {}
        if self.collectors is not None:
            conditions.append("list_contains($collectors, own.collector)")
            values["collectors"] = list(self.collectors)
        if self.entities is not None:
            invoiced = f"SELECT customer_id FROM {SCHEMA}.invoices WHERE list_contains($entities, entity_id)"
            conditions.append(f"(list_contains($entities, own.entity_id) OR own.customer_id IN ({invoiced}))")
            values["entities"] = list(self.entities)
        if len(conditions) == 1:
            return "true", {}
        these = f"SELECT customer_id FROM {SCHEMA}.customers AS own WHERE {' AND '.join(conditions)}"
        return f"{customer_id} IN ({these})", values

    def ask(self, query: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a query, on a cursor of its own: it need not wait for the engine's questions."""
        with self.books.loaded.connection.cursor() as cursor:
            found: list[tuple[Any, ...]] = cursor.execute(query, values).fetchall()
            return found

    def _rows(self, which: str, order: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        condition, further = self.condition("row.customer_id")
        query = f"SELECT row.* FROM {SCHEMA}.customers AS row WHERE {which} AND {condition} {order}"
        with self.books.loaded.connection.cursor() as cursor:
            result = cursor.execute(query, values | further)
            names = [column[0] for column in result.description]
            return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def values_of(books: Books, customers: ScopedCustomers, dimension: str) -> list[str]:
    """What a dimension holds among these customers and their documents, sorted, "" for blank last."""
    found = Dimensions(BookTables.of(books.loaded)).find(dimension)
    if found.name == BUCKET:
        return list(Buckets().names)
    tables = _homes(found)
    condition, values = customers.condition("customer_id")
    parts = [_part(customers, table, found.column, condition) for table in tables]
    every = " UNION ".join(parts)
    rows = customers.ask(every, values)
    texts = sorted(str(value) for (value,) in rows if value not in (None, ""))
    return texts + [""] * any(value in (None, "") for (value,) in rows)


def _homes(dimension: Dimension) -> tuple[str, ...]:
    """Tables that hold the dimension's values."""
    if dimension.name == "currency":
        return DOCUMENTS
    return {"customer": ("customers",), "invoice": ("invoices",)}.get(
        dimension.home, ("customers", *DOCUMENTS)
    )


def _part(customers: ScopedCustomers, table: str, column: str, condition: str) -> str:
    """SQL of one table's values; documents are in scope by their own entity, too."""
    own = " AND list_contains($entities, entity_id)" if customers.entities is not None else ""
    own = own if table in DOCUMENTS or column == "entity_id" else ""
    return f"SELECT DISTINCT {sql.name(column)} FROM {SCHEMA}.{table} WHERE {condition}{own}"
