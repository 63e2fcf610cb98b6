"""Who may open which page: every view says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from countback.accounts.models import Person
from countback.accounts.rules import may

View = Callable[..., HttpResponseBase]


class Asking(HttpRequest):
    """A request as `needs` lets it in: of a person, at a moment, on a business date."""

    user: Person
    moment: datetime
    today: date


def needs(action: str) -> Callable[[View], View]:
    """Lets in people whose role allows `action`; others are told, strangers and people who were deactivated are sent to
    sign in. The page is made in the person's own language and time zone."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *given: Any, **named: Any) -> HttpResponseBase:
            person = request.user
            if not person.is_authenticated or not person.is_active:
                return redirect_to_login(request.get_full_path())
            if not may(person.role, action):
                raise PermissionDenied
            with timezone.override(ZoneInfo(person.time_zone)), translation.override(person.language):
                return view(request, *given, **named)

        guarded.needs = action  # type: ignore[attr-defined]
        return guarded

    return decorate


def origin(request: HttpRequest) -> str:
    """The network address that asks, for the audit: behind a proxy the one that the proxy names."""
    from allauth.account.adapter import get_adapter

    return str(get_adapter().get_client_ip(request))
