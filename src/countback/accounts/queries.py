"""What is asked about people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db.models import Exists, OuterRef, Q, QuerySet

from countback.accounts.models import Invitation, Person
from countback.accounts.rules import Role, Scope, browser, fingerprint
from countback.audit import queries as audit
from countback.audit.models import Line

CAME = Q(last_login__isnull=False) | ~Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
"""People who were here, or have a password to come with."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A person as the list shows them. `state`: "active", "invited", "invitation expired" or "deactivated"."""

    person: Person
    state: str
    invited_until: datetime | None
    second_factor: bool


@dataclass(frozen=True, slots=True)
class Record:
    """A person's page for administrators: `shown` as in the list, and what was done about them."""

    shown: Shown
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Session:
    """Where somebody is signed in. `agent`: what the browser says of itself."""

    session_key: str
    created_at: datetime
    ip: str
    agent: str

    @property
    def browser(self) -> str:
        """The browser in words."""
        return browser(self.agent)


@dataclass(frozen=True, slots=True)
class OwnPage:
    """What a person looks after: how they prove who they are, and where they are signed in."""

    totp: bool
    codes_left: int | None
    passkeys: list[Authenticator]
    sessions: list[Session]


def scope_of(person: Person) -> Scope:
    """The part of the books that a person may see."""
    return Scope(
        entities=None if person.all_entities else tuple(sorted(person.entities)),
        collectors=None if person.all_collectors else tuple(sorted(person.collectors)),
    )


def people(at: datetime) -> list[Shown]:
    """Everyone, by name; those who were deactivated last."""
    found = _with_factor().prefetch_related("invitations").order_by("-is_active", "name", "email")
    return [_shown(person, at) for person in found]


def record(person_id: int, at: datetime) -> Record:
    """One person for their page. Raises Person.DoesNotExist."""
    person = _with_factor().prefetch_related("invitations").get(pk=person_id)
    return Record(_shown(person, at), audit.about("person", person_id))


def own_page(person: Person) -> OwnPage:
    """What the person's own page shows."""
    kept: dict[str, list[Authenticator]] = {}
    for authenticator in Authenticator.objects.filter(user=person).order_by("created_at"):
        kept.setdefault(authenticator.type, []).append(authenticator)
    codes = kept.get(Authenticator.Type.RECOVERY_CODES)
    return OwnPage(
        totp=Authenticator.Type.TOTP in kept,
        codes_left=len(codes[0].wrap().get_unused_codes()) if codes else None,
        passkeys=kept.get(Authenticator.Type.WEBAUTHN, []),
        sessions=[
            Session(session.session_key, session.created_at, session.ip, session.user_agent)
            for session in sorted(
                UserSession.objects.purge_and_list(person), key=lambda s: s.created_at, reverse=True
            )
        ],
    )


def open_invitation(token: str, at: datetime) -> Invitation | None:
    """The invitation of a link, if it still opens the door."""
    found = Invitation.objects.select_related("person").filter(token_hash=fingerprint(token)).first()
    return found if found and opens(found, at) else None


def opens(invitation: Invitation, at: datetime) -> bool:
    """Whether an invitation was not used, has not expired, and the person was not deactivated."""
    return invitation.used_at is None and at < invitation.expires_at and invitation.person.is_active


def another_administrator(person: Person) -> bool:
    """Whether an active administrator other than this one has been here, or can be."""
    others = Person.objects.filter(CAME, role=Role.ADMINISTRATOR, is_active=True).exclude(pk=person.pk)
    return others.exists()


def _with_factor() -> QuerySet[Person]:
    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(type="recovery_codes")
    return Person.objects.annotate(second_factor=Exists(factors), came=Q(CAME))


def _shown(person: Person, at: datetime) -> Shown:
    waiting = [invitation for invitation in person.invitations.all() if invitation.used_at is None]
    until = max((invitation.expires_at for invitation in waiting), default=None)
    if not person.is_active:
        state = "deactivated"
    elif person.came or until is None:  # type: ignore[attr-defined]
        state = "active"
    else:
        state = "invited" if at < until else "invitation expired"
    return Shown(person, state, until, person.second_factor)  # type: ignore[attr-defined]
