"""What is done to alerts and targets: each in one transaction, told to the audit with what was before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from procrastinate.contrib.django import app

from countback.accounts.models import Person
from countback.accounts.queries import scope_of
from countback.accounts.rules import Scope
from countback.alerts import evidence, looking, queries
from countback.alerts.channels import channels
from countback.alerts.models import Alert, Standing, Target
from countback.alerts.posting import wrong_with
from countback.alerts.rules import (
    Rule,
    Trial,
    UnableToSetAlert,
    Where,
    refuse_unfit,
    replay,
)
from countback.audit.actions import record
from countback.core.problem import CountbackError
from countback.kpis.catalogue import find
from countback.ledger import figures as ledger_figures
from countback.ledger.figures import Figures

MONTHS = 24
"""Months over which a rule is tried."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An alert as somebody wants it. `channels`: channel -> the address that it posts to, blank for those to people."""

    name: str
    rule: Rule
    recipients: tuple[Person, ...]
    channels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does it, when, and from which network address."""

    by: Person
    at: datetime
    origin: str = ""


def try_on_history(rule: Rule, scope: Scope, *, today: date, months: int = MONTHS) -> Trial:
    """What the rule would have said over the last months, to somebody who sees that part of the books. Raises
    CountbackError where it cannot be asked, UnableToSetAlert where there are no books yet."""
    refuse_unfit(rule)
    figures = _figures(scope)
    as_of = evidence.day_asked(figures, today)
    if as_of is None:
        raise _no_books()
    _refuse_strange(figures, rule.where)
    target = queries.target_on(rule.kpi, dict(rule.where))
    found = evidence.history(figures, rule, as_of, months, target)
    return replay(found, rule.cool_down_days, months=months, note=evidence.trial_note(rule))


def make_alert(draft: Draft, doing: Doing, *, site: str) -> Alert:
    """Keeps a new alert, which looks at once. Raises CountbackError, saying what is wrong with it."""
    _refuse(draft, doing.by)
    with transaction.atomic():
        alert = Alert(owner=doing.by, since=doing.at, site=site)
        _fill(alert, draft)
        Standing.objects.create(alert=alert)
        _look_soon(alert)
        _note("alert made", alert, doing, after=told_of(alert))
    return alert


def change_alert(alert: Alert, draft: Draft, doing: Doing) -> None:
    """Changes an alert. With another rule it begins anew: what it raised is cleared. Raises CountbackError."""
    _refuse(draft, alert.owner)
    with transaction.atomic():
        locked = _locked(alert)
        before = told_of(locked)
        anew = replace(locked.rule, cool_down_days=0) != replace(draft.rule, cool_down_days=0)
        _fill(locked, draft)
        if anew:
            _begin_anew(locked, "its rule was changed", doing.at)
        changed = told_of(locked)
        if changed != before:
            _note(
                "alert changed",
                locked,
                doing,
                before=_differing(before, changed),
                after=_differing(changed, before),
            )


def pause(alert: Alert, doing: Doing) -> None:
    """Has it look no more, until it is resumed. What it raised is cleared."""
    with transaction.atomic():
        locked = _locked(alert)
        if locked.active:
            locked.active = False
            _begin_anew(locked, "it was paused", doing.at)
            _note("alert paused", locked, doing)


def resume(alert: Alert, doing: Doing) -> None:
    """Has it look again, as if it were new."""
    with transaction.atomic():
        locked = _locked(alert)
        if not locked.active:
            locked.active = True
            _begin_anew(locked, "it was resumed", doing.at)
            _note("alert resumed", locked, doing)


def delete(alert: Alert, doing: Doing) -> None:
    """Takes it away from all lists, for good. What it said, and what was done to it, stays."""
    with transaction.atomic():
        locked = _locked(alert)
        locked.active, locked.removed_at = False, doing.at
        _begin_anew(locked, "it was deleted", doing.at)
        _note("alert deleted", locked, doing, before=told_of(locked))


def set_target(kpi: str, where: Where, value: Decimal | None, from_on: date, doing: Doing) -> Target:
    """Sets what a KPI is to be from a day on; None: no target from then on. Raises UnableToSetAlert."""
    if find(kpi).cells:
        raise UnableToSetAlert(
            "the target was not set", f"{find(kpi).title} is a table", "choose another KPI"
        )
    if where:
        _refuse_strange(_figures(scope_of(doing.by)), where)
    with transaction.atomic():
        target = Target.objects.create(
            kpi=kpi, where=_as_json(where), value=value, from_on=from_on, by=doing.by, at=doing.at
        )
        said = {"value": None if value is None else str(value), "from": str(from_on), "where": target.where}
        record(
            who=doing.by,
            what="target set",
            about=("target", kpi),
            at=doing.at,
            after=said,
            where=doing.origin,
        )
    return target


def told_of(alert: Alert) -> dict[str, Any]:
    """An alert as the audit keeps it. Of an address that it posts to only the host: the rest may be a secret."""
    return {
        "name": alert.name,
        "kind": alert.kind,
        "kpi": alert.kpi,
        "where": alert.where,
        **alert.parameters,
        "cool_down_days": alert.cool_down_days,
        "recipients": sorted(person.email for person in alert.recipients.all()),
        "channels": {
            name: urlsplit(address).hostname or "" for name, address in sorted(alert.channels.items())
        },
    }


def _fill(alert: Alert, draft: Draft) -> None:
    rule = draft.rule
    alert.name, alert.kind, alert.kpi, alert.where = (
        draft.name,
        rule.kind.value,
        rule.kpi,
        _as_json(rule.where),
    )
    alert.parameters, alert.cool_down_days = rule.parameters, rule.cool_down_days
    alert.channels = dict(draft.channels)
    alert.save()
    alert.recipients.set(draft.recipients)


def _begin_anew(alert: Alert, why: str, at: datetime) -> None:
    alert.since = at
    alert.save()
    standing = Standing.objects.get(alert=alert)
    looking.clear(standing, why, at=at)
    Standing(alert=alert).save()
    if alert.active:
        _look_soon(alert)


def _look_soon(alert: Alert) -> None:
    app.configure_task(looking.LOOK).defer(alert_id=alert.pk)


def _locked(alert: Alert) -> Alert:
    """The alert as it stands, held until the transaction ends. Raises UnableToSetAlert where it is gone."""
    locked = Alert.objects.select_for_update().filter(pk=alert.pk, removed_at=None).first()
    if locked is None:
        raise UnableToSetAlert(f"{alert.name} was not changed", "somebody deleted it", "make a new one")
    return locked


def _refuse(draft: Draft, owner: Person) -> None:
    """Raise UnableToSetAlert for what could never work, or would tell somebody what they may not see."""
    refuse_unfit(draft.rule)
    figures = _figures(scope_of(owner))
    _refuse_strange(figures, draft.rule.where)
    last = figures.books.last_entry_on()
    if last is not None:
        evidence.now(figures, draft.rule, last, queries.target_on(draft.rule.kpi, dict(draft.rule.where)))
    if not draft.channels:
        raise UnableToSetAlert("the alert was not kept", "it would reach nobody", "choose a channel")
    for name, address in draft.channels.items():
        wrong = wrong_with(address) if channels()[name].POSTS else ""
        if wrong:
            title = channels()[name].TITLE
            raise UnableToSetAlert(
                "the alert was not kept", f"the address of {title}: {wrong}", "mend the address"
            )
    to_people = any(not channels()[name].POSTS for name in draft.channels)
    if to_people and not draft.recipients:
        raise UnableToSetAlert("the alert was not kept", "nobody is to receive it", "choose recipients")
    for person in draft.recipients:
        why = "" if person.pk == owner.pk else queries.why_not_told(owner, dict(draft.rule.where), person)
        if why:
            remedy = "filter the alert by what they see, or leave them out"
            raise UnableToSetAlert("the alert was not kept", why, remedy)


def _refuse_strange(figures: Figures, where: Where) -> None:
    """Raise UnableToSetAlert for a filter that nothing in these books has, as far as the person may see them."""
    for name, values in where:
        if name not in figures.dimensions:
            known = ", ".join(figures.dimensions)
            raise UnableToSetAlert(
                "the filter was not understood",
                f"the books have no dimension {name!r}",
                f"use one of {known}",
            )
        strange = {value or "" for value in values} - set(figures.values(name))
        if strange:
            why = f"nothing that you may see has the {name} {min(strange)!r}"
            raise UnableToSetAlert("the filter was not understood", why, "write it as the books do")


def _figures(scope: Scope) -> Figures:
    try:
        return ledger_figures.opened(scope)
    except FileNotFoundError as error:
        raise _no_books() from error


def _no_books() -> CountbackError:
    return UnableToSetAlert("the rule was not tried", "there are no books yet", "import some first")


def _as_json(where: Where) -> dict[str, list[str | None]]:
    return {name: list(values) for name, values in where}


def _differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if other.get(name) != value}


def _note(
    what: str,
    alert: Alert,
    doing: Doing,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    record(
        who=doing.by, what=what, about=("alert", str(alert.pk)), at=doing.at, before=before, after=after,
        where=doing.origin,
    )  # fmt: skip
