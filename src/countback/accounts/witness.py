"""What people do at the door, told to the audit."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.db import transaction
from django.http import HttpRequest

from countback.accounts.access import origin
from countback.accounts.models import Person
from countback.audit.actions import record

ACTS = {
    account.user_logged_in: "signed in",
    account.password_changed: "password changed",
    account.password_set: "password set",
    account.password_reset: "password reset",
    mfa.authenticator_added: "second factor added",
    mfa.authenticator_removed: "second factor removed",
    mfa.authenticator_reset: "second factor renewed",
}
"""Signals of the door, and the words for each."""


FACTORS = {"totp": "authenticator app", "webauthn": "passkey", "recovery_codes": "recovery codes"}
"""The kinds of second factor, in words."""


def listen() -> None:
    """From now on each of these acts is recorded."""
    for signal, what in ACTS.items():
        signal.connect(_recorder(what), weak=False, dispatch_uid=f"countback {what}")


def _recorder(what: str) -> Any:
    def told(*, request: HttpRequest, user: Person, **more: Any) -> None:
        authenticator = more.get("authenticator")
        after = {"kind": FACTORS[authenticator.type]} if authenticator is not None else None
        with transaction.atomic():
            record(
                who=user, what=what, about=("person", str(user.pk)), at=request.moment,  # type: ignore[attr-defined]
                after=after, where=origin(request),
            )  # fmt: skip

    return told
