"""Help in a real browser: the tour is walked, keys lead on, pages fit, obey the content policy and are accessible."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe

from countback.dashboards.conftest import SCREENS, Shown
from countback.dashboards.test_pages_browser import OUTSIDE

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.usefixtures("mirror")]

PAGES = (
    "/help/", "/help/?q=promise", "/help/?q=nothingatall", "/help/kpis/dso/", "/help/kpis/roll_rates/",
    "/help/screens/kpi/?from=/kpis/dso/", "/help/screens/people/", "/help/glossary/", "/help/keyboard/", "/help/tour/",
)  # fmt: skip
TOURED = ("/", "/kpis/overdue_receivables/rows/", "/kpis/dso/", "/ageing/", "/customers/", "/alerts/", "/reports/",
          "/imports/")  # fmt: skip
Show = Callable[..., Shown]


def serious(shown: Shown, within: str = "body") -> list[tuple[str, list[str]]]:
    """What axe finds wrong that keeps people out."""
    found = Axe().run(shown.page, context=within).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found
            if one["impact"] in ("serious", "critical")]  # fmt: skip


def test_pages_fit_obey_their_policy_and_are_accessible(show: Show) -> None:
    shown = show(PAGES[0])
    for address in PAGES:
        shown.turn("phone", "dark")
        shown.visit(address)
        for screen, scheme in (("phone", "dark"), ("desktop", "light")):
            shown.turn(screen, scheme)
            assert shown.page.evaluate(OUTSIDE.replace(".unseen", ".unseen, .for-readers")) == [], address
            assert serious(shown) == [], address
        assert shown.said == [], address


def test_the_tour_is_walked_to_its_end(show: Show) -> None:
    shown = show("/help/tour/")
    page = shown.page
    page.get_by_role("link", name="Begin").click()
    screens = list(SCREENS)
    for number, address in enumerate(TOURED, 1):
        page.wait_for_url(f"**{address}**tour={number}")
        line = page.get_by_role("complementary", name="Tour")
        assert f"Tour {number} of {len(TOURED)}" in line.inner_text()
        screens.reverse()  # so that it is led on by turns from either
        for screen in screens:
            shown.turn(screen, "light")
            assert page.evaluate(
                "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            ), address
            assert serious(shown, "aside.tour") == [], address
            box = line.bounding_box()
            assert box["height"] < (100 if screen == "desktop" else 180), "slim"
        if number < len(TOURED):
            line.get_by_role("link", name="Next").click()
    page.get_by_role("link", name="Done").click()
    page.wait_for_url("**/imports/")
    assert page.locator("aside.tour").count() == 0
    assert shown.said == []


def test_back_and_end(show: Show) -> None:
    page = show("/ageing/?tour=4").page
    page.locator("aside.tour").get_by_role("link", name="Back").click()
    page.wait_for_url("**/kpis/dso/?tour=3")
    page.go_back()
    page.wait_for_url("**/ageing/?tour=4")
    page.locator("aside.tour").get_by_role("link", name="End").click()
    page.wait_for_url("**/ageing/")
    assert page.locator("aside.tour").count() == 0


def test_the_question_mark_and_the_way_back(show: Show) -> None:
    page = show("/ageing/?by=region").page
    page.get_by_role("link", name="Help on this screen").click()
    page.wait_for_url("**/help/screens/ageing/**")
    assert "Who owes how much for how long" in page.inner_text("main")
    page.get_by_role("link", name="Back to where you were").click()
    page.wait_for_url("**/ageing/?by=region")


def test_keys_lead_on(show: Show) -> None:
    page = show("/help/").page
    for key, address in {"k": "/kpis/", "a": "/ageing/", "c": "/customers/", "o": "/"}.items():
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.wait_for_url(f"http://localhost{address}")
    page.keyboard.press("?")
    page.wait_for_url("**/help/screens/overview/?from=/")
    page.keyboard.press("/")
    page.keyboard.type("gauge g o ?/")
    assert page.get_by_role("searchbox").input_value() == "gauge g o ?/"
    page.keyboard.press("Enter")
    page.wait_for_url("**/help/?q=gauge*")


def test_keys_are_left_alone_that_are_not_ours(show: Show) -> None:
    shown = show("/customers/")
    page = shown.page
    at = page.url
    for pressed in ("Control+g", "o", "Control+/", "Alt+a", "x", "g", "x", "o", "Shift+G", "o"):
        page.keyboard.press(pressed)
    page.locator("main input[type=search]").focus()
    for pressed in ("g", "o", "?"):
        page.keyboard.press(pressed)
    page.evaluate("new Promise((done) => setTimeout(done, 300))")
    assert page.url == at
    assert page.locator("main input[type=search]").input_value() == "go?"
    assert shown.said == []


def test_a_place_must_follow_soon(show: Show) -> None:
    page = show("/customers/").page
    page.keyboard.press("g")
    page.evaluate("new Promise((done) => setTimeout(done, 1700))")
    page.keyboard.press("o")
    page.evaluate("new Promise((done) => setTimeout(done, 300))")
    assert page.url.endswith("/customers/")


def test_keys_can_be_turned_off_and_on(show: Show) -> None:
    page = show("/help/keyboard/").page
    page.get_by_role("button", name="Turn them off").click()
    assert "off in this browser" in page.inner_text("main")
    page.goto("http://localhost/customers/")
    page.keyboard.press("?")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    assert page.url.endswith("/customers/")
    page.goto("http://localhost/help/keyboard/")
    page.get_by_role("button", name="Turn them on").click()
    page.goto("http://localhost/customers/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
