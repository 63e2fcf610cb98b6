"""Coming in and being shown out: passwords, codes, passkeys, attempts, sessions."""

from __future__ import annotations

import os
import re
from importlib import import_module

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.test import Client

from countback.accounts import actions
from countback.accounts.models import Person
from countback.accounts.test_people import AT
from countback.audit import queries as audit

PASSWORD = "orchid-tandem-41"
LOGIN = "/accounts/login/"


@pytest.fixture
def bob(world):
    """Bob, with a password."""
    world.bob.set_password(PASSWORD)
    world.bob.save()
    return world.bob


def signed_in(person: Person) -> Client:
    """A browser that came in by the door."""
    client = Client()
    assert client.post(LOGIN, {"login": person.email, "password": PASSWORD}).status_code == 302
    return client


def surely(person: Person) -> Client:
    """The same, having shown once more who one is, as what guards the account asks."""
    client = signed_in(person)
    asked = client.get("/accounts/2fa/totp/activate/")
    assert asked.url == "/accounts/reauthenticate/?next=%2Faccounts%2F2fa%2Ftotp%2Factivate%2F"
    assert client.post(asked.url, {"password": "wrong-wrong-1"}).status_code == 200
    assert client.get("/accounts/2fa/totp/activate/").status_code == 302
    assert client.post(asked.url, {"password": PASSWORD}).status_code == 302
    return client


def inside(client: Client) -> bool:
    """Whether one is signed in there."""
    return client.get("/accounts/me/").status_code == 200


def test_a_password_lets_in_and_is_told(bob) -> None:
    assert inside(signed_in(bob))
    line = audit.about("person", bob.pk)[0]
    assert (line.what, line.who, line.from_where) == ("signed in", bob, "127.0.0.1")


def test_where_one_wanted_to_go_one_goes(bob, client) -> None:
    asked = client.get("/accounts/me/?x=1")
    assert asked.url == "/accounts/login/?next=/accounts/me/%3Fx%3D1"
    page = client.get(asked.url).content.decode()
    assert '<input type="hidden" name="next" value="/accounts/me/?x=1">' in page
    given = {"login": bob.email, "password": PASSWORD}
    assert client.post(LOGIN, given | {"next": "/accounts/me/?x=1"}).url == "/accounts/me/?x=1"
    assert Client().post(LOGIN, given | {"next": "https://evil.example/"}).url == "/"


def test_a_wrong_password_and_a_stranger_look_the_same(bob, client) -> None:
    wrong = client.post(LOGIN, {"login": bob.email, "password": "wrong-wrong-1"})
    stranger = client.post(LOGIN, {"login": "nobody@example.com", "password": "wrong-wrong-1"})
    words = "The email address and/or password you specified are not correct."
    assert words in wrong.content.decode()
    assert words in stranger.content.decode()


def test_attempts_are_limited_also_for_who_then_knows_the_password(bob, client) -> None:
    for _ in range(5):
        client.post(LOGIN, {"login": bob.email, "password": "wrong-wrong-1"})
    answer = client.post(LOGIN, {"login": bob.email, "password": PASSWORD})
    assert "Too many failed login attempts" in answer.content.decode()
    assert not inside(client)


def test_attempts_from_one_address_are_limited_whomever_they_try(bob, client) -> None:
    codes = [
        client.post(LOGIN, {"login": f"p{n}@example.com", "password": "wrong-wrong-1"}).status_code
        for n in range(31)
    ]
    assert codes[:10] == [200] * 10
    assert codes[30] == 429
    assert b"Too many attempts" in client.post(LOGIN, {"login": bob.email, "password": PASSWORD}).content


def test_passwords_are_kept_as_argon2() -> None:
    project = import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    assert project.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_attempts_are_counted_by_all_processes_together(settings) -> None:
    assert settings.CACHES["default"]["BACKEND"] == "django.core.cache.backends.db.DatabaseCache"


def test_nobody_signs_themselves_up(client, db) -> None:
    given = {"email": "eve@example.com", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/signup/", given).status_code == 404
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    "address",
    ["signup/", "email/", "confirm-email/", "confirm-email/x/", "login/code/confirm/", "3rdparty/", "3rdparty/signup/",
     "social/signup/"],
)  # fmt: skip
def test_ways_that_are_none_here_are_shut(world, address) -> None:
    assert world.client_of(world.bob).get(f"/accounts/{address}").status_code == 404


