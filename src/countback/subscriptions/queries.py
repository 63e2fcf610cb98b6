"""What is asked about subscriptions: always by a person, who finds no other's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet

from countback.accounts.models import Person
from countback.accounts.queries import scope_of
from countback.accounts.rules import may
from countback.audit import queries as audit
from countback.audit.models import Line
from countback.subscriptions import rules
from countback.subscriptions.models import Sending, Step, Subscription
from countback.subscriptions.rules import AsOf, Schedule, State

SHOWN_AHEAD = 3
"""Moments of sending that are told in advance."""

HISTORY = 60
"""Sendings on a subscription's page, the newest."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A sending to come, and the date that it is as of."""

    moment: datetime
    as_of: date


@dataclass(frozen=True, slots=True)
class Listed:
    """A subscription in the list. `next`: None where it is paused or cannot be told. `last`: the newest sending that
    the person may know of."""

    subscription: Subscription
    next: Ahead | None
    last: Sending | None
    to: str


@dataclass(frozen=True, slots=True)
class Reader:
    """A recipient, and why they get nothing; blank where they do."""

    person: Person
    kept_from: str


@dataclass(frozen=True, slots=True)
class Record:
    """A subscription's page. For whom only receives it there are their own sendings, and neither the other readers nor
    the audit."""

    subscription: Subscription
    may_edit: bool
    receives: bool
    ahead: list[Ahead]
    readers: list[Reader]
    sendings: list[Sending]
    lines: list[Line]


def visible(person: Person) -> QuerySet[Subscription]:
    """Subscriptions that a person owns or receives; an administrator's are all."""
    found = Subscription.objects.filter(ended_at=None).select_related("owner")
    if may(person.role, "manage_settings"):
        return found
    received = Subscription.objects.filter(recipients=person)
    return found.filter(Q(owner=person) | Q(pk__in=received.values("pk")))


def may_edit(person: Person, subscription: Subscription) -> bool:
    """Whether a subscription is a person's to change: its owner's, and an administrator's."""
    return subscription.owner_id == person.pk or may(person.role, "manage_settings")


def listing(person: Person, at: datetime) -> list[Listed]:
    """The person's subscriptions by name, in as many queries however many there are."""
    every = Sending.objects.filter(subscription__in=visible(person)).select_related("recipient")
    newest = every.order_by("subscription_id", "-due_at", "-id").distinct("subscription_id")
    of_all = {one.subscription_id: one for one in newest}
    own = {one.subscription_id: one for one in newest.filter(recipient=person)}
    found = []
    for subscription in visible(person).prefetch_related("recipients"):
        names = sorted(str(one) for one in subscription.recipients.all())
        mine = may_edit(person, subscription)
        known = (of_all if mine else own).get(subscription.pk)
        coming = _ahead(subscription, at, 1)
        found.append(
            Listed(subscription, coming[0] if coming else None, known, ", ".join(names) if mine else "you")
        )
    return found


def find(person: Person, subscription_id: int) -> Subscription:
    """The subscription, if the person may see it. Raises Subscription.DoesNotExist."""
    return visible(person).get(pk=subscription_id)


def find_own(person: Person, subscription_id: int) -> Subscription:
    """The subscription, if the person may change it. Raises Subscription.DoesNotExist."""
    found = find(person, subscription_id)
    if not may_edit(person, found):
        raise Subscription.DoesNotExist
    return found


def find_sending(person: Person, subscription_id: int, sending_id: int) -> Sending:
    """A sending of a subscription of the person's to change. Raises Subscription.DoesNotExist, Sending.DoesNotExist."""
    subscription = find_own(person, subscription_id)
    return Sending.objects.select_related("subscription", "recipient").get(
        pk=sending_id, subscription=subscription
    )


def record(person: Person, subscription_id: int, at: datetime) -> Record:
    """A subscription's page for a person. Raises Subscription.DoesNotExist."""
    subscription = find(person, subscription_id)
    mine = may_edit(person, subscription)
    sendings = subscription.sendings.all() if mine else subscription.sendings.filter(recipient=person)
    steps = Prefetch("steps", Step.objects.select_related("by"))
    people = subscription.recipients.order_by("name", "email")
    return Record(
        subscription=subscription,
        may_edit=mine,
        receives=any(one.pk == person.pk for one in people),
        ahead=_ahead(subscription, at, SHOWN_AHEAD),
        readers=[Reader(one, kept_from(one)) for one in people] if mine else [],
        sendings=list(sendings.select_related("recipient").prefetch_related(steps)[:HISTORY]),
        lines=audit.about("subscription", subscription.pk) if mine else [],
    )


def ahead(schedule: Schedule, relative: AsOf, at: datetime) -> list[Ahead]:
    """The next sendings after `at`."""
    moments = rules.next_moments(schedule, at, SHOWN_AHEAD)
    return [Ahead(moment, rules.as_of(relative, moment, schedule.zone)) for moment in moments]


def kept_from(person: Person) -> str:
    """Why a person gets no report whatever the books hold; blank where they may get one."""
    return rules.kept_from(str(person), person.role, person.is_active, scope_of(person))


def colleagues(person: Person) -> QuerySet[Person]:
    """Whom a person may send a report to: an administrator everyone who is active and may see figures, others those of
    them with whom they share a part of the books, so that nobody learns who else is here."""
    active = Person.objects.filter(is_active=True)
    everyone = may(person.role, "manage_people")
    scope = scope_of(person)
    known = [
        one.pk
        for one in active
        if one.pk == person.pk
        or (may(one.role, "see_figures") and (everyone or rules.share(scope, scope_of(one))))
    ]
    return active.filter(pk__in=known).order_by("name", "email")


def waiting() -> list[int]:
    """Sendings that wait for their turn: those tried least, so that one that breaks its worker holds up no other; of
    these the longest due first."""
    found = Sending.objects.filter(state=State.WAITING.value).order_by("tries", "due_at", "id")
    return list(found.values_list("pk", flat=True))


def _ahead(subscription: Subscription, at: datetime, count: int) -> list[Ahead]:
    if not subscription.active:
        return []
    try:
        return ahead(subscription.schedule, AsOf(subscription.relative_date), at)[:count]
    except rules.UnableToSchedule:  # its page says so, from `trouble`
        return []
