"""Overview, KPI pages and rows in a real browser: they draw, fit, obey the content policy, and lead on when clicked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from countback.dashboards.conftest import AS_OF, WITHIN, Shown

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.usefixtures("mirror")]

PAGES = {
    "/": 10,
    "/kpis/dso/": 2,
    "/kpis/aging/": 0,
    "/kpis/": 0,
    "/kpis/dso/rows/": 0,
    "/recovery/": 2,
    "/restated/": 0,
}
"""Pages, and how many charts each draws."""

OUTSIDE = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide) return ["the page"];
  const box = (e) => e.getBoundingClientRect();
  const wrong = (e) => e.checkVisibility() && !e.closest(".scroll, svg, .unseen") && box(e).width
    && (box(e).right > wide + 1 || box(e).left < -1);
  return [...document.querySelectorAll("main *")].filter(wrong).map((e) => e.tagName + " " + e.className);
}"""

CUT = """() => [...document.querySelectorAll(".chart")].flatMap((chart) => {
  const box = chart.closest(".card").getBoundingClientRect();
  return [...chart.querySelectorAll("text")].filter((text) => text.textContent.trim()).filter((text) => {
    const r = text.getBoundingClientRect();
    return r.width && (r.right > box.right + 1 || r.left < box.left - 1 || r.bottom > box.bottom + 1);
  }).map((text) => chart.id + ": " + text.textContent);
})"""


SOON = """async () => {
  const wrong = %s;
  for (let tried = 0; tried < 60 && wrong().length; tried++) await new Promise((done) => setTimeout(done, 50));
  return wrong();
}"""
"""What is wrong of the page even when all that is drawn has had time to follow a new width."""


@pytest.mark.parametrize("page", PAGES)
def test_pages_draw_fit_and_obey_their_policy(show: Callable[..., Shown], page: str) -> None:
    shown = show(f"{page}?as_of={AS_OF}", "phone", "dark")
    assert shown.drawn() == PAGES[page]
    assert shown.page.evaluate(OUTSIDE) == []
    assert shown.page.evaluate(CUT) == []
    shown.turn("desktop", "light")
    assert shown.page.evaluate(SOON % OUTSIDE) == []
    assert shown.page.evaluate(SOON % CUT) == []
    assert shown.said == []


def test_a_chart_turns_dark_with_the_page(show: Callable[..., Shown]) -> None:
    shown = show(f"/kpis/overdue_share/?as_of={AS_OF}", scheme="dark")
    shown.drawn()
    stroke = "getComputedStyle(document.querySelector('#chart-trend .mark-line path')).stroke"
    assert shown.page.evaluate(stroke) == "rgb(76, 194, 166)"
    shown.page.emulate_media(color_scheme="light")
    assert shown.page.evaluate(stroke) == "rgb(11, 110, 92)"


def test_a_chart_follows_the_width_of_the_window(show: Callable[..., Shown]) -> None:
    shown = show(f"/kpis/dso/?as_of={AS_OF}")
    shown.drawn()
    width = "document.querySelector('#chart-trend svg').getBoundingClientRect().width"
    before = shown.page.evaluate(width)
    shown.page.set_viewport_size({"width": 800, "height": 900})
    shown.page.wait_for_function(f"{width} != {before}")
    assert shown.page.evaluate(OUTSIDE) == []


@pytest.mark.parametrize(
    ("page", "mark", "leads_to"),
    [
        ("/", "#chart-rolls .mark-rect path", "/kpis/roll_rates/rows/"),
        ("/", "#chart-cash .mark-rect path", "/kpis/credit_sales/rows/"),
        ("/", "#chart-dso .mark-rule line", "/kpis/dso/rows/"),
        ("/kpis/dso/", "#chart-trend .mark-rule line", "/kpis/dso/rows/"),
    ],
)
def test_what_is_clicked_leads_to_its_rows(
    show: Callable[..., Shown], page: str, mark: str, leads_to: str
) -> None:
    shown = show(f"{page}?as_of={AS_OF}&{WITHIN}")
    shown.drawn()
    marks = shown.page.locator(mark)
    marks.nth(marks.count() - 1).scroll_into_view_if_needed()
    marks.nth(marks.count() - 1).click(force=True)
    shown.page.wait_for_url(f"**{leads_to}*", timeout=60_000)
    assert WITHIN in shown.page.url
    assert shown.said == []


def test_filters_are_chosen_by_keyboard_and_without_script(show: Callable[..., Shown]) -> None:
    shown = show(f"/kpis/aging/?as_of={AS_OF}", "phone")
    shown.page.locator("summary", has_text="Segment").focus()
    shown.page.keyboard.press("Enter")
    shown.page.get_by_label("public").check()
    shown.page.locator("details[open] button", has_text="Show").click()
    shown.page.wait_for_url("**segment=public*")
    assert shown.page.locator("summary.on", has_text="public").count() == 1
    assert shown.said == []
