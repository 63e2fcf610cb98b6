"""Books for the tests of these pages: demo books, converted, where the mirror stands."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connections
from django.test import override_settings

from countback import Books, open_books
from countback.accounts.testing import World, world
from countback.analytics.keeping import keep_derived
from countback.audit.testing import append_only_tables_are_emptied
from countback.books.convert import convert
from countback.books.demo import write_demo_books
from countback.kpis.catalogue import ids
from countback.ledger.testing import ledger_is_emptied

__all__ = ["append_only_tables_are_emptied", "ledger_is_emptied", "world"]
AS_OF = date(2026, 10, 31)
WITHIN = "region=DACH&segment=small+business"
"""The filter of the tests that mean any: what is compiled for it serves them all."""


BESIDE = (
    "test_aging_page", "test_customer_figures", "test_customers_browser", "test_customers_odd", "test_pages_browser",
    "test_recovery_page", "test_restated_page",
)  # fmt: skip
"""Modules that ask little of what the others ask."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Two processes ask all of these pages: what was compiled for one is not compiled for the next."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            group = "customers" if item.path.stem in BESIDE else "figures"
            item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Demo books of forty customers and two and a half years, as files."""
    folder = tmp_path_factory.mktemp("dashboards") / "demo"
    write_demo_books(folder, customers=40, months=30, ends_on=AS_OF)
    return folder


@pytest.fixture(scope="session")
def demo(demo_folder: Path) -> Iterator[Books]:
    """The same, opened by the library: what every page is held against."""
    with open_books(demo_folder) as books:
        yield books


@pytest.fixture(scope="session")
def every_figure(demo: Books) -> dict[str, list[dict[str, Any]]]:
    """Every figure of theirs as of the last day, by KPI: asked in one question, in which each is compiled once."""
    found: dict[str, list[dict[str, Any]]] = {kpi: [] for kpi in ids()}
    for row in demo.kpis(list(found), as_of=AS_OF):
        found[row["kpi"]].append(row)
    return found


@pytest.fixture(scope="session")
def collector(demo: Books) -> str:
    """The collector of whose customers most is open."""
    rows = demo.kpis("open_receivables", as_of=AS_OF, by="collector").to_dicts()
    return str(max(rows, key=lambda row: row["value"])["by"]["collector"])


@pytest.fixture(scope="session")
def place_mirror(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Any]:
    """Puts books where the mirror stands, for as long as the block lasts."""
    kept: dict[Path, Path] = {}

    @contextmanager
    def placed(source: Path) -> Iterator[None]:
        if source not in kept:
            kept[source] = tmp_path_factory.mktemp("mirror")
            convert(source, kept[source] / "current", derive=keep_derived)
        with override_settings(MIRROR=kept[source]):
            yield

    return placed


@pytest.fixture
def mirror(demo_folder: Path, place_mirror: Callable[[Path], Any]) -> Iterator[None]:
    """The demo books in the mirror's place."""
    with place_mirror(demo_folder):
        yield


@dataclass(frozen=True, slots=True)
class Number:
    """A number on a page that leads to its rows."""

    value: Decimal
    href: str


_NUMBER = re.compile(r'<a class="rows" href="(/kpis/[^"]+)"><data value="([^"]*)">')
_SUM = re.compile(r'<data class="(?:sum|of-side)" data-side="(\w+)" value="([^"]*)">')
_FIGURE = re.compile(r'<data id="figure" value="([^"]*)">')


def numbers_of(page: str) -> list[Number]:
    """Every number of a page that leads to rows, each once."""
    found = {Number(Decimal(value), unescape(href)) for href, value in _NUMBER.findall(page)}
    return sorted(found, key=lambda number: number.href)


def figure_of(page: str) -> Decimal | None:
    """The figure on a page of rows."""
    found = _FIGURE.search(page)
    return Decimal(found[1]) if found else None


def sides_of(page: str) -> dict[str, Decimal]:
    """The sums of a page of rows, by side."""
    return {side: Decimal(value) for side, value in _SUM.findall(page)}


def lines_of(response: Any) -> list[dict[str, str]]:
    """A CSV export, as a spreadsheet reads it."""
    if response.status_code != 200:
        pytest.fail(f"no file: {response.content.decode()}")
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8"), newline="")))


SCREENS = {"desktop": (1280, 900), "phone": (390, 844)}


@dataclass
class Shown:
    """A page that a browser shows, and what the browser said of it: errors, breaches of the content policy."""

    page: Any
    said: list[str] = field(default_factory=list)

    def visit(self, address: str) -> None:
        """Shows another page; fails where scripts of others may run on it."""
        response = self.page.goto(f"http://localhost{address}")
        if "script-src 'self';" not in f"{response.headers['content-security-policy']};":
            pytest.fail(f"scripts of others may run on {address}")

    def turn(self, screen: str, scheme: str) -> None:
        """The same page on another screen, light or dark."""
        width, height = SCREENS[screen]
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme=scheme)

    def drawn(self) -> int:
        """How many charts are drawn, when all are."""
        self.page.wait_for_function(
            "document.querySelectorAll('.chart').length === document.querySelectorAll('[data-drawn] svg').length",
            timeout=60_000,
        )
        return int(self.page.locator(".chart").count())


@pytest.fixture(scope="module")
def chromium(browser_path: str) -> Iterator[Any]:
    """A browser for the tests of a module."""
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


@pytest.fixture
def show(chromium: Any, world: World) -> Iterator[Callable[..., Shown]]:
    """Shows an address to alice. What the browser asks is answered here, without a server: the test's people are seen
    by nobody else until it ends, and what is only ever added need not be taken away. A thread answers, on the test's
    own connection: where Playwright's loop runs, Django would open another, which does not see those people."""
    reader = world.client_of(world.alice)
    contexts = []
    connection = connections["default"]
    connection.inc_thread_sharing()
    answering = ThreadPoolExecutor(1, initializer=lambda: connections.__setitem__("default", connection))

    def answer(route: Any) -> None:
        parts = urlsplit(route.request.url)
        if parts.path.startswith(settings.STATIC_URL):
            route.fulfill(path=Path(settings.STATIC_ROOT) / parts.path.removeprefix(settings.STATIC_URL))
            return
        response = answering.submit(
            reader.get, f"{parts.path}?{parts.query}" if parts.query else parts.path
        ).result()
        route.fulfill(status=response.status_code, headers=dict(response.items()), body=response.getvalue())

    def shown(address: str, screen: str = "desktop", scheme: str = "light") -> Shown:
        width, height = SCREENS[screen]
        contexts.append(
            chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        )
        contexts[-1].route("**/*", answer)
        found = Shown(contexts[-1].new_page())
        found.page.on("console", lambda message: found.said.append(message.text))
        found.page.on("pageerror", lambda error: found.said.append(str(error)))
        found.visit(address)
        return found

    yield shown
    for context in contexts:
        context.close()
    answering.shutdown()
    connection.dec_thread_sharing()
