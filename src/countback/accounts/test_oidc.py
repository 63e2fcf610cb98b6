"""Coming in with the company's account: a provider of OpenID Connect that the test starts."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from countback.accounts.models import Person
from countback.audit import queries as audit


class Provider(ThreadingHTTPServer):
    """Says of everyone what `claims` holds."""

    daemon_threads = True
    claims: dict[str, object]

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class Answering(BaseHTTPRequestHandler):
    """Discovery, tokens and what is known of who signs in."""

    server: Provider

    def do_GET(self) -> None:
        """The description of the provider, or the claims."""
        own = self.server.url
        described = {
            "issuer": own,
            "authorization_endpoint": f"{own}/authorize",
            "token_endpoint": f"{own}/token",
            "userinfo_endpoint": f"{own}/userinfo",
            "jwks_uri": f"{own}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
        self._say(described if "well-known" in self.path else self.server.claims)

    def do_POST(self) -> None:
        """A token for any code."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self._say({"access_token": "t", "token_type": "Bearer"})

    def _say(self, told: dict[str, object]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())

    def log_message(self, *_: object) -> None:
        """Keeps quiet."""


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    """The company's provider, and the settings that name it."""
    server = Provider(("127.0.0.1", 0), Answering)
    server.claims = {"sub": "42", "email": "Bob@example.com", "email_verified": True}
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    app = {"provider_id": "company", "name": "your company account", "client_id": "c", "secret": "s",
           "settings": {"server_url": server.url}}  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def come_back(client):
    """Goes to the provider and comes back with a code."""
    leaving = client.get("/accounts/oidc/company/login/")
    asked = parse_qs(urlsplit(leaving.url).query)
    assert asked["code_challenge_method"] == ["S256"]
    back = {"code": "x", "state": asked["state"][0]}
    return client.get("/accounts/oidc/company/login/callback/", back)


def test_the_company_account_is_offered_only_where_one_is_set(provider, client, settings, world) -> None:
    assert "Sign in with your company account" in client.get("/accounts/login/").content.decode()
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": []}}
    assert "company account" not in client.get("/accounts/login/").content.decode()
    assert client.get("/accounts/oidc/company/login/").status_code == 404


def test_who_is_here_already_comes_in(provider, client, world) -> None:
    assert come_back(client).url == "/"
    assert client.get("/accounts/me/").status_code == 200
    assert audit.about("person", world.bob.pk)[0].what == "signed in"


def test_the_password_stays_and_the_account_is_known_the_next_time(provider, client, world) -> None:
    world.bob.set_password("orchid-tandem-41")
    world.bob.save()
    come_back(client)
    client.logout()
    provider.claims = {"sub": "42", "email": "renamed@example.com", "email_verified": True}
    assert come_back(client).url == "/"
    assert Person.objects.get(pk=world.bob.pk).has_usable_password()


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        (
            {"email": "eve@example.com", "email_verified": True},
            "nobody active here has the address eve@example.com",
        ),
        ({"email": "bob@example.com", "email_verified": False}, "does not vouch that this address is yours"),
        ({"email": "bob@example.com"}, "does not vouch that this address is yours"),
        (
            {"email": "bob@example.com", "email_verified": "false"},
            "does not vouch that this address is yours",
        ),
        ({}, "did not tell an e-mail address"),
    ],
)
def test_anyone_else_is_told_why_not(provider, client, world, claims, said) -> None:
    provider.claims = {"sub": "43"} | claims
    answer = come_back(client)
    assert answer.status_code == 403
    assert said in answer.content.decode()
    assert client.get("/accounts/me/").status_code == 302
    assert Person.objects.count() == 3


def test_deactivated_people_stay_outside(provider, client, world) -> None:
    Person.objects.filter(pk=world.bob.pk).update(is_active=False)
    assert come_back(client).status_code == 403
    assert client.get("/accounts/me/").status_code == 302


def test_a_provider_that_fails_is_said_in_words(provider, client, world) -> None:
    answer = client.get("/accounts/oidc/company/login/callback/", {"error": "server_error", "state": "x"})
    assert "answered with an error" in answer.content.decode()
