"""The pages: what they show, to whom, what can be done there, and what two people at once are told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from countback.accounts.models import Person
from countback.accounts.testing import World
from countback.audit import queries as audit
from countback.ledger.records.models import Address, ContactPerson, Erasure, FieldValue, Note
from countback.ledger.records.testing import ADDRESS, PERSON, at, filled, imported, text
from countback.ledger.testing import Importing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def books(importing: Importing) -> None:
    """C1 is anna's, whom bob sees; C2 is ben's."""
    imported(importing)


def notes(answer: Any) -> str:
    """The words of the list of notes."""
    return " ".join(
        re.sub(r"<[^>]+>", " ", answer.content.decode().partition('<ol class="notes">')[2]).split()
    )


def everything(person: ContactPerson) -> dict[str, list[str]]:
    """Each route about customer C1 -> the ways in which it can be asked."""
    address, note = (
        Address.objects.filter(customer_id=person.customer_id).first(),
        Note.objects.filter(customer_id=person.customer_id).last(),
    )
    both, post = ["get", "post"], ["post"]
    customer = person.customer_id
    return {
        at("record", customer): ["get"],
        at("new_contact_person", customer): both,
        at("contact_person", person.pk): both,
        at("copy_contact_person", person.pk): post,
        at("erase_contact_person", person.pk): both,
        at("step_contact_person", person.pk, "end"): post,
        at("step_contact_person", person.pk, "resume"): post,
        at("new_address", customer): both,
        at("address", address.pk): both,
        at("step_address", address.pk, "end"): post,
        at("step_address", address.pk, "resume"): post,
        at("new_note", customer): post,
        at("correct_note", note.pk): both,
        at("pin_note", note.pk, "pin"): post,
        at("pin_note", note.pk, "unpin"): post,
        at("field_values", customer): both,
        at("copy_customer", customer): post,
        at("erase_customer", customer): both,
    }


def statuses(world: World, person: Person, routes: dict[str, list[str]]) -> dict[tuple[str, str], int]:
    client = world.client_of(person)
    return {
        (way, route): getattr(client, way)(route).status_code
        for route, ways in routes.items()
        for way in ways
    }


@pytest.mark.parametrize("role", ["viewer", "collector", "manager", "administrator", "auditor", "agency"])
def test_for_charlie_none_of_it_is_there(world: World, role: str) -> None:
    """Whatever his role: 404, or 403 where his role could not do it to anybody."""
    person = filled(world.alice)
    world.charlie.role = role
    world.charlie.save()
    before = state()
    found = statuses(world, world.charlie, everything(person))
    assert set(found.values()) <= {404, 403}
    assert found["get", at("record", "C1")] == 404
    if role == "administrator":
        assert set(found.values()) == {404}
    if role in ("collector", "manager"):
        assert {route for (_, route), code in found.items() if code == 403} == {
            route for route in everything(person) if "copy" in route or "erase" in route
        }
    assert state() == before


def test_bob_does_what_a_collector_may_with_his_own_and_nothing_with_others(world: World) -> None:
    mine, theirs = filled(world.alice), filled(world.alice, "C2")
    found = statuses(world, world.bob, everything(mine))
    assert {code for (_, route), code in found.items() if "copy" in route or "erase" in route} == {403}
    assert {code for (_, route), code in found.items() if "copy" not in route and "erase" not in route} <= {
        200,
        302,
    }
    others = statuses(world, world.bob, everything(theirs))
    assert set(others.values()) == {404, 403}


def test_a_customer_that_is_not_there_is_not_there(world: World) -> None:
    client = world.client_of(world.alice)
    assert client.get(at("record", "C77")).status_code == 404
    assert client.get(at("contact_person", 4711)).status_code == 404


def state() -> tuple[Any, ...]:
    return (
        *ContactPerson.objects.values_list("pk", "version", "ended_at"),
        *Address.objects.values_list("pk", "version", "ended_at"),
        *Note.objects.values_list("pk", "pinned"),
        FieldValue.objects.count(),
        Erasure.objects.count(),
    )


def test_an_empty_record_says_what_to_do(world: World) -> None:
    shown = text(world.client_of(world.bob).get(at("record", "C1")))
    for words in (
        "Nobody is noted yet",
        "No address is noted yet",
        "Nothing is noted yet",
        "an administrator can define",
    ):
        assert words in shown


def test_a_viewer_reads_and_finds_no_button(world: World) -> None:
    filled(world.alice)
    world.bob.role = "viewer"
    world.bob.save()
    page = world.client_of(world.bob).get(at("record", "C1")).content.decode()
    assert "Ilse Wagner" in page
    assert "<textarea" not in page
    assert re.findall(r'action="(?!/accounts/logout/)[^"]*"', page) == []


def test_an_agency_sees_whom_to_write_to_and_no_notes(world: World) -> None:
    filled(world.alice)
    world.bob.role = "agency"
    world.bob.save()
    shown = text(world.client_of(world.bob).get(at("record", "C1")))
    assert "Ilse Wagner" in shown
    assert "A quiet year" not in shown
    assert "note added" not in shown.lower()


def test_a_contact_person_is_added_changed_ended_and_resumed(world: World) -> None:
    client = world.client_of(world.bob)
    given = PERSON | {"main": "on"}
    client.post(at("new_contact_person", "C1"), given)
    person = ContactPerson.objects.get()
    assert {name: getattr(person, name) for name in PERSON} == PERSON
    client.post(at("contact_person", person.pk), given | {"phone": "1", "version": "1"})
    person.refresh_from_db()
    assert (person.phone, person.version) == ("1", 2)
    line = audit.about("customer", "C1")[0]
    assert (line.what, line.after) == (
        "contact person changed",
        {"contact person": person.pk, "changed": ["phone"]},
    )
    client.post(at("step_contact_person", person.pk, "end"))
    person.refresh_from_db()
    assert person.ended_at is not None
    assert not person.main
    assert "1 ended" in text(client.get(at("record", "C1")))
    client.post(at("step_contact_person", person.pk, "resume"))
    person.refresh_from_db()
    assert person.ended_at is None
    assert len(audit.about("customer", "C1")) == 4


def test_of_two_main_contact_persons_the_later_is_it(world: World) -> None:
    client = world.client_of(world.bob)
    for name in ("One", "Two"):
        client.post(at("new_contact_person", "C1"), {"name": name, "main": "on"})
    assert list(ContactPerson.objects.filter(main=True).values_list("name", flat=True)) == ["Two"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "This field is required"),
        ({"email": "nobody"}, "Enter a valid email address"),
        ({"email": "", "receives": ["invoices"]}, "They receive mail: write their address"),
        ({"receives": ["parcels"]}, "Select a valid choice"),
        ({"language": "xx-nowhere"}, "Select a valid choice"),
        ({"name": "x" * 201}, "at most 200 characters"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_box(world: World, change: dict[str, Any], said: str) -> None:
    answer = world.client_of(world.bob).post(at("new_contact_person", "C1"), PERSON | change)
    assert said in text(answer)
    assert not ContactPerson.objects.exists()


def test_the_second_of_two_who_change_the_same_is_told_and_loses_nothing(world: World) -> None:
    person = filled(world.alice)
    mine, other = world.client_of(world.bob), world.client_of(world.alice)
    given = PERSON | {"main": "on", "version": "1"}
    assert mine.post(at("contact_person", person.pk), given | {"phone": "111"}).status_code == 302
    answer = other.post(at("contact_person", person.pk), given | {"function": "Chief"})
    assert answer.status_code == 409
    shown = text(answer)
    assert "somebody else has changed it since you opened it" in shown
    assert "now 111" in shown
    page = answer.content.decode()
    assert 'value="Chief"' in page, "what was written is kept"
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    assert (
        other.post(
            at("contact_person", person.pk), given | {"function": "Chief", "phone": "111", "version": version}
        ).status_code
        == 302
    )
    person.refresh_from_db()
    assert (person.phone, person.function, person.version) == ("111", "Chief", 3)


def test_an_address_is_kept_line_by_line(world: World) -> None:
    client = world.client_of(world.bob)
    client.post(at("new_address", "C1"), ADDRESS | {"lines": "Alder Ltd\r\nLindenweg 7"})
    address = Address.objects.get()
    assert address.lines == "Alder Ltd\nLindenweg 7"
    page = client.get(at("record", "C1")).content.decode()
    assert "Alder Ltd<br>Lindenweg 7<br>10115 Berlin<br>Germany" in page
    client.post(at("address", address.pk), ADDRESS | {"city": "Bonn", "version": "1"})
    assert Address.objects.get().city == "Bonn"
    assert (
        client.post(at("address", address.pk), ADDRESS | {"city": "Ulm", "version": "1"}).status_code == 409
    )
    assert Address.objects.get().city == "Bonn"


# check 57
def test_what_was_noted_stays_text(world: World) -> None:
    client = world.client_of(world.bob)
    client.post(at("new_note", "C1"), {"text": "<script>alert(1)</script>\r\n{{ settings }}"})
    page = client.get(at("record", "C1")).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>{{ settings }}" in page
    glance = client.get(reverse("dashboards:customer", args=["C1"])).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>{{ settings }}" in glance


def test_a_correction_takes_the_place_and_the_old_note_stays(world: World) -> None:
    client = world.client_of(world.bob)
    client.post(at("new_note", "C1"), {"text": "pays on Mondays", "pinned": "on"})
    note = Note.objects.get()
    assert "pays on Mondays" in client.get(at("correct_note", note.pk)).content.decode()
    client.post(at("correct_note", note.pk), {"text": "pays on Tuesdays"})
    later = world.client_of(world.alice).post(at("correct_note", note.pk), {"text": "pays never"})
    assert "somebody else has corrected it" in text(later)
    assert "pays never" in later.content.decode()
    shown = notes(client.get(at("record", "C1")))
    assert (
        shown.index("pays on Tuesdays") < shown.index("What it said before") < shown.index("pays on Mondays")
    )
    assert list(Note.objects.filter(pinned=True).values_list("text", flat=True)) == ["pays on Tuesdays"]


def test_pinned_notes_stand_first(world: World) -> None:
    client = world.client_of(world.bob)
    for words in ("oldest", "middle", "newest"):
        client.post(at("new_note", "C1"), {"text": words})
    client.post(at("pin_note", Note.objects.get(text="oldest").pk, "pin"))
    shown = notes(client.get(at("record", "C1")))
    assert shown.index("oldest") < shown.index("newest") < shown.index("middle")
    assert client.post(at("pin_note", Note.objects.first().pk, "burn")).status_code == 404


def test_an_empty_note_is_not_kept(world: World) -> None:
    answer = world.client_of(world.bob).post(at("new_note", "C1"), {"text": "  "}, follow=True)
    assert "The note was not kept" in text(answer)
    assert not Note.objects.exists()


def test_the_page_of_the_figures_shows_the_notes_and_leads_here(world: World) -> None:
    filled(world.alice)
    page = world.client_of(world.bob).get(reverse("dashboards:customer", args=["C1"])).content.decode()
    assert "A quiet year" in page
    assert "Ilse Wagner, Accounts payable" in page
    assert f'href="{at("record", "C1")}"' in page


@pytest.mark.parametrize("number", ["A/B", "..", "~x", "new", "C 1&x=ü"])
def test_any_number_of_a_customer_has_its_pages(world: World, importing: Importing, number: str) -> None:
    from countback.ledger.records.testing import collected, refreshed

    books = collected()
    importing(books | {"customers": [*books["customers"], {"customer_id": number, "name": "Odd"}]})
    refreshed()
    client = world.client_of(world.alice)
    assert "Odd" in text(client.get(at("record", number)))
    client.post(at("new_note", number), {"text": "x"})
    assert Note.objects.get().customer_id == number
