"""Invitations: a link by mail that lets somebody set a password, once, within seven days."""

from __future__ import annotations

import re
import smtplib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from countback.accounts import actions
from countback.accounts.actions import Asked, Doing, UnableToAcceptInvitation, UnableToInvite
from countback.accounts.models import Invitation, Person
from countback.accounts.rules import Role, Scope
from countback.audit import queries as audit

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
PASSWORD = "orchid-tandem-41"
FORM = {
    "email": "Dora@Example.com",
    "name": "Dora",
    "role": "viewer",
    "all_entities": "on",
    "all_collectors": "on",
}


def invited(world, at: datetime = AT) -> str:
    """The secret part of a fresh link to Dora."""
    asked = Asked("Dora", Role.VIEWER, Scope())
    return actions.invite("dora@example.com", asked, str, Doing(world.alice, at))


@pytest.fixture
def mailed(settings):
    """A mail server is set."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, mail_url="smtp://localhost")


def test_from_the_form_to_the_first_sign_in(world, client, mailed) -> None:
    answer = world.client_of(world.alice).post("/people/invite/", FORM, follow=True)
    assert "on its way to Dora@Example.com" in answer.content.decode()
    (letter,) = mail.outbox
    assert letter.to == ["dora@example.com"]
    link = re.search(r"http://testserver(/invitation/\S+/)", letter.body)[1]
    assert link not in answer.content.decode(), "who invites does not see the link that is mailed"
    for _ in range(3):  # scanners of mail open links: to look at one uses nothing up
        assert client.get(link).status_code == 200
    assert not Person.objects.get(email="dora@example.com").has_usable_password()
    assert client.post(link, {"name": "Dora Dean", "password": PASSWORD}).url == "/accounts/login/"
    assert client.post("/accounts/login/", {"login": "DORA@example.com", "password": PASSWORD}).url == "/"
    dora = Person.objects.get(email="dora@example.com")
    assert (dora.name, dora.role) == ("Dora Dean", "viewer")
    told = [line.what for line in audit.about("person", dora.pk)]
    assert told == ["signed in", "invitation accepted", "person invited"]
    assert client.get(link).status_code == 410
    assert audit.verify() == []


def test_without_a_mail_server_the_administrator_hands_the_link_over(world) -> None:
    answer = world.client_of(world.alice).post("/people/invite/", FORM, follow=True)
    assert "http://testserver/invitation/" in answer.content.decode()


def test_the_link_works_once(world) -> None:
    token = invited(world)
    told = {"name": "D", "password": PASSWORD, "at": AT, "where": ""}
    actions.accept_invitation(token, **told)
    with pytest.raises(UnableToAcceptInvitation):
        actions.accept_invitation(token, **told | {"password": "another-one-52"})
    assert Person.objects.get(email="dora@example.com").check_password(PASSWORD)


@pytest.mark.parametrize(
    ("after", "opens"), [(timedelta(days=7, seconds=-1), True), (timedelta(days=7), False)]
)
def test_the_link_works_for_seven_days(world, after, opens) -> None:
    from countback.accounts.queries import open_invitation

    assert bool(open_invitation(invited(world), AT + after)) is opens


def test_a_link_that_is_none_opens_nothing(world, client) -> None:
    invited(world)
    assert client.get("/invitation/nonsense/").status_code == 410
    assert client.post("/invitation/nonsense/", {"name": "D", "password": PASSWORD}).status_code == 410
    kept = Invitation.objects.get().token_hash
    assert client.get(f"/invitation/{kept}/").status_code == 410, "what the database keeps is no link"


def test_another_link_ends_those_before(world, client) -> None:
    first = invited(world, at=datetime.now(UTC))
    dora = Person.objects.get(email="dora@example.com")
    second = actions.invite_again(dora.pk, str, Doing(world.alice, datetime.now(UTC)))
    assert client.get(f"/invitation/{first}/").status_code == 410
    assert client.get(f"/invitation/{second}/").status_code == 200


def test_deactivating_ends_the_link(world, client) -> None:
    token = invited(world, at=datetime.now(UTC))
    dora = Person.objects.get(email="dora@example.com")
    actions.deactivate(dora.pk, Doing(world.alice, AT))
    assert client.get(f"/invitation/{token}/").status_code == 410
    with pytest.raises(UnableToInvite, match="reactivate them first"):
        actions.invite_again(dora.pk, str, Doing(world.alice, AT))


def test_who_has_been_here_is_not_invited_again(world) -> None:
    world.bob.set_password(PASSWORD)
    world.bob.save()
    with pytest.raises(UnableToInvite, match="they have been here"):
        actions.invite_again(world.bob.pk, str, Doing(world.alice, AT))


@pytest.mark.parametrize("password", ["short-one-1", "password1234", "123456789012", "dora@example.com"])
def test_a_password_that_is_easily_guessed_is_refused(world, client, password) -> None:
    token = invited(world, at=datetime.now(UTC))
    assert client.post(f"/invitation/{token}/", {"name": "Dora", "password": password}).status_code == 200
    assert not Person.objects.get(email="dora@example.com").has_usable_password()


def test_nobody_is_invited_twice(world) -> None:
    answer = world.client_of(world.alice).post("/people/invite/", FORM | {"email": "BOB@example.com"})
    assert "somebody here has that address" in answer.content.decode()
    assert len(mail.outbox) == 0


def test_a_mail_that_does_not_leave_is_said_and_can_be_sent_again(world, mailed, monkeypatch) -> None:
    def refused(*_: object) -> None:
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")

    alice = world.client_of(world.alice)
    with monkeypatch.context() as patch:
        patch.setattr("countback.accounts.letters.send_mail", refused)
        answer = alice.post("/people/invite/", FORM, follow=True)
    assert "its mail was not sent: Connection unexpectedly closed" in answer.content.decode()
    dora = Person.objects.get(email="dora@example.com")
    answer = alice.post(f"/people/{dora.pk}/invite/", follow=True)
    assert "on its way" in answer.content.decode()
    assert len(mail.outbox) == 1
