"""What is sound in a source, when it is due, which of the files that lie there are fetched: from values alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo


class Kind(StrEnum):
    """What kind of place a source is."""

    FOLDER = "folder"
    HTTPS = "https"
    SFTP = "sftp"


class Secret(StrEnum):
    """What the place asks for before it gives. The secret itself is in an environment variable and nowhere else."""

    NONE = "none"
    PASSWORD = "password"  # noqa: S105 a kind of secret, not one
    TOKEN = "token"  # noqa: S105 the same
    KEY = "key"


class State(StrEnum):
    """Where a fetch stands. Every change is one conditional UPDATE: of two that try, one succeeds."""

    WAITING = "waiting"
    RUNNING = "running"
    IMPORTED = "imported"
    NOTHING_NEW = "nothing_new"
    REFUSED = "refused"
    FAILED = "failed"


UNDER_WAY = (State.WAITING.value, State.RUNNING.value)
TROUBLED = (State.REFUSED.value, State.FAILED.value)

VARIABLES = "COUNTBACK_SOURCE_"
"""With this begin the environment variables that a source may name: no other is ever read for one, so that nobody can
have the server's own secrets sent to an address of theirs."""

SECRETS: dict[Kind, tuple[Secret, ...]] = {
    Kind.FOLDER: (Secret.NONE,),
    Kind.HTTPS: (Secret.NONE, Secret.PASSWORD, Secret.TOKEN),
    Kind.SFTP: (Secret.PASSWORD, Secret.KEY),
}
"""What each kind of place may ask for."""

PORTS = {Kind.HTTPS: 443, Kind.SFTP: 22}

MANY_IN_A_ROW = 3
"""Fetches without books, one after the other, from which on the page says so loudly."""

ENDED_PART, ENDED_ROWS = 5, 20
"""A schedule ends no more than a fifth of a table's rows, where that is more than a few: a file that was cut short
would end the rest."""

_VARIABLE = re.compile(re.escape(VARIABLES) + r"[A-Z0-9_]{1,60}")
_LONGEST_ADDRESS = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address leads. `path`: as the server is asked for it. `user`: blank for nobody."""

    host: str
    port: int
    user: str
    path: str


@dataclass(frozen=True, slots=True)
class Lying:
    """A file that lies at a source. `changed_at`: seconds since 1970."""

    name: str
    size: int
    changed_at: float


def wrong_with(kind: Kind, address: str) -> str:
    """What is wrong with an address by its looks; blank where nothing is."""
    if not address or len(address) > _LONGEST_ADDRESS or not address.isprintable():
        return "it is no address"
    if kind is Kind.FOLDER:
        outside = address.startswith("/") or ".." in address.split("/") or "\\" in address
        return "it must be a folder's path under the one that the operator allows" if outside else ""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return "it is no address"
    if (
        parts.scheme != kind.value
        or not parts.hostname
        or port == 0
        or not address.isascii()
        or " " in address
    ):
        return f"it must begin with {kind.value}:// and the name of a server"
    if parts.password is not None:
        return "it must not hold a password: that is in an environment variable"
    if kind is Kind.SFTP and not parts.username:
        return "it must say as whom to sign in, as in sftp://countback@files.example.com/outbox"
    return ""


def wrong_with_secret(kind: Kind, secret: Secret, variable: str, address: str) -> str:
    """What is wrong with how a source gets its secret; blank where nothing is."""
    if secret not in SECRETS[kind]:
        offered = " or ".join(one.value for one in SECRETS[kind])
        return f"for this kind of place it is {offered}"
    if secret is Secret.NONE:
        return "" if not variable else "no secret is asked for, so no variable is needed"
    if not _VARIABLE.fullmatch(variable):
        return f"its variable must begin with {VARIABLES}, in capitals, digits and _"
    if kind is Kind.HTTPS and secret is Secret.PASSWORD and not urlsplit(address).username:
        return "with a password the address must say as whom, as in https://countback@example.com/…"
    return ""


def place_of(kind: Kind, address: str) -> Place:
    """Where a sound address leads."""
    parts = urlsplit(address)
    query = f"?{parts.query}" if parts.query else ""
    path = (unquote(parts.path) if kind is Kind.SFTP else parts.path + query) or "/"
    return Place(parts.hostname or "", parts.port or PORTS[kind], unquote(parts.username or ""), path)


def next_due(interval_minutes: int | None, at_time: time, zone: str, after: datetime) -> datetime:
    """When it is fetched next after a moment, in UTC: so many minutes later; or daily, when the clock there shows the
    time. What the clock skips in spring is as much later, what it shows twice in autumn is the first."""
    if interval_minutes is not None:
        return after + timedelta(minutes=interval_minutes)
    here = ZoneInfo(zone)
    day = after.astimezone(here).date() - timedelta(days=1)
    while True:
        moment = datetime.combine(day, at_time, here).astimezone(UTC)
        if moment > after:
            return moment
        day += timedelta(days=1)


def chosen(lying: Iterable[Lying], pattern: str, kinds: Sequence[str], *, newest_only: bool) -> list[Lying]:
    """The files to fetch, by name: those that match and are of a kind that can be read."""
    fit = [
        one for one in lying
        if not one.name.startswith((".", "~$")) and one.name.lower().endswith(tuple(kinds))
        and fnmatchcase(one.name.lower(), pattern.lower())
    ]  # fmt: skip
    if newest_only and fit:
        return [max(fit, key=lambda one: (one.changed_at, one.name))]
    return sorted(fit, key=lambda one: one.name)


def in_a_row(states: Iterable[str]) -> int:
    """How many fetches came without books since one went well, the newest state first."""
    count = 0
    for state in states:
        if state in UNDER_WAY:
            continue
        if state not in TROUBLED:
            break
        count += 1
    return count


def ends_too_much(summary: Mapping[str, Any]) -> str:
    """The first table of which an import ends more than a schedule may; blank where there is none."""
    for name, change in summary.items():
        gone = change["vanished"]["rows"] if change["ends"] else 0
        if gone > ENDED_ROWS and gone * ENDED_PART > change["before"]["rows"]:
            return name.replace("_", " ")
    return ""
