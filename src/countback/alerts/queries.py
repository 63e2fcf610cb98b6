"""What is read about alerts and targets."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q

from countback.accounts.models import Person
from countback.accounts.queries import scope_of
from countback.accounts.rules import Scope, may
from countback.alerts.models import Alert, Delivery, Look, State, Target
from countback.alerts.rules import filters
from countback.alerts.rules_figures import Target as TargetOn
from countback.audit import queries as audit
from countback.audit.models import Line
from countback.ledger.figures import held

UNSETTLED = (State.FAILED, State.UNCERTAIN)
A_PAGE = 50
"""Looks that the page of an alert shows."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An alert in the list. `said`: what it said, where it is raised. `unsettled`: messages of what it last said that
    did not arrive or may not have, for those who may change it (`mine`)."""

    alert: Alert
    said: Look | None
    unsettled: list[Delivery]
    mine: bool


@dataclass(frozen=True, slots=True)
class Page:
    """An alert with what it said, and what was done to it (for those who may change it)."""

    alert: Alert
    looks: list[Look]
    lines: list[Line]
    may_change: bool


def may_change(person: Person, alert: Alert) -> bool:
    """Whether somebody may change an alert: its owner, and administrators."""
    return alert.owner_id == person.pk or may(person.role, "manage_settings")


def why_not_told(owner: Person, where: Mapping[str, Any], person: Person) -> str:
    """Why a message may not go to somebody: they left, see no figures, or would see another figure than its owner does,
    by whose rights it is computed. Blank where it may."""
    if not person.is_active:
        return f"{person} was deactivated"
    if not may(person.role, "see_figures"):
        return f"{person} may not see figures"
    if not same_view(where, scope_of(owner), scope_of(person)):
        return f"{person} sees another part of the books, in which the figure is another"
    return ""


def same_view(where: Mapping[str, Any], first: Scope, second: Scope) -> bool:
    """Whether two scopes leave the same of what is asked."""

    def left(scope: Scope) -> dict[str, frozenset[str | None]]:
        asked = {
            name: (values,) if isinstance(values, str | None) else values for name, values in where.items()
        }
        return {name: frozenset(values) for name, values in held(asked, scope).items()}

    return left(first) == left(second)


def alerts_of(person: Person) -> list[Listed]:
    """The alerts that a person may see, raised ones first: the own, those that tell them; administrators all."""
    listed = [_listed(alert, person) for alert in _visible(person)]
    return sorted(listed, key=lambda one: one.said is None)


def page_of(person: Person, alert_id: int) -> Page | None:
    """One alert for its page; None where there is none that the person may see."""
    found = _visible(person, pk=alert_id)
    if not found:
        return None
    alert = found[0]
    changes = may_change(person, alert)
    looks = Look.objects.filter(alert=alert).prefetch_related("deliveries__person")[:A_PAGE]
    return Page(alert, list(looks), audit.about("alert", alert.pk) if changes else [], changes)


def recipients_for(owner: Person) -> list[Person]:
    """People whom somebody's alerts may tell: those who see figures and something of what the owner sees."""
    scope = scope_of(owner)
    people = Person.objects.filter(is_active=True).order_by("name", "email")
    return [
        person
        for person in people
        if person.pk == owner.pk or (may(person.role, "see_figures") and _meet(scope, scope_of(person)))
    ]


def target_on(kpi: str, where: Mapping[str, Any]) -> TargetOn:
    """The target of a KPI within filters, by date."""
    wanted = filters(where)
    rows = [target for target in Target.objects.filter(kpi=kpi) if filters(target.where) == wanted]

    def on(day: date) -> Decimal | None:
        standing = [target for target in rows if target.from_on <= day]
        return standing[-1].value if standing else None

    return on


def targets(as_of: date, where: Mapping[str, Any] | None = None) -> dict[str, Decimal]:
    """The targets that stand on a date for exactly these filters, by KPI."""
    wanted = filters({name: _values(values) for name, values in (where or {}).items()})
    found: dict[str, Decimal | None] = {}
    for target in Target.objects.filter(from_on__lte=as_of):
        if filters(target.where) == wanted:
            found[target.kpi] = target.value
    return {kpi: value for kpi, value in found.items() if value is not None}


def targets_seen_by(person: Person) -> list[Target]:
    """Every target, for parts of the books that the person may see; of a KPI the newest first."""
    limits = {"entity": scope_of(person).entities, "collector": scope_of(person).collectors}

    def seen(target: Target) -> bool:
        return all(
            allowed is None or set(target.where.get(name, ())) <= set(allowed)
            for name, allowed in limits.items()
        )

    return [target for target in Target.objects.order_by("kpi", "-from_on", "-id") if seen(target)]


def _values(values: str | Sequence[str | None] | None) -> Sequence[str | None]:
    return [values] if values is None or isinstance(values, str) else values


def _visible(person: Person, **which: Any) -> list[Alert]:
    found = Alert.objects.filter(removed_at=None, **which).select_related("owner", "standing__said")
    found = found.prefetch_related("recipients", "standing__said__deliveries__person")
    if not may(person.role, "manage_settings"):
        found = found.filter(Q(owner=person) | Q(recipients=person)).distinct()
    return [
        alert
        for alert in found
        if may_change(person, alert) or not why_not_told(alert.owner, alert.where, person)
    ]


def _listed(alert: Alert, person: Person) -> Listed:
    mine, said = may_change(person, alert), alert.standing.said
    unsettled = [each for each in said.deliveries.all() if each.state in UNSETTLED] if said and mine else []
    return Listed(alert, said if alert.standing.raised else None, unsettled, mine)


def _meet(first: Scope, second: Scope) -> bool:
    pairs = ((first.entities, second.entities), (first.collectors, second.collectors))
    return all(_overlap(one, other) for one, other in pairs)


def _overlap(one: Collection[str] | None, other: Collection[str] | None) -> bool:
    if one is None:
        return other is None or bool(other)
    return bool(one) if other is None else bool(set(one) & set(other))
