"""A customer's page in a real browser, worked by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from countback.accounts.testing import SCREENS, WIDER_THAN_THE_SCREEN, World, window
from countback.arrangements.models import FollowUp
from countback.arrangements.testing import stored
from countback.ledger.records.models import Note

__all__ = ["window"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("books")]

Window = Callable[..., Any]


@pytest.fixture
def page(window: Window, world: World) -> Any:
    opened = window(world.bob)
    opened.goto("/customers/C1/")
    return opened


def day(ahead: int) -> str:
    return (date.today() + timedelta(ahead)).strftime("%m%d%Y")


def test_a_call_with_what_follows_is_logged_by_keyboard_alone(page: Any) -> None:
    """c, the outcome, the note, and when to come back: Enter sends it, and the page says what now stands."""
    page.keyboard.press("c")
    assert page.evaluate("document.activeElement.name") == "outcome"
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Ms Fox pays c. half by Friday")
    assert page.locator("details[open]").count() == 1, "letters of a note open nothing"
    page.keyboard.press("Tab")
    page.keyboard.type("E-mail")
    page.keyboard.press("Tab")
    page.keyboard.type("4.5")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "again_on":
            break
    page.keyboard.type(day(7))
    page.keyboard.press("Enter")
    page.wait_for_selector("ul.said")
    assert page.locator("ul.said").inner_text() == "Contact logged."
    assert stored("contacts", "outcome, collector, minutes::text, channel") == [
        ("right_party", "anna", "4.5000", "email")
    ]
    assert Note.objects.get().text == "Ms Fox pays c. half by Friday"
    assert FollowUp.objects.get().due_on == date.today() + timedelta(7)


def test_keys_open_one_form_at_a_time_and_escape_closes_it(page: Any) -> None:
    for key, field in {"p": "amount", "d": "invoice", "f": "due_on", "c": "outcome"}.items():
        page.keyboard.press(key)
        assert page.locator("details[open]").count() == 1
        assert page.evaluate("document.activeElement.name") == field
        page.keyboard.press("Escape")
        assert page.locator("details[open]").count() == 0


def test_keys_that_lead_elsewhere_still_do(page: Any) -> None:
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/customers/")
    assert page.get_by_role("heading", name="Customers").first.is_visible()


def test_keys_that_are_turned_off_do_nothing(page: Any) -> None:
    page.evaluate("localStorage.setItem('countback.keys', 'off')")
    page.keyboard.press("p")
    assert page.locator("details[open]").count() == 0


def test_a_promise_and_a_dispute_stand_and_end_where_they_stand(page: Any) -> None:
    page.keyboard.press("p")
    page.locator("#promise-amount").fill("40")
    page.get_by_label("I1: 40.00 EUR").check()
    page.get_by_role("button", name="Record the promise").click()
    page.wait_for_selector("ul.said")
    page.keyboard.press("d")
    page.locator("#dispute-invoice").select_option("I2")
    page.locator("#dispute-amount").fill("100")
    page.locator("#dispute-reason").select_option("goods_damaged")
    page.get_by_role("button", name="Open the dispute").click()
    page.wait_for_selector("text=Dispute opened.")
    standing = page.locator(".standing").inner_text()
    assert "40.00 EUR" in standing
    assert "goods damaged" in standing
    page.get_by_role("button", name="withdraw").click()
    page.wait_for_selector("text=Promise withdrawn.")
    page.locator(".standing select").select_option("upheld")
    page.get_by_role("button", name="Resolve").click()
    page.wait_for_selector("text=Dispute resolved.")
    assert "No promise, dispute or follow-up stands." in page.locator(".standing").inner_text()


def test_what_is_wrong_comes_back_beside_its_field(page: Any) -> None:
    page.keyboard.press("p")
    page.locator("#promise-amount").fill("999")
    page.keyboard.press("Enter")
    page.wait_for_url("**/arrange/promise/C1/")
    assert "Only 290.00 EUR" in page.locator(".f-amount .errorlist").inner_text()
    assert page.locator("[name=amount]").input_value() == "999"
    page.get_by_role("link", name="Leave it").click()
    page.wait_for_url("**/customers/C1/")


@pytest.mark.parametrize(("screen", "scheme"), list(product(SCREENS, ("light", "dark"))))
def test_the_page_and_each_form_fit(window: Window, world: World, screen: str, scheme: str) -> None:
    width, height = SCREENS[screen]
    page = window(world.bob, viewport={"width": width, "height": height}, color_scheme=scheme)
    page.goto("/customers/C1/")
    for key in "cpdf":
        page.keyboard.press(key)
        assert page.evaluate(WIDER_THAN_THE_SCREEN) == [], key
        page.keyboard.press("Escape")
    page.goto("/arrange/contact/C1/")
    assert page.evaluate(WIDER_THAN_THE_SCREEN) == []
