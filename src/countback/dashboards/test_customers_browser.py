"""Ageing and customers in a real browser: they fit, obey the content policy, and are reached by keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from countback.dashboards.conftest import Shown

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.usefixtures("mirror")]

PAGES = {"ageing": "/ageing/", "customers": "/customers/", "customer": "/customers/000001/"}

OUTSIDE = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide) return ["the page"];
  const box = (e) => e.getBoundingClientRect();
  const wrong = (e) => e.checkVisibility() && !e.closest(".scroll, svg, .for-ears") && box(e).width
    && (box(e).right > wide + 1 || box(e).left < -1);
  return [...document.querySelectorAll("main *")].filter(wrong).map((e) => e.tagName + " " + e.className);
}"""


@pytest.mark.parametrize("page", PAGES.values())
def test_pages_fit_and_obey_their_policy(show: Callable[..., Shown], page: str) -> None:
    shown = show(page, "phone", "dark")
    assert shown.page.evaluate(OUTSIDE) == []
    shown.turn("desktop", "light")
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
