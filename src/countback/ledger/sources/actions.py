"""What people do with sources: each change is written with its line in the audit, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, time
from typing import Any

from django.db import IntegrityError, transaction

from countback.audit.actions import record
from countback.core.problem import CountbackError
from countback.ledger.sources import rules, sftp
from countback.ledger.sources.due import put_in_queue
from countback.ledger.sources.models import Fetch, Source
from countback.ledger.sources.rules import Kind, Secret
from countback.ledger.uploads import Asker

CHECKED_WITH = ("kind", "address")
"""Fields with which an SFTP server's confirmed key goes: another server has another key."""


class UnableToChangeSource(CountbackError):
    """A source stays as it is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A source as somebody filled it in; the fields are those of `Source`."""

    name: str
    kind: str
    address: str
    pattern: str
    newest_only: bool
    profile: str
    ends_vanished: bool
    interval_minutes: int | None
    at_time: time
    time_zone: str
    secret: str
    secret_variable: str
    active: bool


def add_source(asked: Asked, *, asker: Asker) -> Source:
    """Makes a source. Raises UnableToChangeSource."""
    _refuse_unsound(asked)
    source = Source(**asdict(asked), made_at=asker.at, due_at=_due(asked, asker.at))
    with _one_name(asked.name), transaction.atomic():
        source.save(force_insert=True)
        _note("source added", source, asker, after=_told(asked))
    return source


def change_source(source: Source, asked: Asked, *, asker: Asker) -> None:
    """Changes a source. Raises UnableToChangeSource."""
    _refuse_unsound(asked)
    with _one_name(asked.name), transaction.atomic():
        held = Source.objects.select_for_update().get(pk=source.pk)
        before = _told(Asked(**{name: getattr(held, name) for name in asdict(asked)}))
        elsewhere = any(getattr(held, name) != getattr(asked, name) for name in CHECKED_WITH)
        for name, value in asdict(asked).items():
            setattr(held, name, value)
        held.due_at = _due(asked, asker.at)
        if elsewhere and held.kind == Kind.SFTP:
            held.host_key = held.offered_key = ""
        held.save()
        _note("source changed", held, asker, before=before, after=_told(asked))


def remove_source(source: Source, *, asker: Asker) -> None:
    """Takes a source off the list; what was fetched of it stays in the ledger. Raises UnableToChangeSource."""
    with transaction.atomic():
        mine = Source.objects.filter(pk=source.pk, removed_at=None)
        if not mine.update(removed_at=asker.at, active=False):
            raise _gone(source)
        _note("source removed", source, asker)


def confirm_key(source: Source, fingerprint: str, *, asker: Asker) -> None:
    """Trusts the key that an SFTP server showed; `fingerprint`: of the key that the person saw and compared. Raises
    UnableToChangeSource where the server showed another since."""
    with transaction.atomic():
        held = Source.objects.select_for_update().get(pk=source.pk)
        if not held.offered_key or sftp.fingerprint(held.offered_key) != fingerprint:
            raise UnableToChangeSource(
                f"The key of {source.name} was not confirmed", "the server has shown another one since",
                "compare the one that is shown now",
            )  # fmt: skip
        before = {"key": sftp.fingerprint(held.host_key)}
        held.host_key, held.offered_key = held.offered_key, ""
        held.save(update_fields=["host_key", "offered_key"])
        _note("host key confirmed", held, asker, before=before, after={"key": fingerprint})


def fetch_now(source: Source, *, asker: Asker) -> Fetch:
    """Has a source fetched at once. Raises UnableToChangeSource where that is under way."""
    if source.removed_at is not None:
        raise _gone(source)
    try:
        with transaction.atomic():
            fetch = put_in_queue(source, by=asker.who, at=asker.at)
            _note("fetch asked for", source, asker)
    except IntegrityError as error:
        why = "it is being fetched already"
        raise UnableToChangeSource(f"{source.name} was not fetched again", why, "wait for that") from error
    return fetch


def _refuse_unsound(asked: Asked) -> None:
    kind = Kind(asked.kind)
    why = rules.wrong_with(kind, asked.address) or rules.wrong_with_secret(
        kind, Secret(asked.secret), asked.secret_variable, asked.address
    )
    if why:
        raise UnableToChangeSource(f"{asked.name} was not saved", why, "correct it and save again")


@contextmanager
def _one_name(name: str) -> Iterator[None]:
    """Says in words that another source has the name."""
    try:
        yield
    except IntegrityError as error:
        why = "another source has this name"
        raise UnableToChangeSource(f"{name} was not saved", why, "choose another") from error


def _due(asked: Asked, at: datetime) -> datetime:
    return rules.next_due(asked.interval_minutes, asked.at_time, asked.time_zone, at)


def _gone(source: Source) -> UnableToChangeSource:
    return UnableToChangeSource(
        f"{source.name} was left as it is", "it has been removed", "look at the list of sources"
    )


def _told(asked: Asked) -> dict[str, Any]:
    """What the audit keeps: everything, as there is no secret in it."""
    return asdict(asked) | {"at_time": f"{asked.at_time:%H:%M}"}


def _note(
    what: str,
    source: Source,
    asker: Asker,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    about = ("source", str(source.pk))
    told = {"name": source.name} | dict(after or {})
    record(who=asker.who, what=what, about=about, at=asker.at, before=before, after=told, where=asker.where)
