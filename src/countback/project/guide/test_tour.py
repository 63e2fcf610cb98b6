"""The tour: over the real screens, those alone that the person may open, and kept nowhere but in the address."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from countback.accounts.rules import Role
from countback.dashboards.asked import FURTHER
from countback.project.guide.around import toured
from countback.project.guide.tour import KEY, STEPS, steps_of

LINE = re.compile(r'<aside class="tour".*?</aside>', re.DOTALL)


def line_of(page: str) -> str:
    """The line of the tour; nothing where there is none."""
    found = LINE.search(page)
    return unescape(found[0]) if found else ""


def walked(client) -> list[str]:
    """The addresses of a whole tour, from step to step by the links that the line holds."""
    ahead, seen = "/help/tour/1/", []
    while ahead:
        answer = client.get(ahead, follow=True)
        seen.append(answer.redirect_chain[-1][0])
        line = line_of(answer.content.decode())
        assert f"Tour {len(seen)} of " in line, seen
        assert len(seen) < 20
        ahead = next(iter(re.findall(r'href="([^"]+)" rel="next"', line)), "")
    assert "Done" in line
    return seen


@pytest.mark.usefixtures("mirror")
def test_the_administrator_walks_through_every_screen(world) -> None:
    seen = walked(world.client_of(world.alice))
    assert [address.partition("?")[0] for address in seen[:4]] == [
        "/", "/kpis/overdue_receivables/rows/", "/kpis/dso/", "/ageing/",
    ]  # fmt: skip
    assert re.fullmatch(r"/customers/\d+/\?tour=5", seen[4])
    assert [address.partition("?")[0] for address in seen[5:]] == ["/alerts/", "/reports/", "/imports/"]
    assert len(seen) == len(STEPS)


@pytest.mark.usefixtures("mirror")
def test_screens_that_the_role_may_not_open_are_skipped(world) -> None:
    world.bob.role, world.bob.all_collectors = "viewer", True
    world.bob.save()
    assert [address.partition("?")[0] for address in walked(world.client_of(world.bob))][-1] == "/reports/"
    world.bob.role = "agency"
    world.bob.save()
    (only,) = walked(world.client_of(world.bob))
    assert only.startswith("/customers/")
    assert only.endswith("?tour=1")


def test_every_role_has_a_tour() -> None:
    assert {role: len(steps_of(role)) for role in Role} == {
        "viewer": 7, "collector": 7, "manager": 8, "administrator": 8, "auditor": 7, "agency": 1,
    }  # fmt: skip


@pytest.mark.usefixtures("mirror")
def test_the_line_stands_on_the_screen_of_its_step_and_on_no_other(world) -> None:
    client = world.client_of(world.alice)
    assert "Tour 4 of 8" in line_of(client.get("/ageing/?tour=4").content.decode())
    for address in (
        "/ageing/", "/ageing/?tour=1", "/ageing/?tour=0", "/ageing/?tour=99", "/ageing/?tour=-4", "/ageing/?tour=",
        "/ageing/?tour=four", "/ageing/?tour=²", "/kpis/dpo/?tour=3", "/kpis/aging/?tour=3", "/people/?tour=4",
    ):  # fmt: skip
        assert line_of(client.get(address).content.decode()) == "", address


@pytest.mark.usefixtures("mirror")
def test_the_way_out_keeps_what_was_asked(world) -> None:
    page = world.client_of(world.alice).get("/ageing/?as_of=2026-09-30&tour=4&by=region").content.decode()
    assert 'href="/ageing/?as_of=2026-09-30&by=region">End</a>' in line_of(page)


@pytest.mark.usefixtures("mirror")
def test_pages_that_refuse_what_they_do_not_know_never_see_the_step(world) -> None:
    client = world.client_of(world.alice)
    assert client.get("/kpis/dso/?tuor=3").status_code == 400
    answer = client.get("/kpis/dso/?tour=3")
    assert answer.status_code == 200
    main = LINE.sub("", answer.content.decode())
    assert "tour=" not in main, "no link carries it on"


def test_no_column_of_the_books_is_asked_by_the_key_of_the_tour() -> None:
    assert KEY in FURTHER


def test_only_what_is_read_is_stripped() -> None:
    seen: list[HttpRequest] = []

    def answer(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    make = RequestFactory()
    toured(answer)(make.get("/x/?a=1&tour=2&a=3&tour=5&b=%C3%A4"))
    assert seen[-1].tour == 5
    assert seen[-1].GET.getlist("a") == ["1", "3"]
    assert seen[-1].get_full_path() == "/x/?a=1&a=3&b=%C3%A4"
    toured(answer)(make.post("/x/?tour=2"))
    assert not hasattr(seen[-1], "tour")
    assert seen[-1].get_full_path() == "/x/?tour=2"
    toured(answer)(make.get("/x/?a=+1"))
    assert seen[-1].get_full_path() == "/x/?a=+1", "an address without a step stays as it was written"


@pytest.mark.usefixtures("mirror")
def test_nothing_is_stored(world, django_assert_max_num_queries) -> None:
    client = world.client_of(world.alice)
    before = list(Session.objects.values())
    walked(client)
    assert list(Session.objects.values()) == before


def test_without_books_the_tour_says_what_to_do(world, settings, tmp_path) -> None:
    settings.MIRROR = tmp_path
    client = world.client_of(world.alice)
    answer = client.get("/help/tour/3/", follow=True)
    assert answer.redirect_chain == [("/help/tour/", 302)]
    assert "Bring in the first books" in answer.content.decode()
    assert "Begin</a>" not in answer.content.decode()
    assert "Somebody who may import" in world.client_of(world.charlie).get("/help/tour/").content.decode()


@pytest.mark.usefixtures("mirror")
def test_who_sees_nothing_is_led_nowhere(world) -> None:
    answer = world.client_of(world.charlie).get("/help/tour/5/", follow=True)
    assert answer.status_code == 200
    assert "/customers/0" not in answer.redirect_chain[-1][0]


@pytest.mark.usefixtures("mirror")
def test_the_customer_is_the_one_with_most_overdue(world) -> None:
    client = world.client_of(world.alice)
    first = re.search(
        r'<th scope="row"><a href="(/customers/\d+/)', client.get("/customers/").content.decode()
    )
    assert first
    assert client.get("/help/tour/5/").url == f"{first[1]}?tour=5"


@pytest.mark.usefixtures("mirror")
def test_the_customer_is_one_that_the_person_may_see(world) -> None:
    """Bob is led to a customer of his own."""
    answer = world.client_of(world.bob).get("/help/tour/5/", follow=True)
    assert answer.status_code == 200
    assert "Tour 5 of 7" in line_of(answer.content.decode())
