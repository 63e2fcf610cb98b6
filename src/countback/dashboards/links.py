"""Where numbers lead: every figure to its page and to its rows, every customer to theirs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import NoReverseMatch, reverse

from countback.dashboards.asked import Asked


@dataclass(frozen=True, slots=True)
class Cell:
    """A number on a page. `exact`: with all its digits, None where there is none; `href`: its rows."""

    words: str
    exact: Decimal | None
    href: str = ""
    reason: str = ""


NOTHING = Cell("", None)
"""An empty place in a table."""


def kpi_page(kpi: str, asked: Asked, **changes: Any) -> str:
    """The page of a figure, asked as here."""
    return reverse("dashboards:kpi", args=[kpi]) + asked.query(**changes)


def rows_page(kpi: str, asked: Asked, within: Mapping[str, Any] | None = None, **changes: Any) -> str:
    """The rows of a figure, asked as here and `within` further filters: dimension or cell -> value or values."""
    inner = asked.within(**within) if within else asked
    return reverse("dashboards:rows", args=[kpi]) + inner.query(**changes)


def customer_page(customer_id: str | None, asked: Asked) -> str:
    """The page of a customer; nothing where there is none, or its number cannot stand in an address."""
    if not customer_id:
        return ""
    try:
        return reverse("dashboards:customer", args=[customer_id]) + asked.query("customer")
    except NoReverseMatch:
        return ""


def place(route: str, query: str) -> str:
    """Another page of ours, where it is."""
    try:
        return reverse(f"dashboards:{route}") + query
    except NoReverseMatch:
        return ""
