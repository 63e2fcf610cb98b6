"""The page of the audit, and the lines about a thing on other pages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.template.loader import render_to_string
from django.test import Client

from countback.audit import actions, queries

AT = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


@pytest.fixture
def page(alice):
    """What the page shows when asked so."""
    client = Client()
    client.force_login(alice)
    return lambda **asked: client.get("/audit/", asked)


def did(count: int = 1, **told: object) -> None:
    """That many lines."""
    for _ in range(count):
        with transaction.atomic():
            actions.record(**{"who": None, "what": "import made", "about": ("import", "1"), "at": AT} | told)


def numbers(answer) -> list[int]:
    """Numbers of the lines shown."""
    return [line.id for line in answer.context["listing"].lines]


def test_an_empty_audit_says_what_will_be_here(page) -> None:
    assert "From now on" in page().content.decode()


def test_what_changed_is_told(page, alice) -> None:
    did(
        who=alice,
        before={"role": "viewer", "name": "B"},
        after={"role": "manager", "name": "B"},
        where="192.0.2.7",
    )
    shown = page().content.decode()
    assert "<del>viewer</del>" in shown
    assert "<ins>manager</ins>" in shown
    assert "name</span>" not in shown
    assert "Alice Adams &lt;alice@example.com&gt;" in shown
    assert "192.0.2.7" in shown


def test_moments_are_in_the_reader_s_time_zone(page, alice) -> None:
    did()
    assert "1 Mar 2026, 23:30:00" in page().content.decode()
    alice.time_zone = "Europe/Berlin"
    alice.save()
    shown = page().content.decode()
    assert "2 Mar 2026, 00:30:00" in shown
    assert "Europe/Berlin" in shown


def test_markup_in_a_value_stays_text(page) -> None:
    did(after={"name": "<script>alert(1)</script>"}, what="<b>", about=("<i>", "<u>"))
    shown = page().content.decode()
    assert "<script>alert" not in shown
    assert "<b>" not in shown
    assert "<i>" not in shown


def test_filters_combine_and_pages_keep_them(page, alice) -> None:
    did(60, who=alice)
    did(what="person changed", about=("person", "7"))
    assert numbers(page()) == list(range(61, 11, -1))
    assert numbers(page(page="2")) == list(range(11, 0, -1))
    assert numbers(page(who=str(alice.pk), page="2")) == list(range(10, 0, -1))
    assert f"?who={alice.pk}&amp;page=2" in page(who=str(alice.pk)).content.decode()
    assert (
        numbers(page(who="0"))
        == numbers(page(what="person changed"))
        == numbers(page(about="person 7"))
        == [61]
    )
    assert numbers(page(about="person")) == [61]
    assert numbers(page(about="person", what="import made")) == []
    assert "No line is like that" in page(about="nothing").content.decode()


@pytest.mark.parametrize(
    "asked", [{"page": "x"}, {"page": "-1"}, {"who": "9" * 40}, {"who": "²"}, {"about": " "}]
)
def test_nonsense_in_the_address_breaks_nothing(page, asked) -> None:
    did()
    assert page(**asked).status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_lines(
    page, alice, django_assert_max_num_queries
) -> None:
    did(55, who=alice)
    with django_assert_max_num_queries(7):
        answer = page()
    assert len(numbers(answer)) == 50


def test_other_pages_show_the_lines_about_a_thing(alice) -> None:
    did(who=alice, about=("customer", "C-007"), what="note written", after={"note": "called"})
    did(about=("customer", "C-008"))
    shown = render_to_string("audit/about.html", {"lines": queries.about("customer", "C-007")})
    assert shown.count("<time") == 1
    assert "Note written" in shown
    assert "<ins>called</ins>" in shown
