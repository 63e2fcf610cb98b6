"""What people do with subscriptions and sendings: each in one transaction, told to the audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from countback.accounts.actions import Doing
from countback.accounts.models import Person
from countback.audit.actions import record
from countback.core.problem import CountbackError
from countback.subscriptions import rules
from countback.subscriptions.models import Sending, Subscription
from countback.subscriptions.rules import DECIDED_AGAIN, AsOf, Schedule, State
from countback.subscriptions.steps import begun, moved

SEND_WAITING = "send_waiting_reports"
"""Name of the job that sends what waits, at once."""


class UnableToChangeSending(CountbackError):
    """What was asked of a sending no longer goes: it has moved on."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a subscription shall be."""

    name: str
    recipients: Sequence[Person]
    where: Mapping[str, Sequence[str]]
    currency: str
    relative_date: AsOf
    schedule: Schedule
    language: str
    formats: Sequence[str]
    report: str = ""


def subscribe(asked: Asked, doing: Doing) -> Subscription:
    """Makes a subscription; what would have been due before now is not sent."""
    with transaction.atomic():
        made = Subscription(owner=doing.by, made_at=doing.at, seen_through=doing.at, **_kept(asked))
        made.save(force_insert=True)
        made.recipients.set(asked.recipients)
        _told("subscription made", made, doing, None)
    return made


def change(subscription_id: int, asked: Asked, doing: Doing) -> None:
    """Makes it another one. Under another schedule nothing is due that lies before now."""
    with transaction.atomic():
        subscription = _locked(subscription_id)
        before = _state(subscription)
        if subscription.schedule != asked.schedule:
            subscription.seen_through = doing.at
        for field, value in _kept(asked).items():
            setattr(subscription, field, value)
        subscription.trouble = ""
        subscription.save()
        subscription.recipients.set(asked.recipients)
        _told("subscription changed", subscription, doing, before)


def pause(subscription_id: int, doing: Doing) -> None:
    """Sends nothing more by schedule until it is resumed."""
    _set_active(subscription_id, False, doing, "subscription paused")


def resume(subscription_id: int, doing: Doing) -> None:
    """Sends by schedule again; what fell into the pause is not sent."""
    _set_active(subscription_id, True, doing, "subscription resumed")


def end(subscription_id: int, doing: Doing) -> None:
    """Gives a subscription up; what was sent of it stays known."""
    with transaction.atomic():
        subscription = _locked(subscription_id)
        subscription.ended_at, subscription.active = doing.at, False
        subscription.save(update_fields=["ended_at", "active"])
        _record("subscription ended", subscription, doing)


def leave(subscription_id: int, doing: Doing) -> None:
    """Takes whom does it off the list of recipients."""
    with transaction.atomic():
        subscription = _locked(subscription_id)
        before = _state(subscription)
        subscription.recipients.remove(doing.by)
        _told("subscription left", subscription, doing, before)


def send_now(subscription_id: int, doing: Doing) -> None:
    """Sends the pack to whom asks, now, whatever the schedule says, with their rights; whoever asks again before it is
    taken up gets one. Raises UnableToSchedule where its day cannot be told."""
    with transaction.atomic():
        subscription = _locked(subscription_id)
        day = rules.as_of(AsOf(subscription.relative_date), doing.at, subscription.time_zone)
        mine = subscription.sendings.filter(recipient=doing.by, at_once=True, state=State.WAITING.value)
        if mine.exists():
            return
        sending = Sending(
            subscription=subscription,
            recipient=doing.by,
            due_at=doing.at.replace(microsecond=doing.at.microsecond or 1),  # never a moment of the schedule
            as_of=day,
            at_once=True,
            changed_at=doing.at,
        )
        begun([sending], doing.at, by=doing.by)
        _wake()
        told = {"recipient": doing.by.email, "as_of": day.isoformat()}
        _record("report asked for", subscription, doing, after=told)


def try_again(sending_id: int, doing: Doing) -> None:
    """Has a sending tried again that failed, was skipped, or of which nobody knows: in the last case it may come twice,
    which is why a person decides. Raises UnableToChangeSending where it has moved on."""
    with transaction.atomic():
        _decide(sending_id, DECIDED_AGAIN, State.WAITING, "tried again", doing, {"tries": 0})
        _wake()


def confirm_sent(sending_id: int, doing: Doing) -> None:
    """Notes that a mail of which nobody knew did arrive. Raises UnableToChangeSending where it has moved on."""
    with transaction.atomic():
        _decide(sending_id, (State.UNCERTAIN,), State.SENT, "found to have arrived", doing)


def _decide(
    sending_id: int,
    start: Sequence[State],
    to: State,
    why: str,
    doing: Doing,
    changes: Mapping[str, Any] | None = None,
) -> None:
    if not moved(sending_id, start, to, doing.at, why, by=doing.by, changes=changes):
        raise UnableToChangeSending(
            "The sending was left as it is",
            "it has moved on since this page was made",
            "look at its state now",
        )
    sending = Sending.objects.select_related("subscription", "recipient").get(pk=sending_id)
    told = {"sending": sending.pk, "recipient": sending.recipient.email, "due": sending.due_at.isoformat()}
    _record(f"sending {why}", sending.subscription, doing, after=told)


def _wake() -> None:
    """Has what waits sent as soon as this transaction stands; one such job in the queue is enough."""
    try:
        with transaction.atomic():
            app.configure_task(SEND_WAITING, queueing_lock=SEND_WAITING).defer()
    except AlreadyEnqueued:
        return


def _set_active(subscription_id: int, active: bool, doing: Doing, what: str) -> None:
    with transaction.atomic():
        subscription = _locked(subscription_id)
        if subscription.active == active:
            return
        subscription.active = active
        if active:
            subscription.seen_through = doing.at
        subscription.save(update_fields=["active", "seen_through"])
        _record(what, subscription, doing)


def _locked(subscription_id: int) -> Subscription:
    return Subscription.objects.select_for_update().get(pk=subscription_id, ended_at=None)


def _kept(asked: Asked) -> dict[str, Any]:
    """The fields of a subscription as asked."""
    schedule = asked.schedule
    return {
        "name": asked.name,
        "where": {dimension: list(values) for dimension, values in asked.where.items()},
        "currency": asked.currency,
        "relative_date": asked.relative_date.value,
        "every": schedule.every.value,
        "weekday": schedule.weekday,
        "day": schedule.day,
        "at_time": schedule.at_time,
        "time_zone": schedule.zone,
        "language": asked.language,
        "formats": list(asked.formats),
        "report": asked.report,
    }


def _state(subscription: Subscription) -> dict[str, Any]:
    """What the audit compares."""
    return {
        "name": subscription.name,
        "recipients": sorted(subscription.recipients.values_list("email", flat=True)),
        "only": subscription.where,
        "currency": subscription.currency,
        "sent": subscription.words,
        "language": subscription.language,
        "formats": subscription.formats,
        "report": subscription.report or "board pack",
    }


def _told(what: str, subscription: Subscription, doing: Doing, before: dict[str, Any] | None) -> None:
    _record(what, subscription, doing, before=before, after=_state(subscription))


def _record(
    what: str,
    subscription: Subscription,
    doing: Doing,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    about = ("subscription", str(subscription.pk))
    record(who=doing.by, what=what, about=about, at=doing.at, before=before, after=after, where=doing.where)
