"""The people screen: who may come in, with which role, to which part of the books."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection

from countback.accounts import actions, queries
from countback.accounts.actions import Asked, Doing, UnableToChangePerson
from countback.accounts.models import Person
from countback.accounts.rules import Role, Scope
from countback.audit import queries as audit
from countback.audit.models import Line

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ALL = Scope()


@pytest.fixture
def alice(world):
    """Alice's browser."""
    return world.client_of(world.alice)


def filled(**other: str) -> dict[str, str]:
    """The form of a person, filled."""
    given = {"name": "Bob Brown", "role": "collector", "all_entities": "on", "collectors": "anna"} | other
    return {name: value for name, value in given.items() if value}


def test_the_list_says_who_sees_what(alice) -> None:
    shown = alice.get("/people/").content.decode()
    for words in ("Alice Adams", "bob@example.com", "anna", "NONE", "charlie@example.com"):
        assert words in shown


def test_the_list_asks_as_often_for_forty_people(world, alice, django_assert_max_num_queries) -> None:
    for number in range(40):
        Person.objects.create_user(f"p{number}@example.com", role="viewer", joined_at=AT)
    with django_assert_max_num_queries(5):
        answer = alice.get("/people/")
    assert len(answer.context["people"]) == 43


def test_a_change_is_saved_and_told_with_before_and_after(world, alice) -> None:
    answer = alice.post(
        f"/people/{world.bob.pk}/",
        filled(role="manager", all_entities="", entities="DE, AT", collectors="ben, anna"),
    )
    assert answer.status_code == 302
    bob = Person.objects.get(pk=world.bob.pk)
    assert (bob.role, queries.scope_of(bob)) == ("manager", Scope(("AT", "DE"), ("anna", "ben")))
    line = audit.about("person", bob.pk)[0]
    assert (line.who, line.what, line.from_where) == (world.alice, "person changed", "127.0.0.1")
    assert {change.name: (change.before, change.after) for change in line.changes} == {
        "role": ("collector", "manager"),
        "entities": ("all", ["AT", "DE"]),
        "collectors": (["anna"], ["anna", "ben"]),
    }
    assert "Person changed" in alice.get(f"/people/{bob.pk}/").content.decode()


def test_what_changes_nothing_is_not_told(world, alice) -> None:
    alice.post(f"/people/{world.bob.pk}/", filled())
    assert audit.about("person", world.bob.pk) == []


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"all_entities": ""}, "else they would see nothing"),
        ({"entities": "DE"}, "not both"),
        ({"collectors": " , "}, "else they would see nothing"),
        ({"role": "king"}, "king is not one of"),
        ({"name": ""}, "required"),
        ({"collectors": "x" * 201}, "200 characters"),
    ],
)
def test_a_portfolio_is_never_all_or_nothing_by_mistake(world, alice, other, said) -> None:
    answer = alice.post(f"/people/{world.bob.pk}/", filled(**other))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert Person.objects.get(pk=world.bob.pk).collectors == ["anna"]


def test_deactivated_people_are_out_at_once_and_stay_out(world, alice) -> None:
    bobs = world.client_of(world.bob)
    assert bobs.get("/accounts/me/").status_code == 200
    alice.post(f"/people/{world.bob.pk}/deactivate/")
    assert bobs.get("/accounts/me/").status_code == 302
    assert "deactivated" in alice.get("/people/").content.decode()
    alice.post(f"/people/{world.bob.pk}/reactivate/")
    assert Person.objects.get(pk=world.bob.pk).is_active
    assert [line.what for line in audit.about("person", world.bob.pk)] == [
        "person reactivated",
        "person deactivated",
    ]


@pytest.mark.parametrize("what", ["deactivate", "demote"])
def test_the_last_administrator_stays(world, alice, what) -> None:
    address = f"/people/{world.alice.pk}/"
    if what == "demote":
        answer = alice.post(address, filled(role="viewer"))
    else:
        answer = alice.post(address + "deactivate/", follow=True)
    assert "make somebody else an administrator first" in answer.content.decode()
    person = Person.objects.get(pk=world.alice.pk)
    assert (person.role, person.is_active) == ("administrator", True)
    assert not Line.objects.exists()


def test_an_administrator_who_never_came_does_not_count(world, alice) -> None:
    other = Person.objects.create_user("dora@example.com", role="administrator", joined_at=AT)
    doing = Doing(world.alice, AT)
    with pytest.raises(UnableToChangePerson):
        actions.deactivate(world.alice.pk, doing)
    other.last_login = AT
    other.save()
    actions.deactivate(world.alice.pk, doing)
    assert not Person.objects.get(pk=world.alice.pk).is_active


@pytest.mark.django_db(transaction=True)
def test_two_administrators_cannot_demote_each_other_at_once(world) -> None:
    Person.objects.filter(pk__in=[world.alice.pk, world.bob.pk]).update(role="administrator", last_login=AT)
    ready, refused = threading.Barrier(2), []

    def demote(one: Person, by: Person) -> None:
        ready.wait()
        try:
            actions.change_person(one.pk, Asked(one.name, Role.VIEWER, ALL), Doing(by, AT))
        except UnableToChangePerson as error:
            refused.append(error)
        finally:
            connection.close()

    pairs = [(world.alice, world.bob), (world.bob, world.alice)]
    threads = [threading.Thread(target=demote, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert Person.objects.filter(role="administrator").count() == 1


def test_second_factors_can_be_removed_for_somebody_who_lost_them(world, alice) -> None:
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=world.bob, type="totp", data={"secret": "x"})
    assert "Remove second factors" in alice.get(f"/people/{world.bob.pk}/").content.decode()
    alice.post(f"/people/{world.bob.pk}/remove-second-factors/")
    assert not Authenticator.objects.exists()
    assert audit.about("person", world.bob.pk)[0].before == {"second factors": ["authenticator app"]}


@pytest.mark.parametrize("address", ["/people/999999/", "/people/1/promote/", "/people/999999/deactivate/"])
def test_who_is_not_there_is_not_found(world, alice, address) -> None:
    answer = alice.post(address.replace("/1/", f"/{world.bob.pk}/"), filled())
    assert answer.status_code == 404


def test_looking_at_a_person_changes_nothing(world, alice) -> None:
    assert alice.get(f"/people/{world.bob.pk}/deactivate/").status_code == 405
    assert Person.objects.get(pk=world.bob.pk).is_active


def test_the_own_page_is_one_s_own(world) -> None:
    bobs = world.client_of(world.bob)
    assert "Collectors <b>anna</b>" in bobs.get("/accounts/me/").content.decode()
    bobs.post(
        "/accounts/me/",
        {"name": "Robert", "language": "en", "time_zone": "Asia/Tokyo", "role": "administrator"},
    )
    bob = Person.objects.get(pk=world.bob.pk)
    assert (bob.name, bob.time_zone, bob.role) == ("Robert", "Asia/Tokyo", "collector")
    assert audit.about("person", bob.pk)[0].after["time zone"] == "Asia/Tokyo"
    answer = bobs.post("/accounts/me/", {"name": "R", "language": "en", "time_zone": "Mars/Base"})
    assert "Mars/Base is not one of" in answer.content.decode()
