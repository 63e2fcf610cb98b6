"""Looking at figures: each alert by itself, with its owner's rights, in one transaction that holds the alert.

Two schedulers that look at once wait for one another, and the second finds what the first remembered: it speaks once.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from procrastinate.contrib.django import app

from countback.accounts.queries import scope_of
from countback.accounts.rules import Scope, may
from countback.alerts import queries
from countback.alerts.channels import channels
from countback.alerts.evidence import Before, UnableToLook, day_asked, now
from countback.alerts.links import rows_of
from countback.alerts.models import Alert, Delivery, Look, Standing, State
from countback.alerts.rules import Evaluation, Step, advance, closed_on
from countback.core.problem import CountbackError
from countback.ledger import figures as ledger_figures
from countback.ledger.figures import Figures

LOOK, SEND = "look_at_alert", "send_alerts"
"""Names of the jobs that look at one alert, and that send what waits."""

HOUR = time(6)
"""When, in the business's own time zone, every alert is looked at."""

_log = structlog.get_logger("countback.alerts")


def business_day(at: datetime) -> date:
    """The date of a moment where the business is."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def last_hour(at: datetime) -> datetime:
    """The last time before a moment that it was six in the morning there."""
    zone = ZoneInfo(settings.TIME_ZONE)
    here = at.astimezone(zone)
    six = datetime.combine(here.date(), HOUR, zone)
    return six if six <= here else datetime.combine(here.date() - timedelta(days=1), HOUR, zone)


def due(*, at: datetime) -> list[int]:
    """The alerts that were not looked at since the last six o'clock, or since the figures moved."""
    active = Alert.objects.filter(active=True, removed_at=None)
    late = (
        Q(standing__looked_at=None)
        | Q(standing__looked_at__lt=last_hour(at))
        | ~Q(standing__seen=_generation())
    )
    return list(active.filter(late).order_by("id").values_list("id", flat=True))


def look(*, at: datetime, only: list[int] | None = None) -> int:
    """Looks at every active alert, or at some; how many spoke. One that fails says so on its page, and stops none."""
    active = Alert.objects.filter(active=True, removed_at=None).order_by("id")
    wanted = active if only is None else active.filter(pk__in=only)
    spoke = 0
    for alert_id in wanted.values_list("id", flat=True):
        try:
            spoke += _look_at(alert_id, at)
        except CountbackError as error:
            _note_failure(alert_id, at, error)
        except Exception:  # noqa: BLE001 one broken alert stops no other
            _log.exception("alert not judged", alert=alert_id)
            _note_failure(alert_id, at, _at_fault())
    return spoke


def clear(standing: Standing, reason: str, *, at: datetime) -> None:
    """Ends a raise for a reason that is none of the figures'."""
    if standing.raised:
        Look.objects.create(alert_id=standing.alert_id, what="cleared", reason=reason, at=at)


@transaction.atomic
def _look_at(alert_id: int, at: datetime) -> bool:
    """Judges one alert and says what is to be said; whether that was anything."""
    # What belongs to it is read after the lock is held: joined, it would be as it was before the wait.
    alert = Alert.objects.select_for_update().filter(pk=alert_id, active=True, removed_at=None).first()
    if alert is None:
        return False
    figures = _figures(alert)
    as_of = day_asked(figures, business_day(at)) if figures else None
    if figures is None or as_of is None:
        return False
    standing, rule = alert.standing, alert.rule
    before = _compared_with(standing, closed_on(as_of, rule.every))
    found = now(figures, rule, as_of, queries.target_on(rule.kpi, alert.where), before)
    standing.memory, step = advance(standing.memory, found, rule.cool_down_days)
    _say(alert, figures, found, step, at)
    _remember(standing, figures, found, step, at)
    return step is Step.RAISED


def _compared_with(standing: Standing, closed: date) -> Before | None:
    """The look that new entries are compared with: the last one of an earlier date. Where that rested, what it held
    back is still to be told, so it stays the one before it."""
    if standing.as_of is not None and closed > standing.as_of and not standing.rests:
        standing.before_on, standing.before_known_at = standing.as_of, standing.known_through
    return Before(standing.before_on, standing.before_known_at) if standing.before_on else None


def _remember(standing: Standing, figures: Figures, found: Evaluation, step: Step, at: datetime) -> None:
    standing.found, standing.value, standing.unit = found.reason, found.value, found.unit
    standing.as_of, standing.known_through, standing.looked_at = found.as_of, figures.known_through, at
    standing.rests, standing.seen, standing.failure = step is Step.RESTS, _stamp(figures), {}
    standing.save()


def _say(alert: Alert, figures: Figures, found: Evaluation, step: Step, at: datetime) -> None:
    """Notes what changed, and what is to be sent, in the same transaction as what is remembered of it."""
    if step not in (Step.RAISED, Step.CLEARED):
        return
    said = Look.objects.create(
        alert=alert,
        what=step.value,
        value=found.value,
        unit=found.unit,
        reason=found.reason,
        rows=rows_of(alert.rule, found, figures.known_through),
        as_of=found.as_of,
        at=at,
        known_through=figures.known_through,
    )
    if step is Step.RAISED:
        alert.standing.said = said
        Delivery.objects.bulk_create(_deliveries(alert, said, at))
        app.configure_task(SEND).defer()


def _deliveries(alert: Alert, said: Look, at: datetime) -> list[Delivery]:
    found = []
    people = list(alert.recipients.all())
    for name, address in alert.channels.items():
        channel = channels().get(name)
        if channel is None:
            why = f"there is no channel {name} any more"
            found.append(
                _made(said, name, address or "nobody", at, state=State.FAILED, reason=why, settled_at=at)
            )
        elif channel.POSTS:
            found.append(_made(said, name, address, at))
        else:
            found += [_made(said, name, person.email, at, person=person) for person in people]
    return found


def _made(said: Look, channel: str, address: str, at: datetime, **more: object) -> Delivery:
    return Delivery(look=said, channel=channel, address=address, next_at=at, **more)


def _figures(alert: Alert) -> Figures | None:
    """What the owner may see now; None where there are no books yet. Raises UnableToLook where they may see none."""
    owner = alert.owner
    if not owner.is_active or not may(owner.role, "see_figures"):
        why = f"{owner} was deactivated" if not owner.is_active else f"{owner} may not see figures any more"
        raise UnableToLook(
            f"{alert.name} was not judged", why, "have somebody else make it, and delete this one"
        )
    try:
        return ledger_figures.opened(scope_of(owner))
    except FileNotFoundError:
        return None


def _generation() -> str:
    """Which figures there are now; blank where there are none."""
    try:
        return _stamp(ledger_figures.opened(Scope()))
    except FileNotFoundError:
        return ""


def _stamp(figures: Figures) -> str:
    held = figures.opened.held
    return f"{held.folder.name} {held.stamp}"


def _note_failure(alert_id: int, at: datetime, error: CountbackError) -> None:
    failure = {"what": error.what, "why": error.why, "remedy": error.remedy}
    Standing.objects.filter(alert_id=alert_id).update(failure=failure, looked_at=at, seen=_generation())


def _at_fault() -> CountbackError:
    return UnableToLook(
        "the alert was not judged",
        "Countback itself is at fault; it was noted in the log",
        "if it stays, tell your administrator the time",
    )
