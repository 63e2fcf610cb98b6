"""Taking messages to people. A delivery is claimed by one conditional UPDATE before anything leaves, and settled by
another after it: killed in between it is uncertain, and a person decides. Nothing is ever sent twice by itself."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db.models import F, QuerySet

from countback.alerts import queries
from countback.alerts.channels import channels
from countback.alerts.messages import message_of
from countback.alerts.models import Delivery, State
from countback.alerts.outcomes import UnableToDeliver, UnsureWhetherDelivered

PAUSES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1))
"""How long it waits before a further try, where the message certainly did not arrive and may later."""

LOST = timedelta(minutes=10)
"""After which a try that was begun and never ended is given up: whoever made it was killed. Longer than any takes."""

_log = structlog.get_logger("countback.alerts")


def waiting(at: datetime) -> list[uuid.UUID]:
    """Deliveries whose turn it is, the oldest first."""
    found = Delivery.objects.filter(state=State.WAITING, next_at__lte=at).order_by("next_at", "id")
    return list(found.values_list("id", flat=True))


def deliver(delivery_id: uuid.UUID, *, at: datetime) -> bool:
    """Sends a message that is waiting, unless somebody else is at it; whether this one sent it."""
    claimed = Delivery.objects.filter(pk=delivery_id, state=State.WAITING, next_at__lte=at)
    if not claimed.update(state=State.SENDING, claimed_at=at, attempts=F("attempts") + 1):
        return False
    found = Delivery.objects.select_related("look__alert__owner", "person").get(pk=delivery_id)
    withheld = _withheld(found)
    if withheld:
        _settle(found, State.FAILED, at, withheld)
        return False
    try:
        channels()[found.channel].send(message_of(found), found.address)
    except UnableToDeliver as error:
        _refused(found, error, at)
    except UnsureWhetherDelivered as error:
        _settle(found, State.UNCERTAIN, at, str(error))
    except Exception:  # noqa: BLE001
        # Whatever nobody foresaw may have happened after the message left; the next message must not wait for it.
        _log.exception("alert not delivered", delivery=str(delivery_id), channel=found.channel)
        _settle(found, State.UNCERTAIN, at, "Countback itself is at fault; it was noted in the log")
    else:
        return _settle(found, State.SENT, at, "")
    return False


def give_up_lost(*, at: datetime) -> int:
    """Marks what was being sent when its sender was killed as uncertain; how many there were."""
    lost = Delivery.objects.filter(state=State.SENDING, claimed_at__lt=at - LOST)
    why = "Countback stopped while it was being sent: it may have arrived, so it is not sent again"
    return lost.update(state=State.UNCERTAIN, settled_at=at, reason=why)


def _withheld(delivery: Delivery) -> str:
    """Why it must not go to this person any more; blank where it may."""
    person, alert = delivery.person, delivery.look.alert
    if person is None or person.pk == alert.owner_id:
        return ""
    return queries.why_not_told(alert.owner, dict(alert.rule.where), person)


def _refused(delivery: Delivery, error: UnableToDeliver, at: datetime) -> None:
    tries = delivery.attempts
    if not error.again or tries > len(PAUSES):
        _settle(delivery, State.FAILED, at, str(error))
        return
    mine = _mine(delivery, (State.SENDING,))
    mine.update(state=State.WAITING, next_at=at + PAUSES[tries - 1], reason=str(error))


def _settle(delivery: Delivery, state: State, at: datetime, reason: str) -> bool:
    """Ends the try, also where it was given up as lost meanwhile."""
    open_states = (State.SENDING, State.UNCERTAIN)
    return _mine(delivery, open_states).update(state=state, settled_at=at, reason=reason) == 1


def _mine(delivery: Delivery, states: Sequence[State]) -> QuerySet[Delivery]:
    return Delivery.objects.filter(pk=delivery.pk, claimed_at=delivery.claimed_at, state__in=list(states))
