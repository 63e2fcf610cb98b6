"""The page in a real browser: it draws everything by itself, obeys its own policy, and fits the screen."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from countback import Books
from countback.report.content import gather
from countback.report.html import render

pytestmark = pytest.mark.browser

SCREENS = {"desktop": (1280, 900), "tablet": (800, 1000), "phone": (390, 844), "small phone": (320, 640)}


@pytest.fixture(scope="module")
def browser(browser_path: str) -> Iterator[Any]:
    """A browser for all tests here."""
    api = pytest.importorskip("playwright.sync_api")
    with api.sync_playwright() as started:
        launched = started.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )
        yield launched
        launched.close()


@dataclass
class Shown:
    """A page that is shown, and what it said and asked for."""

    page: Any
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def drawn(self) -> int:
        """How many charts are drawn, when all are."""
        self.page.wait_for_function(
            "document.querySelectorAll('.chart').length === document.querySelectorAll('[data-drawn] svg').length",
            timeout=60_000,
        )
        return int(self.page.locator(".chart").count())


def window(browser: Any, screen: str, scheme: str) -> Shown:
    """An empty page, whose words and questions are noted."""
    width, height = SCREENS[screen]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    found = Shown(context.new_page())
    found.page.on("console", lambda message: found.said.append(message.text))
    found.page.on("pageerror", lambda error: found.said.append(str(error)))
    found.page.on("request", lambda request: found.asked.append(request.url))
    return found


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Shown]]:
    """Shows a page on a screen of that size, light or dark."""
    every = []

    def shown(html: bytes, screen: str = "desktop", scheme: str = "light") -> Shown:
        file = tmp_path / "report.html"
        file.write_bytes(html)
        every.append(window(browser, screen, scheme))
        every[-1].page.goto(file.as_uri())
        return every[-1]

    yield shown
    for one in every:
        one.page.context.close()


@pytest.fixture(scope="module")
def opened(browser: Any, html: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """The page of the demo books, drawn on a desktop; it stays open for all tests that leave it as it was."""
    file = tmp_path_factory.mktemp("shown") / "report.html"
    file.write_bytes(html)
    shown = window(browser, "desktop", "light")
    shown.page.goto(file.as_uri())
    shown.drawn()
    yield shown
    shown.page.context.close()


@pytest.fixture
def drawn(opened: Shown) -> Iterator[Shown]:
    """The same on a light desktop, whatever the test before made of it."""
    width, height = SCREENS["desktop"]
    opened.page.set_viewport_size({"width": width, "height": height})
    opened.page.emulate_media(color_scheme="light", media="null")
    yield opened
    assert opened.said == []


OVERFLOWING = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide) return ["the page"];
  const inside = (e) => e.closest(".scroll, svg");
  const box = (e) => e.getBoundingClientRect();
  const outside = (e) => box(e).width && (box(e).right > wide + 1 || box(e).left < -1);
  const spills = (e) => e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display === "block";
  const wrong = (e) => e.checkVisibility() && !inside(e) && (outside(e) || spills(e));
  return [...document.querySelectorAll("main *")].filter(wrong)
    .map((e) => e.tagName + " " + e.className + " " + e.textContent.slice(0, 40));
}"""

CUT = """() => [...document.querySelectorAll(".chart")].flatMap((chart) => {
  const box = chart.closest(".card").getBoundingClientRect();
  return [...chart.querySelectorAll("text")].filter((text) => text.textContent.trim()).filter((text) => {
    const r = text.getBoundingClientRect();
    return r.width && (r.right > box.right + 1 || r.left < box.left - 1 || r.bottom > box.bottom + 1);
  }).map((text) => chart.id + ": " + text.textContent);
})"""

OVERLAPPING = """() => [...document.querySelectorAll(".role-axis-label")].flatMap((axis) => {
  const boxes = [...axis.querySelectorAll("text")].filter((t) => t.textContent && getComputedStyle(t).opacity !== "0"
    && t.getAttribute("opacity") !== "0").map((t) => [t.textContent, t.getBoundingClientRect()]);
  return boxes.flatMap(([one, a], i) => boxes.slice(i + 1).filter(([, b]) =>
    a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
    .map(([other]) => one + " / " + other));
})"""


def fits(page: Any) -> None:
    """Nothing stands outside the page, is cut off, or covers another."""
    for wrong in (OVERFLOWING, CUT, OVERLAPPING):
        assert page.evaluate(wrong) == []


@pytest.mark.parametrize(
    ("screen", "scheme"), list(zip(SCREENS, ["light", "dark", "light", "dark"], strict=True))
)
def test_the_page_draws_everything_and_fits(
    show: Callable[..., Shown], html: bytes, screen: str, scheme: str
) -> None:
    shown = show(html, screen, scheme)
    assert shown.drawn() == 10
    assert [url for url in shown.asked if not url.startswith("file:")] == []
    fits(shown.page)
    shown.page.emulate_media(color_scheme={"light": "dark", "dark": "light"}[scheme])
    fits(shown.page)
    assert shown.said == []


