"""For tests: three people, of whom one owns, one is on her team, and one must see nothing of hers; and a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections
from django.test import Client
from django.utils.module_loading import import_string

if TYPE_CHECKING:  # this module is read before the application stands
    from pytest_django import Settings
    from pytest_django.live_server_helper import LiveServer

    from countback.accounts.models import Person

JOINED = datetime(2026, 1, 5, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class World:
    """`alice`: administrator, sees everything. `bob`: collector, on all entities the customers of "anna". `charlie`:
    viewer of another entity, "NONE", who must see nothing of theirs."""

    alice: Person
    bob: Person
    charlie: Person

    def client_of(self, person: Person | None, **made: Any) -> Client:
        """A browser in which that person is signed in; None: nobody is."""
        client = Client(**made)
        if person is not None:
            client.force_login(person)
        return client


@pytest.fixture
def world(db: None) -> World:
    """The three people, in the database."""
    del db
    from countback.accounts.models import Person

    people = Person.objects
    return World(
        alice=people.create_user(
            "alice@example.com", name="Alice Adams", role="administrator", joined_at=JOINED,
            all_entities=True, all_collectors=True,
        ),
        bob=people.create_user(
            "bob@example.com", name="Bob Brown", role="collector", joined_at=JOINED,
            all_entities=True, collectors=["anna"],
        ),
        charlie=people.create_user(
            "charlie@example.com", name="Charlie Clark", role="viewer", joined_at=JOINED, entities=["NONE"],
        ),
    )  # fmt: skip


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


def let_it_be(monkeypatch: pytest.MonkeyPatch, today: date, moment: datetime) -> None:
    """Has every request take that day for today and that moment for now, but for those of a server that runs already,
    which has its middleware."""
    place = "countback.project.middleware.dated"
    dated = import_string(place)

    def dating(answer: Any) -> Any:
        def seen(request: Any) -> Any:
            request.today, request.moment = today, moment
            return answer(request)

        return dated(seen)

    monkeypatch.setattr(place, dating)
