"""Dimensions: what figures are grouped and filtered by, and where its value stands."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from countback.analytics.tables.books import BookTables
from countback.core.problem import Misuse
from countback.kpis.facts import Table

_ROW = {"currency": "currency", "customer": "customer_id"}
_CUSTOMER = ("segment", "region", "country", "language", "timezone", "terms", "type", "collector")
_INVOICE = ("salesperson", "kind", "po_number")
_CUSTOMER_RENAMED = {"parent": "root_id"}

BUCKET = "bucket"


@dataclass(frozen=True, slots=True)
class Dimension:
    """A dimension by name. `home`: where its value stands; `column`: under which name there."""

    name: str
    home: Literal["row", "entity", "customer", "invoice", "bucket"]
    column: str

    @property
    def label(self) -> str:
        """The column that carries it through a query."""
        return f"dim_{self.name}"


class Dimensions:
    """The dimensions that these books have."""

    def __init__(self, books: BookTables) -> None:
        self._books = books
        every = [Dimension(name, "row", column) for name, column in _ROW.items()]
        every += [Dimension("entity", "entity", "entity_id"), Dimension(BUCKET, "bucket", "due_on")]
        every += [Dimension(name, "customer", column) for name, column in _CUSTOMER_RENAMED.items()]
        every += [
            Dimension(name, "customer", name) for name in (*_CUSTOMER, *books.extra.get("customers", ()))
        ]
        every += [Dimension(name, "invoice", name) for name in (*_INVOICE, *books.extra.get("invoices", ()))]
        self._by_name: dict[str, Dimension] = {}
        for dimension in every:
            self._by_name.setdefault(dimension.name, dimension)

    @property
    def names(self) -> tuple[str, ...]:
        """All names, sorted."""
        return tuple(sorted(self._by_name))

    def find(self, name: str) -> Dimension:
        """The dimension of that name. Raises Misuse with the known names."""
        if name in self._by_name:
            return self._by_name[name]
        near = difflib.get_close_matches(name, self.names, 1)
        remedy = f"did you mean {near[0]}" if near else f"use one of {', '.join(self.names)}"
        raise Misuse("the figures were not computed", f"the books have no dimension {name!r}", remedy)

    def attach(self, table: Table, names: tuple[str, ...], *, own: Mapping[str, str]) -> Table:
        """`table` with a column `dim_<name>` for each name but bucket. `own`: dimensions that a column of
        the table itself
        decides, where filled."""
        found = [self.find(name) for name in names if name != BUCKET]
        table = self._join(
            table, [d for d in found if self._needs_customer(d, table)], "customers", "customer_id"
        )
        table = self._join(table, [d for d in found if d.home == "invoice"], "invoices", "invoice_id")
        values = {d.label: self._value(d, table, own) for d in found}
        return table.mutate(**values) if values else table

    def _needs_customer(self, dimension: Dimension, table: Table) -> bool:
        return dimension.home == "customer" or (
            dimension.home == "entity" and "entity_id" not in table.columns
        )

    def _join(self, table: Table, found: list[Dimension], home: str, key: str) -> Table:
        if not found:
            return table
        columns = {f"got_{d.column}": d.column for d in found}
        source = self._books[home].select(**{f"key_{home}": key}, **columns)
        return table.left_join(source, table[key] == source[f"key_{home}"]).drop(f"key_{home}")

    def _value(self, dimension: Dimension, table: Table, own: Mapping[str, str]) -> Any:
        if dimension.home == "row" or (dimension.home == "entity" and "entity_id" in table.columns):
            return table[dimension.column]
        value = table[f"got_{dimension.column}"]
        if dimension.name in own:
            return table[own[dimension.name]].fill_null(value)
        return value
