"""What is done to people: each in one transaction, told to the audit with what was before and after."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from countback.accounts import letters, queries
from countback.accounts.models import Invitation, Person
from countback.accounts.rules import INVITATION_LASTS, Role, Scope, fingerprint
from countback.accounts.witness import FACTORS
from countback.audit.actions import record
from countback.core.problem import CountbackError

LOCK = int.from_bytes(b"people", "big")
"""Number of the lock under which one transaction at a time changes who is an administrator."""


class UnableToInvite(CountbackError):
    """Nobody was invited."""


class UnableToAcceptInvitation(CountbackError):
    """The link opens no door, or no longer."""


class UnableToChangePerson(CountbackError):
    """The person stays as they are."""


@dataclass(frozen=True, slots=True)
class Doing:
    """Who does it, when, and from which network address."""

    by: Person
    at: datetime
    where: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person shall be."""

    name: str
    role: Role
    scope: Scope


def invite(email: str, asked: Asked, link_of: Callable[[str], str], doing: Doing) -> str:
    """Makes a person and sends them a link to come in; the link. `link_of`: the whole address of a link with that
    secret part. Raises UnableToInvite where somebody has that address, UnableToSendInvitation where the mail did not
    leave: then the person is there nevertheless."""
    try:
        with transaction.atomic():
            person = Person.objects.create_user(
                email, name=asked.name, role=asked.role, joined_at=doing.at, time_zone=settings.TIME_ZONE,
                **_kept(asked.scope),
            )  # fmt: skip
            token = _new_link(person, doing.at)
            _told("person invited", person, doing, before=None)
    except IntegrityError as error:
        why = "somebody here has that address"
        raise UnableToInvite(f"{email} was not invited", why, "find them in the list of people") from error
    letters.send_invitation(person, link_of(token), doing.by)
    return link_of(token)


def invite_again(person_id: int, link_of: Callable[[str], str], doing: Doing) -> str:
    """Sends a person a fresh link; those sent before open nothing from now on. Raises UnableToInvite where they were
    deactivated or have been here, UnableToSendInvitation."""
    with transaction.atomic():
        person = _locked(person_id)
        if not person.is_active or person.last_login or person.has_usable_password():
            why = "they have been here" if person.is_active else "they were deactivated"
            remedy = (
                "they can ask for a new password at the sign-in"
                if person.is_active
                else "reactivate them first"
            )
            raise UnableToInvite(f"{person} was not invited again", why, remedy)
        token = _new_link(person, doing.at)
        _record("person invited again", person, doing)
    letters.send_invitation(person, link_of(token), doing.by)
    return link_of(token)


def accept_invitation(token: str, *, name: str, password: str, at: datetime, where: str) -> Person:
    """Sets the person's first password; the link opens nothing from then on. Raises UnableToAcceptInvitation where it
    was used, has expired or is none, at any concurrency."""
    with transaction.atomic():
        invitation = (
            Invitation.objects.select_for_update()
            .select_related("person")
            .filter(token_hash=fingerprint(token))
            .first()
        )
        if invitation is None or not queries.opens(invitation, at):
            why = "it was used before, has expired, or another one was sent since"
            raise UnableToAcceptInvitation(
                "No password was set by this link", why, "ask your administrator for another"
            )
        invitation.used_at = at
        invitation.save(update_fields=["used_at"])
        person = invitation.person
        person.name = name
        person.set_password(password)
        person.save(update_fields=["name", "password"])
        _record("invitation accepted", person, Doing(person, at, where))
    return person


def change_person(person_id: int, asked: Asked, doing: Doing) -> None:
    """Gives a person another name, role or part of the books. Raises UnableToChangePerson for the last administrator
    who would be none."""
    with transaction.atomic():
        person = _locked(person_id)
        if asked.role != Role.ADMINISTRATOR:
            _keep_an_administrator(person, f"{person} did not get the role {asked.role.value}")
        before = _state(person)
        person.name, person.role = asked.name, asked.role
        for field, value in _kept(asked.scope).items():
            setattr(person, field, value)
        person.save()
        _told("person changed", person, doing, before)