def test_no_address_of_the_network_is_fetched(html: bytes) -> None:
    for attribute in (b'src="http', b'href="http', b"@import", b"url(http"):
        assert attribute not in html.split(b"<script>")[0]


def test_a_script_that_is_not_its_own_is_refused(show: Callable[..., Shown], html: bytes) -> None:
    injected = html.replace(b"</main>", b"<script>document.title='broken into'</script></main>")
    shown = show(injected)
    assert "broken into" not in shown.page.title()
    assert any("Content Security Policy" in words for words in shown.said)


POINTED = {
    "dso": (".mark-rule line", "Best possible DSO"),
    "cei": (".mark-rule line", "CEI"),
    "cash": (".mark-rect path", "€"),
    "rolls": (".mark-rect path", "%"),
    "why": (".mark-rect path", "days"),
    "curves": (".mark-symbol path", "month of entry"),
}
"""Chart -> what of it is pointed at, and words that then show."""


@pytest.mark.parametrize("chart", POINTED)
def test_pointing_at_a_chart_shows_its_figures(drawn: Shown, chart: str) -> None:
    mark, words = POINTED[chart]
    drawn.page.locator(f"#chart-{chart}").scroll_into_view_if_needed()
    marks = drawn.page.locator(f"#chart-{chart} {mark}")
    marks.nth(marks.count() // 2).hover(force=True)
    tooltip = drawn.page.locator("#vg-tooltip-element.visible")
    assert words in tooltip.inner_text(timeout=1000)
    assert "undefined" not in tooltip.inner_text(timeout=1000)
    drawn.page.mouse.move(0, 0)
    drawn.page.locator("#vg-tooltip-element:not(.visible)").wait_for(state="attached", timeout=1000)


def test_names_stay_text_in_charts_and_tooltips(
    show: Callable[..., Shown], small: Callable[..., Books]
) -> None:
    name = "<img src=x onerror=alert(1)>"
    books = small(
        customers=f"customer_id,name,segment,currency\nC1,{name},{name},EUR\nC2,Birch,south,EUR\n",
        invoices=(
            "invoice_id,customer_id,issued_on,due_on,amount,currency\n"
            "I1,C1,2026-01-10,2026-02-09,100.00,EUR\nI2,C2,2026-02-10,2026-03-12,250.00,EUR\n"
            "I3,C1,2026-03-01,2026-03-31,300.00,EUR\n"
        ),
        payments=None,
        allocations=None,
    )
    shown = show(render(gather(books, as_of=date(2026, 3, 31))))
    shown.drawn()
    bars = shown.page.locator("#chart-why .mark-rect path")
    seen = ""
    for place in range(bars.count()):
        bars.nth(place).hover(force=True)
        seen += shown.page.locator("#vg-tooltip-element").inner_text()
    assert name in seen
    assert shown.page.locator("img").count() == 0
    assert shown.said == []


def test_dark_turns_light_while_it_is_open_and_in_print(drawn: Shown) -> None:
    drawn.page.emulate_media(color_scheme="dark")
    stroke = "getComputedStyle(document.querySelector('#chart-overdue .mark-line path')).stroke"
    assert drawn.page.evaluate(stroke) == "rgb(76, 194, 166)"
    drawn.page.emulate_media(color_scheme="light")
    assert drawn.page.evaluate(stroke) == "rgb(11, 110, 92)"
    drawn.page.emulate_media(color_scheme="dark", media="print")
    assert drawn.page.evaluate(stroke) == "rgb(11, 110, 92)"
    assert drawn.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_printed_on_paper_it_takes_few_pages(drawn: Shown, read_pdf: Callable[[bytes], str]) -> None:
    drawn.page.emulate_media(color_scheme="dark")
    printed = drawn.page.pdf(prefer_css_page_size=True)
    assert len(PdfReader(io.BytesIO(printed)).pages) <= 5
    text = read_pdf(printed)
    for words in ("Collection effectiveness", "Overdue customers", "Cost of collecting"):
        assert words in text


def test_everything_that_folds_or_scrolls_is_reached_by_keyboard(
    show: Callable[..., Shown], html: bytes
) -> None:
    shown = show(html)
    shown.drawn()
    names = []
    for _ in range(14):
        shown.page.keyboard.press("Tab")
        names.append(shown.page.evaluate("document.activeElement.tagName"))
        outline = shown.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", names
    assert names.count("SUMMARY") == 12
    assert names.count("DIV") == 2


def test_every_chart_has_a_name_with_its_latest_figures(drawn: Shown) -> None:
    names = [chart.get_attribute("aria-label") for chart in drawn.page.get_by_role("img").all()]
    charts = [name for name in names if name]
    assert len(charts) == 10
    assert any("Oct 2026: DSO" in name and "Best possible DSO" in name for name in charts)
