"""Finding what is due: each subscription on its own, so that a broken one stops no other."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction

from countback.core.problem import CountbackError
from countback.subscriptions import rules
from countback.subscriptions.models import Sending, Subscription
from countback.subscriptions.reports import BOARD_PACK, reports
from countback.subscriptions.rules import TRIES, AsOf, State
from countback.subscriptions.steps import begun, moved, worked_on

LEFT = "whoever worked on it stopped before it was handed to the mail server"
UNKNOWN = "whoever worked on it stopped while the mail server was taking it: look whether it arrived, then say so here"
FAULT = "a fault of ours stopped it, and it was noted in the log"

_log = structlog.get_logger("countback.subscriptions")


def put_due(at: datetime) -> None:
    """Puts what is due at `at` in line, a sending a recipient. What is wrong with a subscription is kept on it."""
    for number in Subscription.objects.filter(active=True, ended_at=None).values_list("pk", flat=True):
        try:
            _put(number, at)
        except CountbackError as error:
            _trouble(number, str(error))
        except Exception:  # noqa: BLE001 -- it stops no other, and is told on its page
            _log.exception("subscription not put in line", subscription=number)
            _trouble(number, FAULT)


def take_back(at: datetime) -> None:
    """Takes up what somebody was at who is gone: what was not handed over goes back in line; of what was being handed
    over nobody can know, and nobody but a person may decide."""
    for sending in Sending.objects.filter(state__in=(State.MAKING.value, State.SENDING.value)):
        with worked_on(sending.pk) as gone:
            if gone:
                again = State.WAITING if sending.tries < TRIES else State.FAILED
                moved(sending.pk, (State.MAKING,), again, at, LEFT)
                moved(sending.pk, (State.SENDING,), State.UNCERTAIN, at, UNKNOWN)


def _put(number: int, at: datetime) -> None:
    with transaction.atomic():
        subscription = Subscription.objects.select_for_update().get(pk=number)
        if not subscription.active:
            return
        due = rules.due(subscription.schedule, subscription.seen_through, at)
        if due is None:
            return
        day = rules.as_of(AsOf(subscription.relative_date), due.moment, subscription.time_zone)
        if subscription.report != BOARD_PACK:
            reports().refuse_gone(subscription.report, subscription.owner)
        readers = list(subscription.recipients.all())
        begun(
            [
                Sending(
                    subscription=subscription, recipient=reader, due_at=due.moment, as_of=day, missed=due.missed,
                    changed_at=at,
                )
                for reader in readers
            ],
            at,
        )  # fmt: skip
        subscription.seen_through = due.moment
        subscription.trouble = (
            "" if readers else "Nothing was sent: nobody is on the list; add recipients, or end it."
        )
        subscription.save(update_fields=["seen_through", "trouble"])


def _trouble(number: int, why: str) -> None:
    Subscription.objects.filter(pk=number).update(trouble=why)
