"""Who may open which page: every view says so."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from countback.accounts.rules import may

View = Callable[..., HttpResponseBase]


def needs(action: str) -> Callable[[View], View]:
    """Lets in people whose role allows `action`; others are told, strangers are sent to sign in."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *given: Any, **named: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not may(request.user.role, action):
                raise PermissionDenied
            return view(request, *given, **named)

        guarded.needs = action  # type: ignore[attr-defined]
        return guarded

    return decorate