def test_another_password_ends_the_other_sessions(bob) -> None:
    here, there = signed_in(bob), signed_in(bob)
    given = {"oldpassword": PASSWORD, "password1": "violet-anchor-63", "password2": "violet-anchor-63"}
    assert here.post("/accounts/password/change/", given).url == "/accounts/me/"
    assert inside(here)
    assert not inside(there)
    assert audit.about("person", bob.pk)[0].what == "password changed"


def test_a_session_that_was_ended_by_deactivation_does_not_come_back(world, bob) -> None:
    client = signed_in(bob)
    doing = actions.Doing(world.alice, AT)
    actions.deactivate(bob.pk, doing)
    assert not inside(client)
    assert client.post(LOGIN, {"login": bob.email, "password": PASSWORD}).url == "/accounts/inactive/"
    actions.reactivate(bob.pk, doing)
    assert not inside(client)


def test_one_signs_out_everywhere_else(bob) -> None:
    here, there = signed_in(bob), signed_in(bob)
    assert "Sign out everywhere else" in here.get("/accounts/me/").content.decode()
    here.post("/accounts/me/sessions/")
    assert inside(here)
    assert not inside(there)
    assert "Sign out everywhere else" not in here.get("/accounts/me/").content.decode()


def test_signing_out_needs_a_post(bob) -> None:
    client = signed_in(bob)
    client.get("/accounts/logout/")
    assert inside(client)
    client.post("/accounts/logout/")
    assert not inside(client)


def test_a_forgotten_password_is_set_anew_by_a_link_that_works_once(bob, client) -> None:
    there = signed_in(bob)
    client.post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert len(mail.outbox) == 0, "a stranger's address gets no mail of ours"
    client.post("/accounts/password/reset/", {"email": "Bob@example.com"})
    (letter,) = mail.outbox
    assert letter.subject == "A new password for Countback"
    link = re.search(r"http://testserver(/\S+)", letter.body)[1]
    form = client.get(link).url
    given = {"password1": "violet-anchor-63", "password2": "violet-anchor-63"}
    assert client.post(form, given).status_code == 302
    assert Person.objects.get(pk=bob.pk).check_password("violet-anchor-63")
    assert not inside(there)
    assert "opens nothing" in Client().get(link, follow=True).content.decode()
    assert audit.about("person", bob.pk)[0].what == "password reset"


def code_of(secret: str) -> str:
    """What an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_an_authenticator_app_is_set_up_and_then_asked_for(bob, django_capture_on_commit_callbacks) -> None:
    client = surely(bob)
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r'class="secret">(\w+)<', page)[1]
    assert 'src="data:image/svg+xml' in page
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}, follow=True)
    codes = re.findall(r"<li><code>(\w+)</code>", answer.content.decode())
    assert len(codes) == 10
    assert codes[0] not in client.get("/accounts/2fa/recovery-codes/").content.decode(), "shown this once"
    assert "10 left" in client.get("/accounts/me/").content.decode()
    other = signed_in(bob)
    assert not inside(other), "the password alone is half the way"
    assert "authenticator app" in other.get("/accounts/2fa/authenticate/").content.decode()
    assert other.post("/accounts/2fa/authenticate/", {"code": "000000x"}).status_code == 200
    assert not inside(other)
    other.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert inside(other)
    assert "9 left" in other.get("/accounts/me/").content.decode()
    told = [line.what for line in audit.about("person", bob.pk)]
    assert told.count("second factor added") == 2


def test_secrets_of_apps_are_random() -> None:
    assert generate_totp_secret() != generate_totp_secret()


def test_passkeys_are_offered_by_scripts_of_our_own_and_no_inline_ones(bob) -> None:
    client = surely(bob)
    for page in (Client().get(LOGIN), client.get("/accounts/2fa/webauthn/add/")):
        shown = page.content.decode()
        scripts = re.findall(r"<script([^>]*)>", shown)
        assert scripts
        assert all('src="/static/' in script or 'type="application/json"' in script for script in scripts)
        assert "accounts/passkeys" in shown
        assert " style=" not in shown
    asked = Client().get("/accounts/2fa/webauthn/login/", headers={"accept": "application/json"}).json()
    assert asked["request_options"]["publicKey"]["challenge"]


@pytest.mark.parametrize("password", ["short-one-1", "password1234", "bobbrown-bob"])
def test_a_sound_password_is_asked_for(bob, password) -> None:
    given = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    assert signed_in(bob).post("/accounts/password/change/", given).status_code == 200
    assert Person.objects.get(pk=bob.pk).check_password(PASSWORD)
