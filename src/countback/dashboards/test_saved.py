"""Views that people save: kept as asked, shared or not, changed by their owner; nobody finds another's."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from countback.accounts.testing import World
from countback.audit.models import Line
from countback.audit.queries import verify
from countback.dashboards.models import Dashboard, Tile, View
from countback.dashboards.rules import moved

pytestmark = pytest.mark.django_db

PAGE = "/kpis/dso/?as_of=2026-08-31&segment=public&segment=retail&format=csv"


def saved(client: Client, name: str = "Public", address: str = PAGE, **more: str) -> View | None:
    """What comes of saving a page."""
    client.post("/saved/views/new/", {"name": name, "address": address} | more)
    return View.objects.order_by("-pk").first()


def words_of(client: Client) -> str:
    return str(client.get("/saved/").content.decode())


def test_a_page_is_saved_as_it_was_asked_and_opened_again(world: World) -> None:
    alice = world.client_of(world.alice)
    view = saved(alice, "  Public   sector ")
    assert view is not None
    assert (view.name, view.owner, view.shared) == ("Public sector", world.alice, False)
    opened = alice.get(f"/saved/views/{view.pk}/")
    assert opened.url == "/kpis/dso/?as_of=2026-08-31&segment=public&segment=retail"
    assert "Public sector" in words_of(alice)
    (line,) = Line.objects.filter(about_kind="view")
    assert (line.what, line.after["page"]) == ("view saved", opened.url)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/kpis/",
        "//evil.example/",
        "/nowhere/",
        "",
        "/accounts/login/",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_page_of_ours_is_refused_in_words(world: World, address: str) -> None:
    alice = world.client_of(world.alice)
    assert saved(alice, address=address) is None
    page = words_of(alice)
    assert "the view was not saved" in page.lower()
    assert "save it from there" in page


def test_nor_is_a_page_that_the_person_may_not_open(world: World) -> None:
    assert saved(world.client_of(world.bob), address="/people/") is None


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_a_view_has_a_short_name(world: World, name: str) -> None:
    assert saved(world.client_of(world.alice), name) is None


def test_a_private_view_is_found_by_nobody_else_not_even_an_administrator(world: World) -> None:
    view = saved(world.client_of(world.bob), "Mine", "/kpis/")
    assert view is not None
    for person in (world.alice, world.charlie):
        other = world.client_of(person)
        assert other.get(f"/saved/views/{view.pk}/").status_code == 404
        for what in ("change", "delete"):
            assert other.post(f"/saved/views/{view.pk}/{what}/", {"name": "Taken"}).status_code == 404
        assert "Mine" not in words_of(other)
    assert View.objects.get().name == "Mine"


def test_a_shared_view_is_opened_by_all_and_changed_by_owner_and_administrator(world: World) -> None:
    bob, charlie, alice = (world.client_of(one) for one in (world.bob, world.charlie, world.alice))
    view = saved(bob, "Ours", "/kpis/", shared="1")
    assert view is not None
    assert charlie.get(f"/saved/views/{view.pk}/").status_code == 302
    assert "Ours" in words_of(charlie)
    assert charlie.post(f"/saved/views/{view.pk}/delete/").status_code == 404
    alice.post(f"/saved/views/{view.pk}/change/", {"name": "Everybody's", "shared": "1"})
    assert View.objects.get().name == "Everybody's"
    bob.post(f"/saved/views/{view.pk}/change/", {"name": "Mine again"})
    assert charlie.get(f"/saved/views/{view.pk}/").status_code == 404
    bob.post(f"/saved/views/{view.pk}/delete/")
    assert not View.objects.exists()
    told = [line.what for line in Line.objects.filter(about_kind="view").order_by("id")]
    assert told == ["view saved", "view changed", "view changed", "view deleted"]
    assert verify() == []


def test_another_word_in_the_address_is_not_found(world: World) -> None:
    alice = world.client_of(world.alice)
    view = saved(alice)
    assert view is not None
    assert alice.post(f"/saved/views/{view.pk}/explode/").status_code == 404
    assert alice.get(f"/saved/views/{view.pk}/delete/").status_code == 405


def test_names_are_text(world: World) -> None:
    alice = world.client_of(world.alice)
    saved(alice, "<script>alert(1)</script>")
    assert "<script>alert(1)" not in words_of(alice)


def test_the_database_keeps_what_cannot_be(world: World) -> None:
    made = {"owner": world.alice, "made_at": world.alice.joined_at}
    dashboard = Dashboard.objects.create(name="One", **made)
    tile = {"dashboard": dashboard, "place": 1}
    wrong = [
        lambda: View.objects.create(name="x", page="//evil.example/", **made),
        lambda: View.objects.create(name="", page="/", **made),
        lambda: Dashboard.objects.create(name="", **made),
        lambda: Tile.objects.create(kind="kpi", **tile),
        lambda: Tile.objects.create(kind="aging", kpi="dso", **tile),
        lambda: Tile.objects.create(kind="breakdown", kpi="dso", **tile),
        lambda: Tile.objects.create(kind="cake", **tile),
        lambda: Tile.objects.create(kind="aging", columns=5, **tile),
    ]
    for make in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            make()


def test_a_tile_moves_as_far_as_there_is_room() -> None:
    assert moved("abc", "a", 1) == ["b", "a", "c"]
    assert moved("abc", "a", -1) == ["a", "b", "c"]
    assert moved("a", "a", 1) == ["a"]
