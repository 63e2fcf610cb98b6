"""Asking books in tests: one figure, figures by group, rows, and whether a figure closes to its rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from countback import Books

Value = Decimal | None


def figures(books: Books, kpi: str, as_of: str, **asked: Any) -> list[dict[str, Any]]:
    """The figures of one KPI as dicts. `asked`: as `Books.kpis` takes it; `params` by the parameter's own name."""
    params = {f"{kpi}.{name}": value for name, value in asked.pop("params", {}).items()}
    return books.kpis([kpi], as_of=date.fromisoformat(as_of), params=params, **asked).to_dicts()


def figure(books: Books, kpi: str, as_of: str, **asked: Any) -> dict[str, Any]:
    """The one figure that is asked."""
    (only,) = figures(books, kpi, as_of, **asked)
    return only


def value(books: Books, kpi: str, as_of: str, places: int = 2, **asked: Any) -> Value:
    """The value of the one figure, rounded for comparing; None where undefined."""
    return rounded(figure(books, kpi, as_of, **asked)["value"], places)


def values(
    books: Books, kpi: str, as_of: str, by: str, places: int = 2, **asked: Any
) -> dict[str | None, Value]:
    """Value by the asked dimension or cell; `by` names one."""
    cells = {} if by in _cells(books, kpi, as_of, asked) else {"by": by}
    found = figures(books, kpi, as_of, **cells, **asked)
    return {row["by"][by]: rounded(row["value"], places) for row in found}


def _cells(books: Books, kpi: str, as_of: str, asked: dict[str, Any]) -> set[str]:
    from countback.kpis.catalogue import find

    return set(find(kpi).cells)


def rounded(number: Value, places: int = 2) -> Value:
    """The number to so many decimals; None stays."""
    return None if number is None else round(number, places)


def rows(books: Books, kpi: str, as_of: str, side: str | None = None, **asked: Any) -> list[dict[str, Any]]:
    """The rows behind a figure as dicts."""
    params = {f"{kpi}.{name}": value for name, value in asked.pop("params", {}).items()}
    return books.rows(kpi, as_of=date.fromisoformat(as_of), side=side, params=params, **asked).to_dicts()


def amounts(books: Books, kpi: str, as_of: str, side: str = "numerator", **asked: Any) -> dict[str, Decimal]:
    """Contribution by `row_id`, added up where a row comes several times."""
    found: dict[str, Decimal] = {}
    for row in rows(books, kpi, as_of, side, **asked):
        found[row["row_id"]] = found.get(row["row_id"], Decimal(0)) + row["amount"]
    return {name: rounded(amount, 4) or Decimal(0) for name, amount in found.items()}


def left_out(books: Books, kpi: str, as_of: str, **asked: Any) -> dict[str, str]:
    """Reason by `row_id` of what was considered and not counted."""
    return {row["row_id"]: row["reason"] for row in rows(books, kpi, as_of, "left_out", **asked)}


def assert_closes(books: Books, kpi: str, as_of: str, **asked: Any) -> None:
    """The rows of each side sum to the side of the figure, to the last digit."""
    found = figures(books, kpi, as_of, **asked)
    listed = rows(books, kpi, as_of, **asked)
    for side in ("numerator", "denominator"):
        whole = sum((row[side] or Decimal(0) for row in found), Decimal(0))
        parts = sum((row["amount"] for row in listed if row["side"] == side), Decimal(0))
        assert parts == whole, f"{side} of {kpi} as of {as_of}: rows sum to {parts}, the figure says {whole}"
