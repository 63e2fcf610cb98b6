"""What of the books a subscription can be narrowed to, as far as the person who makes it may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from countback.accounts.models import Person
from countback.core.problem import CountbackError
from countback.subscriptions.models import Subscription
from countback.subscriptions.packs import figures_for
from countback.subscriptions.reports import BOARD_PACK, name_of, reports

DIMENSIONS = ("entity", "segment", "region", "country", "type", "collector")
MOST_VALUES = 200
"""Values of a dimension that a list still serves for."""


@dataclass(frozen=True, slots=True)
class Offered:
    """Dimension -> values, and currencies; `reports`: key and name of each that can be sent."""

    filters: Mapping[str, Sequence[str]]
    currencies: Sequence[str]
    reports: Sequence[tuple[str, str]]


def offered_to(person: Person, subscription: Subscription | None) -> Offered:
    """What the person may choose, and what is chosen already; no more than that where there are no books yet."""
    chosen: Mapping[str, Sequence[str]] = subscription.where if subscription else {}
    currency = [subscription.currency] if subscription and subscription.currency else []
    found, currencies = _seen(person)
    names = dict.fromkeys((*found, *chosen))
    filters = {name: sorted({*found.get(name, ()), *chosen.get(name, ())}) for name in names}
    return Offered(filters, sorted({*currencies, *currency}), _reports(person, subscription))


def _reports(person: Person, subscription: Subscription | None) -> list[tuple[str, str]]:
    """The board pack, what the person may open, and what is chosen already."""
    found = [(BOARD_PACK, "Board pack"), *reports().offered(person)]
    if subscription and subscription.report not in dict(found):
        found.append((subscription.report, name_of(subscription.report, subscription.owner)))
    return found


def _seen(person: Person) -> tuple[dict[str, list[str]], Sequence[str]]:
    try:
        figures = figures_for(person)
    except CountbackError:
        return {}, ()
    found = {name: figures.values(name) for name in DIMENSIONS if name in figures.dimensions}
    return {
        name: values for name, values in found.items() if 2 <= len(values) <= MOST_VALUES
    }, figures.currencies