def deactivate(person_id: int, doing: Doing) -> None:
    """Shuts a person out, and ends where they are signed in. Raises UnableToChangePerson for the last administrator."""
    with transaction.atomic():
        person = _locked(person_id)
        _keep_an_administrator(person, f"{person} was not deactivated")
        before = _state(person)
        person.is_active = False
        person.save(update_fields=["is_active"])
        for session in UserSession.objects.filter(user=person):
            session.end()
        _told("person deactivated", person, doing, before)


def reactivate(person_id: int, doing: Doing) -> None:
    """Lets a person in again, with the role and password that they had."""
    with transaction.atomic():
        person = _locked(person_id)
        before = _state(person)
        person.is_active = True
        person.save(update_fields=["is_active"])
        _told("person reactivated", person, doing, before)


def remove_second_factors(person_id: int, doing: Doing) -> None:
    """For somebody who lost their telephone and their codes: the password alone lets them in until they set up another
    factor."""
    with transaction.atomic():
        person = _locked(person_id)
        factors = Authenticator.objects.filter(user=person)
        before = {"second factors": sorted(FACTORS[kind] for kind in factors.values_list("type", flat=True))}
        factors.delete()
        _record("second factors removed", person, doing, before=before, after={"second factors": []})


def change_own_page(name: str, language: str, time_zone: str, doing: Doing) -> None:
    """Gives the person themselves another name, language or time zone."""
    with transaction.atomic():
        person = _locked(doing.by.pk)
        before = {"name": person.name, "language": person.language, "time zone": person.time_zone}
        person.name, person.language, person.time_zone = name, language, time_zone
        person.save(update_fields=["name", "language", "time_zone"])
        after = {"name": name, "language": language, "time zone": time_zone}
        if before != after:
            _record("own page changed", person, doing, before=before, after=after)


def end_other_sessions(kept: str, doing: Doing) -> None:
    """Ends every session of the person themselves but the one of the key `kept`."""
    with transaction.atomic():
        ended = list(UserSession.objects.filter(user=doing.by).exclude(session_key=kept))
        for session in ended:
            session.end()
        _record("sessions ended", doing.by, doing, after={"sessions": len(ended)})


def _locked(person_id: int) -> Person:
    """The person, changed by nobody else until the end; nor does the number of administrators change."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    return Person.objects.select_for_update().get(pk=person_id)


def _keep_an_administrator(person: Person, what: str) -> None:
    if person.is_active and person.role == Role.ADMINISTRATOR and not queries.another_administrator(person):
        why = "nobody else who has been here is an administrator, and nobody could make one"
        raise UnableToChangePerson(what, why, "make somebody else an administrator first")


def _new_link(person: Person, at: datetime) -> str:
    token = secrets.token_urlsafe(32)
    Invitation.objects.filter(person=person, used_at=None, expires_at__gt=at).update(expires_at=at)
    Invitation.objects.create(
        person=person, token_hash=fingerprint(token), made_at=at, expires_at=at + INVITATION_LASTS
    )
    return token


def _kept(scope: Scope) -> dict[str, Any]:
    return {
        "all_entities": scope.entities is None,
        "entities": list(scope.entities or ()),
        "all_collectors": scope.collectors is None,
        "collectors": list(scope.collectors or ()),
    }


def _state(person: Person) -> dict[str, Any]:
    scope = queries.scope_of(person)
    return {
        "name": person.name,
        "e-mail": person.email,
        "role": str(person.role),
        "entities": "all" if scope.entities is None else list(scope.entities),
        "collectors": "all" if scope.collectors is None else list(scope.collectors),
        "active": person.is_active,
    }


def _told(what: str, person: Person, doing: Doing, before: dict[str, Any] | None) -> None:
    """Records what changed, if anything did."""
    after = _state(person)
    if before != after:
        _record(what, person, doing, before=before, after=after)


def _record(what: str, person: Person, doing: Doing, **states: Any) -> None:
    record(
        who=doing.by, what=what, about=("person", str(person.pk)), at=doing.at, where=doing.where, **states
    )
