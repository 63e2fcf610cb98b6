"""Answers: figures as a table, ready for Arrow, Polars, pandas, dicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from countback.core.money import plain

NUMBER = pa.decimal128(38, 14)
"""Every number of an answer: 24 digits before the point, 14 after."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A table of results. Its own form is Arrow; nothing is copied on the way out but what the target needs."""

    table: pa.Table

    def to_arrow(self) -> pa.Table:
        """The table as pyarrow.Table."""
        return self.table

    def to_polars(self) -> Any:
        """The table as polars.DataFrame; needs polars."""
        import polars

        return polars.from_arrow(self.table)

    def to_pandas(self) -> Any:
        """The table as pandas.DataFrame, numbers as decimal.Decimal; needs pandas."""
        return self.table.to_pandas()

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dict a row; dates as date, numbers as Decimal."""
        rows: list[dict[str, Any]] = self.table.to_pylist()
        return rows

    def to_json_ready(self) -> list[dict[str, Any]]:
        """One dict a row as the command line prints it: dates as text, numbers as decimal strings."""
        return [{name: _text(value) for name, value in row.items()} for row in self.to_dicts()]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.to_dicts())

    def __len__(self) -> int:
        return int(self.table.num_rows)


def _text(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _text(inner) for name, inner in value.items()}
    return value
