"""The worklist in a real browser, without the mouse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import product
from typing import Any

import pytest

from countback.accounts.testing import SCREENS, WIDER_THAN_THE_SCREEN, World, window
from countback.ledger.testing import asked
from countback.worklists import making
from countback.worklists.models import Skip

__all__ = ["window"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("in_the_ledger"),
]


@pytest.fixture
def today() -> date:
    """A real one: the server of these tests knows no other."""
    return datetime.now(UTC).date()


@pytest.fixture(autouse=True)
def lists(in_the_ledger: None, today: date) -> None:
    """The lists of the day."""
    del in_the_ledger
    making.make_worklists(today=today, at=datetime.now(UTC))


def chosen(page: Any) -> str:
    return str(page.locator(".list [aria-current] .who").inner_text())


def test_ten_customers_are_worked_through_by_keyboard_alone(window: Callable[..., Any], world: World) -> None:
    """Anna's list from the top: seven calls that nobody answers, a promise, a follow-up, one skipped. No mouse."""
    page = window(world.bob)
    page.goto("/worklist/")
    for place in range(11, 4, -1):
        assert chosen(page) == f"House A{place}"
        page.keyboard.press("c")
        page.keyboard.press("ArrowDown")  # the first choice, then the second, then the third
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_selector(f".list [aria-current]:has-text('House A{place - 1}')")
        page.wait_for_load_state()  # its scripts are there, too
    page.keyboard.press("p")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Promise recorded.")
    page.wait_for_load_state()
    page.keyboard.press("f")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Follow-up set.")
    page.wait_for_load_state()
    page.keyboard.press("s")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=skipped: cannot be reached today")
    assert chosen(page) == "House A1"
    assert page.locator(".state b").first.inner_text() == "1"
    calls = asked(
        "SELECT customer_id, outcome, collector FROM ledger_current_contacts WHERE contact_id LIKE 'C-%%'"
    )
    assert sorted(calls) == sorted((f"A{n}", "no_answer", "anna") for n in range(5, 12))
    assert asked("SELECT customer_id, amount::int FROM ledger_current_promises") == [("A4", 4000)]
    assert Skip.objects.get().customer_id == "A2"


def test_j_and_k_move_and_enter_shows_everything(window: Callable[..., Any], world: World) -> None:
    page = window(world.bob)
    page.goto("/worklist/")
    page.keyboard.press("j")
    page.wait_for_url("**at=A10")
    page.keyboard.press("j")
    page.wait_for_url("**at=A9")
    page.keyboard.press("k")
    page.wait_for_url("**at=A10")
    assert chosen(page) == "House A10"
    page.locator("body").press("Enter")
    page.wait_for_url("**/customers/A10/")


@pytest.mark.parametrize(("screen", "at"), list(product(SCREENS, ("A11", "A6", "A1"))))
def test_the_customer_that_is_worked_on_is_in_view_in_the_list(
    window: Callable[..., Any], world: World, screen: str, at: str
) -> None:
    width, height = SCREENS[screen]
    page = window(world.bob, viewport={"width": width, "height": height // 2})
    page.goto(f"/worklist/?at={at}")
    line, box = (page.locator(one).bounding_box() for one in (".list [aria-current]", ".list"))
    assert box["y"] <= line["y"]
    assert line["y"] + line["height"] <= box["y"] + box["height"]


@pytest.mark.parametrize(("screen", "scheme"), list(product(SCREENS, ("light", "dark"))))
def test_the_pages_fit(window: Callable[..., Any], world: World, screen: str, scheme: str) -> None:
    width, height = SCREENS[screen]
    page = window(viewport={"width": width, "height": height}, color_scheme=scheme)
    for address in (
        "/worklist/",
        "/worklist/?collector=anna",
        "/worklist/waiting/",
        "/worklist/weights/?age=2",
    ):
        page.goto(address)
        assert page.evaluate(WIDER_THAN_THE_SCREEN) == [], address
