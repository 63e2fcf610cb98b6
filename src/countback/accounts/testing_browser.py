"""For tests: a real browser in which one of the three people is signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections

if TYPE_CHECKING:  # this module may be read before the application stands
    from pytest_django import Settings
    from pytest_django.live_server_helper import LiveServer

    from countback.accounts.models import Person
    from countback.accounts.testing import World

SCREENS = {"desktop": (1280, 900), "phone": (390, 844)}

WIDER_THAN_THE_SCREEN = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide) return ["the page"];
  const outside = (e) => e.getBoundingClientRect().width && e.getBoundingClientRect().right > wide + 1;
  return [...document.querySelectorAll("main *")].filter((e) => e.checkVisibility() && !e.closest(".scroll"))
    .filter(outside).map((e) => e.tagName + " " + e.className + " " + e.textContent.slice(0, 40));
}"""


@pytest.fixture
def window(
    browser_path: str,
    live_server: LiveServer,
    world: World,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[..., Any]]:
    """Opens a browser in which Alice is signed in, or another `person`; whatever a page complains of fails the test."""
    api = pytest.importorskip("playwright.sync_api")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver runs a loop in this thread
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": plain
    }  # the server of tests knows no hashed names
    said: list[str] = []
    with api.sync_playwright() as running:
        browser = running.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )

        def opened(person: Person | None = None, **more: Any) -> Any:
            cookie = world.client_of(person or world.alice).cookies["sessionid"].value
            width, height = SCREENS["desktop"]
            shown = {"viewport": {"width": width, "height": height}} | more
            context = browser.new_context(base_url=live_server.url, **shown)
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
            page = context.new_page()
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            return page

        yield opened
        browser.close()
        connections.close_all()  # those of the loop's context, which nobody else sees
    if said:
        pytest.fail(f"the browser said {said}")
