"""Every screen is explained: the test walks the URL table, and asks each route whether it has a page."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.urls import reverse

from countback.accounts.rules import ALLOWED, Role
from countback.accounts.test_routes import PUBLIC, ROUTES, Route
from countback.project.guide import screens as told
from countback.project.guide.screens import came_from, groups, help_on, screen_of, screens
from countback.project.navigation import MENU

NO_SCREEN = {
    "dashboards:chart_library": "a script",
    "ledger:upload_problems": "a file",
    "ledger:totals_template": "a file",
    "ledger:reconciliation_lines": "a file",
    "subscriptions:pack": "a file, or the report as a page of its own",
}
"""Routes that are asked by GET and show no screen, and what they give instead."""

OF_STRANGERS = {name for name in PUBLIC if not name.startswith(("mfa_", "account_"))} | {
    "account_login", "account_logout", "account_inactive", "account_signup", "account_email", "account_confirm_email",
    "account_email_verification_sent", "account_confirm_login_code", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done",
    "mfa_authenticate", "mfa_login_webauthn", "mfa_reauthenticate_webauthn", "mfa_index", "mfa_list_webauthn",
    "mfa_download_recovery_codes",
}  # fmt: skip
"""Pages on the way in, files, and addresses that lead on: who sees help is in already."""


def unexplained(routes: list[Route], asked: dict[str, bool]) -> list[str]:
    """Routes with a page and without a word about it. `asked`: whether each answers to GET."""
    return [
        f"{route.name}: no help; say what it shows and what one does there, in project/guide/screens.toml"
        for route in routes
        if not route.name.endswith(":")  # a route of a package, without a name: it leads on
        and asked.get(route.name)
        and not route.name.startswith("guide:")  # help needs none
        and route.name not in {*NO_SCREEN, *OF_STRANGERS}
        and screen_of(route.name) is None
    ]


@pytest.fixture
def asked(world) -> dict[str, bool]:
    """Whether each route answers to GET, as the administrator finds it."""
    client = world.client_of(world.alice)
    client.raise_request_exception = False
    return {
        route.name: route.name not in OF_STRANGERS and client.get(route.address).status_code != 405
        for route in ROUTES
        if route.name
    }


def test_every_screen_is_explained(asked: dict[str, bool]) -> None:
    assert unexplained(ROUTES, asked) == []
    assert sum(asked.values()) > 50


def test_a_screen_without_help_is_seen() -> None:
    bare = Route("new/", "new:page", lambda request: None)
    assert unexplained([bare], {"new:page": True})[0].startswith("new:page: no help")
    assert unexplained([bare], {"new:page": False}) == []


def test_help_is_of_screens_that_are_there() -> None:
    routes = [route for screen in screens().values() for route in screen.routes]
    assert set(routes) <= set(told.views())
    assert len(routes) == len(set(routes)), "a route is explained once"
    assert set(NO_SCREEN) <= set(told.views())


def test_each_says_what_it_shows_and_what_one_does() -> None:
    for name, screen in screens().items():
        for sentence in (screen.shows, *screen.do):
            assert sentence.endswith("."), f"{name}: {sentence}"
        assert screen.do, name
        assert screen.glossary, name


def test_help_is_ordered_as_the_menu_is() -> None:
    assert list(groups()) == ["Figures", *[title for title, _ in MENU if title]]
    for title, places in MENU:
        for place in places:
            screen = screen_of(place.route)
            assert screen
            assert screen.group == (title or "Figures")
            assert screen.open_to("administrator")


def test_who_may_open_it_is_what_its_view_needs() -> None:
    assert screens()["people"].roles == (Role.ADMINISTRATOR,)
    assert screens()["upload"].roles == (Role.MANAGER, Role.ADMINISTRATOR)
    assert screens()["customers"].roles == ()
    assert Role.AGENCY not in screens()["overview"].roles
    assert screens()["own-page"].open_to("agency")
    assert set(screens()["overview"].roles) == set(ALLOWED) - {Role.AGENCY}


def test_a_screen_knows_its_place_and_its_key() -> None:
    assert (screens()["ageing"].place, screens()["ageing"].key) == ("/ageing/", "a")
    assert (screens()["kpi"].place, screens()["kpi"].key) == ("", "")


def test_screens_with_a_search_field_say_so() -> None:
    """The templates that hold one, by what their screens say."""
    source = Path(told.__file__).parents[2]
    with_field = {
        file.stem for file in source.rglob("templates/*/*.html") if 'type="search"' in file.read_text()
    }
    assert with_field - {"_page"} == {name for name, screen in screens().items() if screen.search}


def test_the_way_back_leads_to_the_screen_and_nowhere_else() -> None:
    kpi = screens()["kpi"]
    match = came_from(kpi, "/kpis/dso/?as_of=2026-10-31")
    assert match
    assert match.kwargs == {"kpi_id": "dso"}
    for address in (
        "", "/", "/kpis/", "//kpis/dso/", "https://elsewhere.example/kpis/dso/", "javascript:alert(1)", "kpis/dso/",
        "/\\kpis/dso/", "/nowhere/",
    ):  # fmt: skip
        assert came_from(kpi, address) is None, address


def test_a_page_that_is_not_explained_by_itself_leads_to_all_help() -> None:
    assert help_on(None, "/nowhere/") == reverse("guide:index")
