"""The places of the menu, as far as the person may go there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from countback.accounts.rules import may


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the menu. `needs`: the action without which it is not shown. `key`: what follows `g` to get there."""

    title: str
    route: str
    needs: str
    address: str = ""
    key: str = ""


MENU: tuple[tuple[str, tuple[Place, ...]], ...] = (
    (
        "",
        (
            Place("Overview", "dashboards:overview", "see_figures", key="o"),
            Place("KPIs", "dashboards:kpis", "see_figures", key="k"),
            Place("Ageing", "dashboards:ageing", "see_figures", key="a"),
            Place("Recovery", "dashboards:recovery", "see_figures"),
            Place("Saved", "dashboards:saved", "see_customers"),
        ),
    ),
    ("Work", (Place("Worklist", "worklists:worklist", "work_customers", key="w"),)),
    (
        "Records",
        (
            Place("Customers", "dashboards:customers", "see_customers", key="c"),
            Place("Imports", "ledger:imports", "import"),
            Place("Sources", "ledger:sources", "import"),
            Place("Reconciliation", "ledger:reconciliations", "see_figures"),
        ),
    ),
    (
        "Set-up",
        (
            Place("Alerts", "alerts:alerts", "see_figures"),
            Place("Reports", "subscriptions:subscriptions", "see_figures"),
            Place("People", "accounts:people", "manage_people"),
            Place("Customer fields", "ledger:custom_fields", "manage_settings"),
            Place("Audit", "audit:lines", "see_audit"),
        ),
    ),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """The menu for templates: sections of places that are there and open to the person."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return {"menu": []}
    sections = [(title, [place for place in map(_there, places) if place and may(person.role, place.needs)])
                for title, places in MENU]  # fmt: skip
    return {"menu": [(title, places) for title, places in sections if places]}


def _there(place: Place) -> Place | None:
    try:
        return replace(place, address=reverse(place.route))
    except NoReverseMatch:
        return None
