"""The first hour in a real browser: demo books until the overview shows, then an own file, question by question."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from countback.accounts.testing import SCREENS, WIDER_THAN_THE_SCREEN, window
from countback.ledger.tests.conftest import CUSTOMERS, DOUBTFUL, INVOICES, ITEMS, Desk, sent

__all__ = ["window"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def beside(work: Callable[[], None]) -> Callable[[], None]:
    """Works off the queue in a thread, beside the browser."""

    def worked() -> None:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(120)
        assert not thread.is_alive(), "the jobs did not end"

    return worked


def test_the_first_hour(
    window: Callable[..., Any], beside: Callable[[], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("countback.ledger.uploads_work.DEMO_CUSTOMERS", 8)
    page = window()
    page.goto("/first/")
    page.get_by_role("button", name="Load the demo books").click()
    assert page.get_by_role("heading", name="Importing Demo books").is_visible()
    beside()
    page.wait_for_url("**/imports/*/")  # htmx leads on by itself
    assert "came in" in page.locator(".sentence").first.inner_text()
    page.goto("/first/")
    assert page.get_by_role("heading", name="The books are here").is_visible()
    page.get_by_role("link", name="Open the overview").click()
    assert page.get_by_text("Open receivables").first.is_visible()

    (tmp_path / "list.csv").write_text(DOUBTFUL, encoding="utf-8")
    page.goto("/imports/new/")
    page.set_input_files("#files", tmp_path / "list.csv")
    assert "list.csv" in page.locator(".chosen").inner_text()
    page.get_by_role("button", name="Read the files").click()
    beside()
    page.wait_for_selector(".questions")
    page.wait_for_load_state()  # its script is there, too
    page.get_by_text("03/04/2026 is 3 April 2026").click()
    assert page.locator("fieldset :checked").count() == 2  # the other date is offered the same answer
    page.get_by_role("button", name="Read with these answers").click()
    beside()
    page.get_by_role("heading", name="What would change").wait_for()
    assert "1,000.00" not in page.locator("nav").inner_text()
    page.get_by_role("button", name="Import", exact=True).click()
    beside()
    page.wait_for_url("**/imports/*/")
    assert page.get_by_role("button", name="Undo this import").is_visible()


def test_it_goes_on_without_javascript(
    window: Callable[..., Any], beside: Callable[[], None], tmp_path: Path
) -> None:
    (tmp_path / "list.csv").write_text(DOUBTFUL, encoding="utf-8")
    page = window(java_script_enabled=False)
    page.goto("/imports/new/")
    page.set_input_files("#files", tmp_path / "list.csv")
    page.get_by_role("button", name="Read the files").click()
    beside()
    page.wait_for_selector(".questions", timeout=10_000)  # the page loads itself anew every two seconds
    for date in ("03/04/2026 is 3 April 2026", "03/05/2026 is 3 May 2026"):
        page.get_by_text(date).click()
    page.get_by_role("button", name="Read with these answers").click()
    beside()
    page.get_by_role("heading", name="What would change").wait_for(timeout=10_000)


def test_every_page_fits_every_screen(
    window: Callable[..., Any], desk: Desk, beside: Callable[[], None]
) -> None:
    page = window()
    desk.work = beside
    done = desk.imported(sent("items.csv", ITEMS))
    asking = desk.send(
        sent("a list with a rather long name, as programs that export make them.csv", DOUBTFUL)
    )
    preview = desk.send(sent("items.csv", ITEMS.replace("250.50", "1250000.50")))
    refused = desk.send(
        sent("customers.csv", CUSTOMERS), sent("invoices.csv", INVOICES.replace("EUR", "EURO"))
    )
    states = [upload.state for upload in (done, asking, preview, refused)]
    assert states == ["done", "asking", "read", "refused"]
    pages = ["/first/", "/imports/", "/imports/new/", f"/imports/{done.imported.pk}/"]
    for address in [*pages, *(f"/imports/uploads/{upload.id}/" for upload in (asking, preview, refused))]:
        page.goto(address)
        for (screen, (width, height)), scheme in product(SCREENS.items(), ("light", "dark")):
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(WIDER_THAN_THE_SCREEN) == [], (address, screen, scheme)
