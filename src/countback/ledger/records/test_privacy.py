"""The pages of giving out and erasing: what is shown before, and what is done."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest

from countback.accounts.testing import World
from countback.audit import queries as audit
from countback.ledger.records import actions, erasing
from countback.ledger.records.models import Erasure
from countback.ledger.records.testing import at, doing, filled, imported, text
from countback.ledger.testing import Importing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def books(importing: Importing) -> None:
    """C1 is anna's, whom bob sees; C2 is ben's."""
    imported(importing)


def test_a_copy_holds_all_of_it_for_programs_and_for_people(world: World) -> None:
    filled(world.alice)
    answer = world.client_of(world.alice).post(at("copy_customer", "C1"))
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    told = json.loads(archive.read("customer.json"))
    assert [row["name"] for row in told["imported_customer"]] == ["Alder and Sons", "Alder"]
    assert [row["known_until"] is None for row in told["imported_customer"]] == [False, True]
    assert told["imported_customer"][1]["extra"]["note"] == "calls Fridays"
    assert [row["amount"] for row in told["invoices"]] == ["100.0000"]
    assert [row["payment_id"] for row in told["payments"]] == ["P1"]
    assert [person["email"] for person in told["contact_persons"]] == ["wagner@alder.example"]
    assert len(told["notes"]) == 3
    assert told["custom_fields"][0]["value"] == "likes football"
    assert {line["what"] for line in told["audit"]} >= {"note added", "address added"}
    page = archive.read("customer.html").decode()
    for words in ("Ilse Wagner", "Lindenweg 7", "pay on Mondays", "I1", "likes football"):
        assert words in page
    assert "Birch" not in page
    assert audit.about("customer", "C1")[0].what == "customer copied out"


def test_a_copy_for_one_person_holds_what_names_them(world: World) -> None:
    person = filled(world.alice)
    answer = world.client_of(world.alice).post(at("copy_contact_person", person.pk))
    told = json.loads(zipfile.ZipFile(io.BytesIO(answer.content)).read("contact-person.json"))
    assert told["contact_person"][0]["name"] == "Ilse Wagner"
    assert len(told["notes_that_name_them"]) == 2
    assert [line["what"] for line in told["audit"]] == ["contact person added"]


def test_a_copy_neutralises_no_formula_but_escapes_markup(world: World) -> None:
    actions.add_note("C1", "<img src=x>", doing(world.alice))
    answer = world.client_of(world.alice).post(at("copy_customer", "C1"))
    page = zipfile.ZipFile(io.BytesIO(answer.content)).read("customer.html").decode()
    assert "&lt;img src=x&gt;" in page


def test_the_preview_says_what_goes_and_what_stays(world: World) -> None:
    filled(world.alice)
    shown = text(world.client_of(world.alice).get(at("erase_customer", "C1")))
    for words in (
        "2 versions of the imported customer, and note; figures by those",
        "1 contact person: name",
        "1 address: lines",
        "The text of 3 notes",
        "1 value, earlier ones among them, of Hobby",
        "1 invoice, 1 payment and 1 further row",
        "There is no undo",
    ):
        assert words in shown
    assert not Erasure.objects.exists(), "looking erases nothing"


def test_erasing_on_the_page(world: World) -> None:
    filled(world.alice)
    client = world.client_of(world.alice)
    seen = re.search(r'name="seen" value="(\w+)"', client.get(at("erase_customer", "C1")).content.decode())[1]
    actions.add_note("C1", "one more", doing(world.bob))
    late = client.post(at("erase_customer", "C1"), {"seen": seen})
    assert "something was added or changed since" in text(late)
    seen = re.search(r'name="seen" value="(\w+)"', late.content.decode())[1]
    shown = text(client.post(at("erase_customer", "C1"), {"seen": seen}, follow=True))
    assert "What was personal here was erased" in shown
    assert "are being cleared" in shown
    assert erasing.is_behind()
    assert "Ilse Wagner" not in shown
    assert "Alder" not in shown, "even while the figures' files hold it still"
    assert "Nothing personal is left" in text(client.get(at("erase_customer", "C1")))


def test_erasing_one_person_on_the_page(world: World) -> None:
    person = filled(world.alice)
    client = world.client_of(world.alice)
    preview = client.get(at("erase_contact_person", person.pk))
    assert "The text of 2 notes" in text(preview)
    assert "Ilse Wagner says: they pay on Mondays" in text(preview)
    seen = re.search(r'name="seen" value="(\w+)"', preview.content.decode())[1]
    shown = text(client.post(at("erase_contact_person", person.pk), {"seen": seen}, follow=True))
    assert "Wagner" not in shown
    assert "A quiet year" in shown
    assert client.get(at("contact_person", person.pk)).status_code == 404
    again = client.post(at("step_contact_person", person.pk, "resume"), follow=True)
    assert "what it said was erased" in text(again)
