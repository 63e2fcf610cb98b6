"""Every address of the application, by the URL table: nobody comes where their role does not let them, and nothing is
written without a token of our own pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.views.decorators.http import require_safe

from countback.accounts.rules import ALLOWED, may

METHODS = ("get", "head", "post", "put", "patch", "delete", "options")
WRITING = ("post", "put", "patch", "delete")

PUBLIC = {
    "healthz",
    "readyz",
    "metrics",
    "accounts:invitation",
    "accounts:closed",
    # allauth's, each of which asks itself for what it needs
    "account_login",
    "account_logout",
    "account_inactive",
    "account_signup",
    "account_reauthenticate",
    "account_email",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_change_password",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_login_code",
    "mfa_index",
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "mfa_login_webauthn",
    "mfa_reauthenticate_webauthn",
    "socialaccount_login_cancelled",
    "socialaccount_login_error",
    "socialaccount_signup",
    "socialaccount_connections",
    "openid_connect_login",
    "openid_connect_callback",
    "usersessions_list",
}
"""Routes that need no action of a role. Whatever is not here must say what it needs."""

REDIRECTS_OF_ALLAUTH = {
    f"accounts/social/{rest}/" for rest in ("login/cancelled", "login/error", "signup", "connections")
}
"""Old addresses without a name, behind accounts:closed."""

ALLAUTHS_OWN = [
    name
    for name in sorted(PUBLIC)
    if name.startswith(("mfa_", "usersessions_", "account_change", "account_set"))
]
"""Of these, those that are for people who are signed in, wholly or half."""

SAMPLES = {
    "int": "1",
    "slug": "a-b",
    "path": "a/b",
    "uuid": "12345678-1234-4234-8234-123456789abc",
}


@dataclass(frozen=True)
class Route:
    """One line of the URL table. `address`: one that it serves."""

    pattern: str
    name: str
    view: Any

    @property
    def address(self) -> str:
        """The pattern, with samples for its variables."""
        if self.name == "accounts:closed":
            return "/accounts/signup/"
        text = re.sub(r"\(\?P<\w+>[^)]*\)", "a", self.pattern)
        text = re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES.get(found[1], "abc"), text)
        return "/" + text.removesuffix("$")


def table(patterns: list[Any], before: str = "", space: str = "") -> Iterator[Route]:
    """Every route, however deep it lies."""
    for entry in patterns:
        here = before + str(entry.pattern).removeprefix("^")
        if isinstance(entry, URLResolver):
            yield from table(
                entry.url_patterns, here, space + (f"{entry.namespace}:" if entry.namespace else "")
            )
        elif isinstance(entry, URLPattern):
            yield Route(here, space + (entry.name or ""), entry.callback)


ROUTES = list(table(get_resolver().url_patterns))
GUARDED = [route for route in ROUTES if hasattr(route.view, "needs")]


def unguarded(routes: list[Route]) -> list[str]:
    """Routes that neither say what they need nor are known to be public."""
    return [
        f"{route.pattern} ({route.name}): say what it needs, with countback.accounts.access.needs"
        for route in routes
        if not hasattr(route.view, "needs")
        and route.name not in PUBLIC
        and route.pattern not in REDIRECTS_OF_ALLAUTH
    ]


def by_pattern(route: Route) -> str:
    return route.pattern or "(start)"


def test_every_route_says_what_it_needs_or_is_public() -> None:
    assert unguarded(ROUTES) == []
    assert len(GUARDED) >= 10


def test_a_route_without_a_guard_is_seen() -> None:
    @require_safe
    def open_door(request: object) -> None: ...

    assert unguarded([*ROUTES, Route("secret/", "secret", open_door)])[0].startswith("secret/")


@pytest.mark.parametrize("route", GUARDED, ids=by_pattern)
def test_the_sample_of_an_address_leads_to_its_page(route: Route) -> None:
    assert resolve(route.address).func is route.view, "give SAMPLES one for its variables"


def test_every_need_is_an_action_that_somebody_has() -> None:
    for route in GUARDED:
        assert any(may(role, route.view.needs) for role in ALLOWED), route


def test_no_public_name_is_stale() -> None:
    assert {route.name for route in ROUTES} >= PUBLIC


def of_all(routes: list[Route], methods: tuple[str, ...]) -> Iterator[tuple[Route, str]]:
    """Every method of every route."""
    return ((route, method) for route in routes for method in methods)


@pytest.mark.django_db
def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    for route, method in of_all(GUARDED, METHODS):
        answer = getattr(client, method)(route.address)
        assert answer.status_code in (302, 405), (route, method)
        if answer.status_code == 302:
            assert answer.url.startswith("/accounts/login/?next=/"), (route, method)


@pytest.mark.parametrize("role", ALLOWED)
def test_who_lacks_the_action_is_refused(role: str, world) -> None:
    world.charlie.role = role
    world.charlie.save()
    client = world.client_of(world.charlie)
    lacking = [route for route in GUARDED if not may(role, route.view.needs)]
    for route, method in of_all(lacking, METHODS):
        assert getattr(client, method)(route.address).status_code in (403, 405), (route, method)


def test_who_was_deactivated_is_a_stranger(world) -> None:
    client = world.client_of(world.alice)
    world.alice.is_active = False
    world.alice.save()
    for route, method in of_all(GUARDED, METHODS):
        assert getattr(client, method)(route.address).status_code in (302, 405), (route, method)


def test_nothing_is_written_without_a_token_of_our_pages(world) -> None:
    client = world.client_of(world.alice, enforce_csrf_checks=True)
    for route, method in of_all(ROUTES, WRITING):
        assert getattr(client, method)(route.address).status_code == 403, (route, method)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ALLAUTHS_OWN)
def test_strangers_do_not_reach_the_keeping_of_accounts(name: str, client: Client) -> None:
    (route, *_) = [route for route in ROUTES if route.name == name]
    answer = client.get(route.address)
    if name == "mfa_login_webauthn":
        asked = client.get(route.address, headers={"accept": "application/json"})
        assert list(asked.json()) == ["request_options"], "a challenge, which is nobody's"
    else:
        assert answer.status_code == 302
        assert answer.url.startswith("/accounts/login/")


@pytest.mark.parametrize("name", ["mfa_edit_webauthn", "mfa_remove_webauthn"])
def test_another_s_passkey_is_not_found(name: str, world) -> None:
    from allauth.mfa.models import Authenticator
    from django.urls import reverse

    key = Authenticator.objects.create(
        user=world.alice, type="webauthn", data={"name": "hers", "credential": {}}
    )
    client = world.client_of(world.bob)
    for method in ("get", "post"):
        assert getattr(client, method)(reverse(name, args=[key.pk])).status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()
