"""The screens in a real browser: a report is set up, asked for, arrives at a real mail server, and is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from pytest_django import Settings

from countback.accounts.models import Person
from countback.accounts.testing import World
from countback.subscriptions.models import Sending, Subscription
from countback.subscriptions.rules import State
from countback.subscriptions.steps import begun, moved
from countback.subscriptions.tasks import send_waiting_reports
from countback.subscriptions.testing import AS_OF, Post, files, subscribed

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("mirror"),
]

SCREENS = {"desktop": (1280, 900), "phone": (390, 844)}
OVERFLOWING = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide) return ["the page: " + document.documentElement.scrollWidth];
  const box = (e) => e.getBoundingClientRect();
  const outside = (e) => box(e).width && (box(e).right > wide + 1 || box(e).left < -1);
  return [...document.querySelectorAll("main *")].filter((e) => e.checkVisibility())
    .filter((e) => !e.closest(".scroll") && outside(e))
    .map((e) => e.tagName + " " + e.className + " " + e.textContent.slice(0, 40));
}"""


@pytest.fixture(scope="module")
def browser(browser_path: str) -> Iterator[Any]:
    """A browser for all tests here. While it runs its loop stands in this thread, of which Django would warn."""
    api = pytest.importorskip("playwright.sync_api")
    with pytest.MonkeyPatch.context() as patch, api.sync_playwright() as started:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        launched = started.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield launched
        launched.close()


@pytest.fixture
def show(browser: Any, live_server: Any, world: World, settings: Settings) -> Iterator[Callable[..., Any]]:
    """A window in which a person is signed in; fails where a page says anything on the console. The tests' server knows
    static files by their plain names only."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    contexts, said = [], []

    def shown(person: Person) -> Any:
        width, height = SCREENS["desktop"]
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="light", base_url=live_server.url
        )
        contexts.append(context)
        cookie = world.client_of(person).cookies["sessionid"]
        context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        return page

    yield shown
    for context in contexts:
        context.close()
    assert said == []


def with_history(world: World) -> Subscription:
    """A subscription of which some went well and some did not."""
    made = subscribed(
        world.alice, world.alice, world.bob, world.charlie, where={"segment": ["north", "south"]}
    )
    start = datetime(2026, 8, 1, 5, tzinfo=UTC)
    ends = [(State.SENT, ""), (State.FAILED, "the mail server refused the mail (552 message too large)"),
            (State.UNCERTAIN, "the connection broke while the mail server was taking it")]  # fmt: skip
    for place, (state, why) in enumerate(ends):
        at = start + timedelta(days=31 * place)
        sending = Sending(
            subscription=made, recipient=world.alice, due_at=at, as_of=AS_OF, changed_at=at, missed=place
        )
        begun([sending], at)
        moved(sending.pk, (State.WAITING,), state, at, why)
    Subscription.objects.filter(pk=made.pk).update(trouble="Nothing was sent: nobody is on the list.")
    return made


def test_every_page_fits_and_is_accessible(show: Callable[..., Any], world: World) -> None:
    made = with_history(world)
    page = show(world.alice)
    addresses = [reverse("subscriptions:subscriptions"), reverse("subscriptions:new"),
                 reverse("subscriptions:subscription", args=[made.pk])]  # fmt: skip
    for address in addresses:
        page.goto(address)
        on(page, "phone", "dark")
        assert page.evaluate(OVERFLOWING) == [], address
        for summary in page.locator("main details summary").all():
            summary.click()
        for screen, scheme in (("phone", "dark"), ("desktop", "light")):
            on(page, screen, scheme)
            assert page.evaluate(OVERFLOWING) == [], address
            assert serious(page) == [], address


def on(page: Any, screen: str, scheme: str) -> None:
    """The same page on another screen, light or dark."""
    width, height = SCREENS[screen]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)


def serious(page: Any) -> list[tuple[str, list[str]]]:
    """What axe finds wrong that keeps people out."""
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found
            if one["impact"] in ("serious", "critical")]  # fmt: skip


def test_set_up_asked_for_received_and_looked_at(show: Callable[..., Any], world: World, post: Post) -> None:
    page = show(world.alice)
    page.goto(reverse("subscriptions:subscriptions"))
    page.get_by_role("link", name="New report").click()
    page.get_by_label("Name").fill("For the board")
    assert page.get_by_label("on day").is_visible()
    page.get_by_label("Sent").select_option("week")
    assert page.get_by_label("on", exact=True).is_visible()
    assert not page.get_by_label("on day").is_visible()
    page.get_by_label("on", exact=True).select_option("4")
    page.get_by_label("by the clock of").select_option("Europe/Berlin")
    page.get_by_label("as of").select_option("last_business_day")
    page.get_by_label("Bob Brown").check()
    page.get_by_role("button", name="Save").click()
    assert "Not saved yet" in page.locator(".ahead").inner_text()
    assert page.locator(".moments li").count() == 3
    assert all("Fri " in one for one in page.locator(".moments b").all_inner_texts())
    page.get_by_role("button", name="Save").click()
    assert "Every Friday at 07:00, Europe/Berlin, as of the last business day before." in page.inner_text(
        "main"
    )
    page.get_by_role("button", name="Send me one now").click()
    assert "On its way to you" in page.inner_text("main")
    send_waiting_reports()
    (mail,) = post.mails
    assert mail["To"] == "alice@example.com"
    assert {name.rpartition(".")[2] for name in files(mail)} == {"pdf", "xlsx"}
    page.reload()
    assert page.locator(".state").first.inner_text() == "sent"
    page.get_by_label("As of").fill("2026-10-31")
    with page.expect_download() as saved:
        page.get_by_role("button", name="PDF").click()
    assert saved.value.suggested_filename == "countback-2026-10-31.pdf"
    page.get_by_role("button", name="Look at it").click()
    page.locator(".chart svg").first.wait_for(timeout=60_000)
    assert page.locator(".chart").count() >= 5
    assert "31 Oct 2026" in page.inner_text("body")
