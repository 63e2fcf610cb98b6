"""What is asked about saved views and dashboards: always by a person, who finds no other's unless it is shared."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from countback.accounts.models import Person
from countback.accounts.rules import may
from countback.audit import queries as audit
from countback.audit.models import Line
from countback.dashboards.models import Dashboard, View

Saved = View | Dashboard


@dataclass(frozen=True, slots=True)
class Listed:
    """A view or dashboard in a list. `mine`: whether the person may change it."""

    saved: Saved
    mine: bool


def views_of(person: Person) -> list[Listed]:
    """Views that the person may open, their own first."""
    return _listed(person, seen_views(person).select_related("owner"))


def dashboards_of(person: Person) -> list[Listed]:
    """Dashboards that the person may open, their own first."""
    return _listed(person, seen_dashboards(person).select_related("owner"))


def seen_views(person: Person) -> QuerySet[View]:
    """Views that a person may open: the own and shared ones."""
    return View.objects.filter(Q(owner=person) | Q(shared=True))


def seen_dashboards(person: Person) -> QuerySet[Dashboard]:
    """The same of dashboards."""
    return Dashboard.objects.filter(Q(owner=person) | Q(shared=True))


def may_change(person: Person, saved: Saved) -> bool:
    """Whether it is a person's to change: its owner's, and where it is shared an administrator's."""
    return saved.owner_id == person.pk or (saved.shared and may(person.role, "manage_settings"))


def find_view(person: Person, view_id: int) -> View:
    """The view, if the person may open it. Raises View.DoesNotExist."""
    return seen_views(person).select_related("owner").get(pk=view_id)


def find_dashboard(person: Person, dashboard_id: int) -> Dashboard:
    """The dashboard, if the person may open it. Raises Dashboard.DoesNotExist."""
    return seen_dashboards(person).select_related("owner").get(pk=dashboard_id)


def find_own_view(person: Person, view_id: int) -> View:
    """The view, if the person may change it. Raises View.DoesNotExist."""
    found = find_view(person, view_id)
    if not may_change(person, found):
        raise View.DoesNotExist
    return found


def find_own_dashboard(person: Person, dashboard_id: int) -> Dashboard:
    """The dashboard, if the person may change it. Raises Dashboard.DoesNotExist."""
    found = find_dashboard(person, dashboard_id)
    if not may_change(person, found):
        raise Dashboard.DoesNotExist
    return found


def told_of(dashboard: Dashboard) -> list[Line]:
    """What was done to a dashboard."""
    return audit.about("dashboard", dashboard.pk)


def _listed(person: Person, found: QuerySet[View] | QuerySet[Dashboard]) -> list[Listed]:
    ones = [Listed(one, may_change(person, one)) for one in found]
    return sorted(ones, key=lambda one: one.saved.owner_id != person.pk)
