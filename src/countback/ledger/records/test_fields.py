"""Custom fields on screen: who defines them, what they take, and how nothing is lost."""

from __future__ import annotations

import re

import pytest

from countback.accounts.testing import World
from countback.ledger.records import fields
from countback.ledger.records.models import CustomField, FieldValue
from countback.ledger.records.testing import DEFINED, at, doing, filled, imported, text
from countback.ledger.testing import Importing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def books(importing: Importing) -> None:
    """C1 is anna's, whom bob sees; C2 is ben's."""
    imported(importing)


def test_fields_are_defined_by_administrators_alone(world: World) -> None:
    alice, bob = world.client_of(world.alice), world.client_of(world.bob)
    assert bob.get(at("custom_fields")).status_code == 403
    assert "No field is defined yet" in text(alice.get(at("custom_fields")))
    made = {
        "name": "Risk",
        "kind": "choice",
        "choices": "low\r\nhigh\r\n\r\nlow",
        "help": "as the insurer sees it",
    }
    assert alice.post(at("new_custom_field"), made).status_code == 302
    field = CustomField.objects.get()
    assert (field.choices, field.personal) == (["low", "high"], False)
    assert "there is a field of that name" in text(
        alice.post(at("new_custom_field"), made | {"name": "RISK"})
    )
    assert "Write what there is to choose from" in text(
        alice.post(at("new_custom_field"), {"name": "x", "kind": "choice"})
    )
    alice.post(at("new_custom_field"), {"name": "Motto", "kind": "text"})
    assert CustomField.objects.get(name="Motto").personal, "texts always are"
    alice.post(at("custom_field", field.pk), made | {"name": "Rating", "version": "1", "kind": "text"})
    field.refresh_from_db()
    assert (field.name, field.kind) == ("Rating", "choice")
    assert "somebody else has changed it" in text(
        alice.post(at("custom_field", field.pk), made | {"version": "1"})
    )
    alice.post(at("step_custom_field", field.pk, "end"))
    assert "ended" in text(alice.get(at("custom_fields")))
    alice.post(at("new_custom_field"), made | {"name": "rating"})
    assert "there is a field of that name" in text(
        alice.post(at("step_custom_field", field.pk, "resume"), follow=True)
    )


# check 50
def test_an_empty_box_takes_nothing_away_and_says_so(world: World) -> None:
    filled(world.alice)
    field, client = CustomField.objects.get(), world.client_of(world.bob)
    seen = FieldValue.objects.get().pk
    boxes = {f"value_{field.pk}": "", f"seen_{field.pk}": seen}
    shown = text(client.post(at("field_values", "C1"), boxes, follow=True))
    assert "Left as it was, as its box was empty: Hobby" in shown
    assert FieldValue.objects.get().value == "likes football"
    client.post(at("field_values", "C1"), boxes | {f"remove_{field.pk}": "on"})
    assert fields.fields_of("C1")[0].value == ""
    assert [value.value for value in fields.fields_of("C1")[0].history] == ["", "likes football"]


def test_the_history_of_a_field_says_who_changed_what(world: World) -> None:
    filled(world.alice)
    field, client = CustomField.objects.get(), world.client_of(world.bob)
    seen = FieldValue.objects.get().pk
    client.post(at("field_values", "C1"), {f"value_{field.pk}": "sails", f"seen_{field.pk}": seen})
    shown = text(client.get(at("record", "C1")))
    assert re.search(r"Bob Brown: sails .*Alice Adams: likes football", shown)
    late = client.post(at("field_values", "C1"), {f"value_{field.pk}": "golf", f"seen_{field.pk}": seen})
    assert late.status_code == 409
    assert "somebody else has changed it" in text(late)
    assert 'value="golf"' in late.content.decode(), "what was written is kept"
    assert fields.fields_of("C1")[0].value == "sails"


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("number", "12,5", "Write a number such as 1250.50"),
        ("date", "2026-02-31", "Write a day that exists"),
        ("choice", "other", "Select a valid choice"),
        ("yes_no", "perhaps", "Select a valid choice"),
        ("text", "x" * 1001, "at most 1000 characters"),
    ],
)  # fmt: skip
def test_a_value_of_another_kind_is_refused(world: World, kind: str, value: str, said: str) -> None:
    field = fields.define_field(DEFINED | {"kind": kind, "choices": ["low"]}, doing(world.alice))
    answer = world.client_of(world.bob).post(at("field_values", "C1"), {f"value_{field.pk}": value})
    assert said in text(answer)
    assert not FieldValue.objects.exists()


def test_help_of_a_field_stays_text(world: World) -> None:
    fields.define_field(DEFINED | {"help": "<b>bold</b>"}, doing(world.alice))
    page = world.client_of(world.bob).get(at("field_values", "C1")).content.decode()
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
