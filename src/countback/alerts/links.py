"""Where an alert leads: to the rows of its figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from countback.alerts.rules import OF_FIGURES, Evaluation, Rule

DIMENSION = "where."
"""Before a dimension in the address of rows, so that none is mistaken for a key of the page."""

MOST_CUSTOMERS = 50
"""Customers that are named in an address; where it is about more, it leads to the rows of all."""


def rows_of(rule: Rule, found: Evaluation, known_through: datetime) -> str:
    """The address of the rows behind a figure, as the books were known when it was looked at; without the site, and
    blank where there is no such page."""
    within: dict[str, Sequence[str | None]] = dict(rule.within)
    if rule.kind not in OF_FIGURES and 0 < len(found.customers) <= MOST_CUSTOMERS:
        within["customer"] = found.customers
    try:
        page = reverse("dashboards:rows", args=[rule.kpi])
    except NoReverseMatch:
        return ""
    every = rule.every if rule.kind in OF_FIGURES else "month"
    return f"{page}?{urlencode(_pairs(within, found.as_of, known_through, every))}"


def _pairs(
    within: Mapping[str, Sequence[str | None]], as_of: date, known_through: datetime, every: str
) -> list[tuple[str, str]]:
    known_at = known_through.astimezone(UTC).replace(tzinfo=None).isoformat()
    pairs = [("as_of", as_of.isoformat()), ("known_at", f"{known_at}Z")]
    pairs += [("every", every)] if every != "month" else []
    for name, values in within.items():
        pairs += [(f"{DIMENSION}{name}", value) for value in values if value is not None]
        pairs += [("blank", name)] if None in values else []
    return pairs
