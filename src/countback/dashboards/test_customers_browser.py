"""Ageing and customers in a real browser: they fit, obey the content policy, and are reached by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connections

from countback.accounts.testing import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.usefixtures("mirror")]

SCREENS = {"desktop": (1280, 900), "phone": (390, 844)}
PAGES = {"ageing": "/ageing/", "customers": "/customers/", "customer": "/customers/000001/"}

OUTSIDE = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide) return ["the page"];
  const box = (e) => e.getBoundingClientRect();
  const wrong = (e) => e.checkVisibility() && !e.closest(".scroll, svg, .for-ears") && box(e).width
    && (box(e).right > wide + 1 || box(e).left < -1);
  return [...document.querySelectorAll("main *")].filter(wrong).map((e) => e.tagName + " " + e.className);
}"""


@pytest.fixture(scope="module")
def chromium(browser_path: str) -> Iterator[Any]:
    """A browser for all tests here."""
    api = pytest.importorskip("playwright.sync_api")
    with pytest.MonkeyPatch.context() as patched, api.sync_playwright() as started:
        # Playwright's loop runs in this thread, and Django sees it wherever a test touches the database.
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        launched = started.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield launched
        launched.close()
        connections.close_all()  # that of the tests here, which is another than before Playwright's loop ran


@dataclass
class Shown:
    """A page that is shown, and what the browser said of it: errors, breaches of the content policy."""

    page: Any
    said: list[str] = field(default_factory=list)


@pytest.fixture
def show(chromium: Any, world: World) -> Iterator[Callable[..., Shown]]:
    """Shows an address to alice. What the browser asks is answered here, without a server: the test's people are seen
    by nobody else until it ends, and what is only ever added need not be taken away. A thread answers, on the test's
    own connection: where Playwright's loop runs, Django would open another, which does not see those people."""
    asker = world.client_of(world.alice)
    contexts = []
    connection = connections["default"]
    connection.inc_thread_sharing()
    answering = ThreadPoolExecutor(1, initializer=lambda: connections.__setitem__("default", connection))

    def answer(route: Any) -> None:
        parts = urlsplit(route.request.url)
        if parts.path.startswith(settings.STATIC_URL):
            route.fulfill(path=Path(settings.STATIC_ROOT) / parts.path.removeprefix(settings.STATIC_URL))
            return
        address = f"{parts.path}?{parts.query}" if parts.query else parts.path
        response = answering.submit(asker.get, address).result()
        route.fulfill(status=response.status_code, headers=dict(response.items()), body=response.content)

    def shown(address: str, screen: str = "desktop", scheme: str = "light") -> Shown:
        width, height = SCREENS[screen]
        contexts.append(
            chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        )
        contexts[-1].route("**/*", answer)
        found = Shown(contexts[-1].new_page())
        found.page.on("console", lambda message: found.said.append(message.text))
        found.page.on("pageerror", lambda error: found.said.append(str(error)))
        response = found.page.goto(f"http://localhost{address}")
        assert response.status == 200
        assert "script-src 'self'" in response.headers["content-security-policy"]
        return found

    yield shown
    for context in contexts:
        context.close()
    answering.shutdown()
    connection.dec_thread_sharing()


@pytest.mark.parametrize(("screen", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_pages_fit_and_obey_their_policy(show: Callable[..., Shown], screen: str, scheme: str) -> None:
    for address in PAGES.values():
        shown = show(address, screen, scheme)
        assert shown.page.evaluate(OUTSIDE) == []
        assert shown.said == []


def test_the_head_with_the_totals_stays_while_the_table_moves(show: Callable[..., Shown]) -> None:
    page = show(PAGES["ageing"]).page
    page.locator(".staying").evaluate("e => e.scrollTop = 400")
    head = page.locator(".totals").bounding_box()
    box = page.locator(".staying").bounding_box()
    assert page.locator(".staying").evaluate("e => e.scrollTop") > 100
    assert box["y"] <= head["y"] < box["y"] + 80


def test_bars_have_the_colours_of_the_sequence(show: Callable[..., Shown]) -> None:
    page = show(PAGES["ageing"]).page
    fills = page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('.agebar rect')]"
        ".map(e => [e.className.baseVal, getComputedStyle(e).fill]))"
    )
    assert fills["a0"] == "rgb(207, 216, 214)"
    assert fills["a4"] == "rgb(125, 29, 29)"


def test_from_the_list_to_a_customer_and_its_payments_by_keyboard(show: Callable[..., Shown]) -> None:
    shown = show(PAGES["customers"])
    page = shown.page
    page.get_by_role("searchbox").focus()
    page.keyboard.type("000001")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=000001**")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('tbody th') !== null"):
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/000001/**")
    page.get_by_role("link", name="Payments").press("Enter")
    page.wait_for_url("**show=payment**")
    assert page.locator(".history > li").count() == page.locator(".history > li.payment").count() > 0
    assert shown.said == []


def test_a_sort_and_another_group_are_asked_with_the_page_alone(show: Callable[..., Shown]) -> None:
    page = show(PAGES["ageing"]).page
    page.get_by_role("link", name="Over 90").click()
    page.wait_for_url("**sort=-over**")
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("Over 90")
    page.get_by_label("Group by").select_option("collector")
    page.get_by_label("Buckets end at").fill("15,45")
    page.get_by_role("button", name="Show").last.click()
    page.wait_for_url("**by=collector**")
    assert page.get_by_role("columnheader", name="16–45").count() == 1
