"""The pages: who may see which list, and what can be done there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from countback.accounts.testing import World
from countback.worklists import making
from countback.worklists.models import Day, Skip, Weighting
from countback.worklists.testing import AT, TODAY

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("in_the_ledger", "on_that_day"),
]

WORKS, PLANS = ("collector", "manager", "administrator"), ("manager", "administrator")


def text(answer: Any) -> str:
    return " ".join(
        re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL).split()
    )


def made() -> Day:
    return making.make_worklists(today=TODAY, at=AT)


def names(page: str) -> list[str]:
    return sorted(set(re.findall(r"House (\w+)", page)))


def test_bob_sees_the_list_of_his_portfolio_and_no_other(world: World) -> None:
    """He is anna by his address; Ben's list is not his to see, even where he asks for it."""
    made()
    client = world.client_of(world.bob)
    for asked in ("", "?collector=ben", "?collector=ben&at=B3", "?at=B3"):
        page = text(client.get(f"/worklist/{asked}"))
        assert "List of Anna Lind" in page
        assert "Ben Cole" not in page
        assert not {"B1", "B2", "B3", "N1"} & set(names(page)), asked
    assert "A11" in names(text(client.get("/worklist/")))


def test_alice_chooses_whose_list_she_sees_and_it_hides_nothing_from_her(world: World) -> None:
    made()
    page = text(world.client_of(world.alice).get("/worklist/?collector=ben"))
    assert names(page) == ["B1", "B2", "B3", "N1"]


def test_what_was_shared_out_to_somebody_who_may_not_see_it_is_counted_and_not_shown(world: World) -> None:
    made()
    world.bob.collectors = ["ben"]
    world.bob.email = "nobody@example.com"
    world.bob.save()
    page = text(world.client_of(world.bob).get("/worklist/"))
    assert names(page) == ["B1", "B2", "B3"]
    assert "1 more you may not see." in page


@pytest.mark.parametrize("role", ["viewer", "collector", "manager", "administrator", "auditor", "agency"])
def test_for_charlie_no_customer_of_theirs_is_anywhere(world: World, role: str) -> None:
    made()
    world.charlie.role = role
    world.charlie.save()
    client = world.client_of(world.charlie)
    for name in ("worklist", "waiting", "weights"):
        answer = client.get(reverse(f"worklists:{name}"))
        assert answer.status_code == (200 if role in (PLANS if name == "weights" else WORKS) else 403)
        assert names(text(answer)) == []
    assert client.post("/worklist/skip/A11/", {"reason": "paid"}).status_code == (
        404 if role in WORKS else 403
    )
    assert not Skip.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "collector", "auditor", "agency"])
def test_only_who_plans_makes_lists_and_sets_weights(world: World, role: str) -> None:
    world.bob.role = role
    world.bob.save()
    client = world.client_of(world.bob)
    assert client.post("/worklist/make/").status_code == 403
    assert client.get("/worklist/weights/").status_code == 403
    assert client.post("/worklist/weights/", {"age": "1"}).status_code == 403
    assert not Day.objects.exists()
    assert not Weighting.objects.exists()


def test_a_preview_of_a_part_of_the_books_shows_only_that_part(world: World) -> None:
    """A manager of Anna's customers previews weights: nobody else's names."""
    world.bob.role = "manager"
    world.bob.save()
    page = text(world.client_of(world.bob).get("/worklist/weights/?age=2"))
    assert "A11" in names(page)
    assert not {"B1", "B2", "B3", "N1"} & set(names(page))


def test_before_the_morning_the_page_says_so_and_a_manager_makes_the_lists(world: World) -> None:
    assert "A manager can have them made now." in text(world.client_of(world.bob).get("/worklist/"))
    client = world.client_of(world.alice)
    assert "Make them now" in text(client.get("/worklist/"))
    assert client.post("/worklist/make/").status_code == 302
    assert "The lists of today are made: 15 customers." in text(client.get("/worklist/"))


def test_skipping_goes_on_to_the_next_and_says_why(world: World) -> None:
    made()
    client = world.client_of(world.bob)
    answer = client.post("/worklist/skip/A11/", {"reason": "paid", "collector": "anna"}, follow=True)
    page = text(answer)
    assert "skipped: says it has paid; the bank will show it" in page
    assert re.search(r"aria-current=\"true\"><span class=\"who\">House A10", answer.content.decode())
    refused = client.post("/worklist/skip/A10/", {"reason": "", "collector": "anna"}, follow=True)
    assert "The customer was not skipped: no reason was chosen; choose one of the list." in text(refused)


def test_a_call_logged_from_the_list_comes_back_to_it(world: World) -> None:
    made()
    client = world.client_of(world.bob)
    page = client.get("/worklist/").content.decode()
    go_on = re.search(r'name="next" value="([^"]+)"', page)
    assert go_on
    assert go_on[1] == "/worklist/?collector=anna"
    answer = client.post("/arrange/contact/A11/", {"outcome": "no_answer", "next": go_on[1]}, follow=True)
    assert "10 of 11 to go" in text(answer)


def test_who_waits_is_told_with_the_reason(world: World) -> None:
    page = text(world.client_of(world.bob).get("/worklist/waiting/"))
    assert "1 customer with something overdue is on no list; 11 are ranked." in page
    assert "House A12 12,000.00 EUR contacted a short while ago; again from 21 June 2026" in page
    none = text(world.client_of(world.bob).get("/worklist/waiting/?reason=too little"))
    assert "Nobody waits for this reason." in none


def test_a_preview_shows_what_would_move_and_setting_keeps_it(world: World) -> None:
    client = world.client_of(world.alice)
    assert "Today’s list with these weights" in text(client.get("/worklist/weights/?age=2"))
    assert not Weighting.objects.exists()
    assert "give a number from 0 to 10" in text(client.get("/worklist/weights/?age=11"))
    assert client.post("/worklist/weights/", {"age": "2"}).status_code == 302
    assert Weighting.objects.get().weights["age"] == "2"
