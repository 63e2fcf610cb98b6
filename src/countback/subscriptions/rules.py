"""When a report is sent, as of which date, and to whom: decided without a clock, a database or a mail server."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from countback.accounts.rules import Scope, may
from countback.core.period import add_months, month_start
from countback.core.problem import CountbackError

DAY = timedelta(days=1)
SATURDAY = 5
LONGEST_MONTH = 31
MISSED_COUNTED = 366
"""Missed sendings that are counted one by one; nobody asks whether there were more."""

TRIES = 12
"""How often a sending is tried by itself where its mail server cannot be reached or its worker was killed: for an hour,
at every five minutes."""

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class UnableToSchedule(CountbackError):
    """No moment of sending was found."""


class Every(StrEnum):
    """On which days a report is sent."""

    WEEKDAY = "weekday"
    WEEK = "week"
    MONTH = "month"


class AsOf(StrEnum):
    """As of which date, seen from the day of sending."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    LAST_BUSINESS_DAY = "last_business_day"
    LAST_MONTH_END = "last_month_end"
    LAST_QUARTER_END = "last_quarter_end"


AS_OF_WORDS: dict[AsOf, str] = {
    AsOf.TODAY: "the day of sending",
    AsOf.YESTERDAY: "the day before",
    AsOf.LAST_BUSINESS_DAY: "the last business day before",
    AsOf.LAST_MONTH_END: "the last month's end",
    AsOf.LAST_QUARTER_END: "the last quarter's end",
}
"""Each as it stands after "as of"."""


class State(StrEnum):
    """Where a sending is."""

    WAITING = "waiting"
    MAKING = "making"
    SENDING = "sending"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


STATE_WORDS: dict[State, str] = {
    State.WAITING: "waits for its turn",
    State.MAKING: "the pack is being made",
    State.SENDING: "is being handed to the mail server",
    State.SENT: "the mail server took it",
    State.SKIPPED: "not sent, and rightly so",
    State.FAILED: "not sent",
    State.UNCERTAIN: "nobody knows whether the mail server took it",
}
"""What each means."""

DECIDED_AGAIN = (State.FAILED, State.SKIPPED, State.UNCERTAIN)
"""States out of which a person may have it sent again."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """When to send, by the clock of a time zone (`zone`, such as Europe/Berlin). `weekday`: 0 for Monday, where it is
    sent weekly. `day`: of the month, where monthly; a month without that day has its last instead, None is always the
    last."""

    every: Every
    at_time: time
    zone: str
    weekday: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A moment (UTC) at which a report was to be sent. `missed`: earlier ones for which it stands, too."""

    moment: datetime
    missed: int


def next_moment(schedule: Schedule, after: datetime) -> datetime:
    """The first moment of sending after `after`, in UTC.

    A time of day that the clock skips in spring is taken as much later as the clock is put forward (02:30 becomes
    03:30); one that it shows twice in autumn is the first of the two. Raises UnableToSchedule for an unknown zone.
    """
    zone = _zone(schedule.zone)
    day = after.astimezone(zone).date() - DAY
    while not (_falls_on(schedule, day) and _moment(schedule, zone, day) > after):
        day += DAY
    return _moment(schedule, zone, day)


def next_moments(schedule: Schedule, after: datetime, count: int) -> list[datetime]:
    """The first `count` moments after `after`."""
    found: list[datetime] = []
    for _ in range(count):
        found.append(next_moment(schedule, found[-1] if found else after))
    return found


def latest_moment(schedule: Schedule, at: datetime) -> datetime:
    """The last moment of sending that is not after `at`."""
    zone = _zone(schedule.zone)
    day = at.astimezone(zone).date() + DAY
    while not (_falls_on(schedule, day) and _moment(schedule, zone, day) <= at):
        day -= DAY
    return _moment(schedule, zone, day)


def due(schedule: Schedule, seen_through: datetime, at: datetime) -> Due | None:
    """What is due at `at`, when every moment through `seen_through` was seen to; None: nothing. After a time in which
    nothing ran it is the latest moment alone, which says how many others it stands for."""
    latest = latest_moment(schedule, at)
    if latest <= seen_through:
        return None
    missed = 0
    moment = next_moment(schedule, seen_through)
    while moment < latest and missed < MISSED_COUNTED:
        missed += 1
        moment = next_moment(schedule, moment)
    return Due(latest, missed)


def as_of(relative: AsOf, moment: datetime, zone: str) -> date:
    """The date that a report is as of which is sent at `moment`: counted from the day that it is then in `zone`. A
    business day is one from Monday to Friday. Raises UnableToSchedule for an unknown zone."""
    today = moment.astimezone(_zone(zone)).date()
    if relative is AsOf.TODAY:
        return today
    if relative is AsOf.LAST_MONTH_END:
        return month_start(today) - DAY
    if relative is AsOf.LAST_QUARTER_END:
        return add_months(today, -((today.month - 1) % 3)) - DAY
    day = today - DAY
    while relative is AsOf.LAST_BUSINESS_DAY and day.weekday() >= SATURDAY:
        day -= DAY
    return day


def when_words(schedule: Schedule) -> str:
    """`every first of the month at 07:00, Europe/Berlin`."""
    return f"{_days_words(schedule)} at {schedule.at_time:%H:%M}, {schedule.zone.replace('_', ' ')}"


def schedule_words(schedule: Schedule, relative: AsOf) -> str:
    """`every first of the month at 07:00, Europe/Berlin, as of the last month's end`."""
    return f"{when_words(schedule)}, as of {AS_OF_WORDS[relative]}"


def kept_from(name: str, role: str, is_active: bool, scope: Scope) -> str:
    """Why a person gets no report whatever the books hold; empty where they may get one."""
    if not is_active:
        return f"{name} was deactivated"
    if not may(role, "see_figures"):
        return f"{name} may not see figures (role {role})"
    if scope.entities == () or scope.collectors == ():
        return f"{name} may see no part of the books"
    return ""


def share(one: Scope, other: Scope) -> bool:
    """Whether two people may see something in common, by entity and by collector."""

    def meet(left: tuple[str, ...] | None, right: tuple[str, ...] | None) -> bool:
        if left is None or right is None:
            return (left is None or bool(left)) and (right is None or bool(right))
        return bool(set(left) & set(right))

    return meet(one.entities, other.entities) and meet(one.collectors, other.collectors)


def _days_words(schedule: Schedule) -> str:
    if schedule.every is Every.WEEKDAY:
        return "every day from Monday to Friday"
    if schedule.every is Every.WEEK:
        return f"every {WEEKDAYS[schedule.weekday or 0]}"
    if schedule.day is None:
        return "every last day of the month"
    short = " (the last day of a shorter month)" if schedule.day > 28 else ""
    return f"every {_ordinal(schedule.day)} of the month{short}"


def _ordinal(day: int) -> str:
    if day == 1:
        return "first"
    ending = "th" if 11 <= day <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _falls_on(schedule: Schedule, day: date) -> bool:
    if schedule.every is Every.WEEKDAY:
        return day.weekday() < SATURDAY
    if schedule.every is Every.WEEK:
        return day.weekday() == schedule.weekday
    return day.day == min(schedule.day or LONGEST_MONTH, monthrange(day.year, day.month)[1])


def _moment(schedule: Schedule, zone: ZoneInfo, day: date) -> datetime:
    """`fold` 0 is the offset before the clock changes: later in a gap, the first of a doubled hour."""
    return datetime.combine(day, schedule.at_time, zone).astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise UnableToSchedule(
            "The next sending was not found",
            f"there is no time zone {name}",
            "choose another time zone",
        ) from error
