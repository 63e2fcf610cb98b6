"""The first day with Countback, in a real browser, against the server as people start it, with a real mail server.

An empty installation, own books, the overview, down to an invoice; an alert that is tried, kept and speaks; a report
that arrives; a colleague who sees what is hers and nothing else.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from countback.project.testing import Server, served
from countback.project.welcome import FIRST
from countback.subscriptions.testing import body, files, pdf_words
from tests.post import Post, post_office

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ENDS = date(2026, 10, 31)
PASSWORD = "slow-river-under-stones-7"


@pytest.fixture(scope="module")
def post() -> Iterator[Post]:
    with post_office() as office:
        yield office


@pytest.fixture(scope="module")
def server(post: Post) -> Iterator[Server]:
    mail = f"smtp://{post.host}:{post.port}"
    with (
        tempfile.TemporaryDirectory(prefix="countback-") as place,
        served(Path(place) / "data", COUNTBACK_MAIL_URL=mail) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def own_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books of two companies, as a zip of CSV files."""
    customers = [(f"C{n}", name, ("anna", "ben")[n % 2], ("E1", "E2")[n % 2])
                 for n, name in enumerate(("Alder Works", "Birch GmbH", "Cedar & Sons", "Dogwood SA"))]  # fmt: skip
    invoices, payments = [], []
    for n in range(96):
        issued = ENDS - timedelta(days=4 + 5 * n)
        customer, amount = n % 4, Decimal(400 + 37 * n) / 4
        invoices.append((f"INV-{n:03}", f"C{customer}", issued, issued + timedelta(days=30), amount, "EUR"))
        if n > 5 and n % 7:
            paid = issued + timedelta(days=24 + n % 20)
            payments.append((f"P-{n:03}", f"C{customer}", paid, amount, "EUR", f"INV-{n:03}"))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, head, rows in (
            ("customers", "customer_id,name,collector,entity_id", customers),
            ("invoices", "invoice_id,customer_id,issued_on,due_on,amount,currency", invoices),
            ("payments", "payment_id,customer_id,received_on,amount,currency,reference", payments),
            ("allocations", "payment_id,invoice_id,amount", [(p[0], p[5], p[3]) for p in payments]),
        ):
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows([head.split(","), *rows])
            archive.writestr(f"{name}.csv", text.getvalue())
    place = tmp_path_factory.mktemp("own") / "our-books.zip"
    place.write_bytes(packed.getvalue())
    return place


@pytest.fixture(scope="module")
def window(browser_path: str, server: Server) -> Iterator[Callable[[], Any]]:
    """Opens a browser of its own for a person; whatever a page complains of fails the test."""
    api = pytest.importorskip("playwright.sync_api")
    said: list[str] = []
    with api.sync_playwright() as running:
        browser = running.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"]
        )

        def opened() -> Any:
            page = browser.new_context(
                base_url=server.address, viewport={"width": 1280, "height": 900}
            ).new_page()
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            return page

        yield opened
        browser.close()
    assert [line for line in said if "403" not in line and "404" not in line] == []


def sign_in(page: Any, email: str, password: str) -> None:
    page.goto("/accounts/login/")
    page.fill('input[name="login"]', email)
    page.fill('input[name="password"]', password)
    page.click("button.p")


def waited(words: str, ask: Callable[[], Any]) -> Any:
    """What is asked for, once it is there."""
    for _ in range(600):
        if found := ask():
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited in vain for {words}")


def number_at(page: Any, place: str) -> Decimal:
    return Decimal(page.locator(place).first.get_attribute("value"))


def imports_own_books(page: Any, books: Path) -> None:
    page.goto("/first/")
    page.click("text=Import my own files")
    page.set_input_files("#files", str(books))
    page.click("text=Read the files")
    page.get_by_role("button", name="Import", exact=True).click(timeout=60_000)
    page.get_by_role("button", name="Undo").wait_for(timeout=60_000)

    waited("the overview", lambda: 'id="tile-overdue_share"' in page.request.get(f"/?as_of={ENDS}").text())


def drills_down_to_an_invoice(page: Any) -> None:
    page.goto(f"/?as_of={ENDS}")
    shown = number_at(page, "#tile-overdue_share data")
    page.locator("#tile-overdue_share .value a").click()
    assert number_at(page, "#figure") == shown
    above, below = (number_at(page, f".of-side[data-side={side}]") for side in ("numerator", "denominator"))
    assert number_at(page, ".of-rows tfoot data") == above
    assert round(above / below * 100, 10) == shown
    first = page.locator(".of-rows tbody tr").first
    invoice = first.locator(".id a").inner_text()
    first.locator(".id a").click()
    page.wait_for_load_state()
    assert invoice in page.locator("main").inner_text()


def sets_an_alert(page: Any, post: Post) -> None:
    page.click("text=Alerts")
    page.get_by_role("link", name="New alert").click()
    page.click("text=A value")
    page.fill('input[name="name"]', "Too much is overdue")
    page.select_option('select[name="kpi"]', "overdue_share")
    page.fill('input[name="size"]', "1")
    page.check('input[name="to_mail"]')
    page.get_by_role("button", name="Try on history").click()
    assert "Would have spoken once in 24 months" in page.locator(".trial").inner_text()
    page.get_by_role("button", name="Keep the alert").click()
    mail = waited("the mail of the alert", lambda: about("Too much is overdue", post))
    assert "%" in body(mail, "plain")
    rows = re.search(r"http://localhost:\d+(/kpis/overdue_share/rows/\S+)", body(mail, "plain"))
    assert rows
    page.goto(rows[1])
    assert number_at(page, ".of-rows tfoot data") > 0
    page.goto("/alerts/")
    assert "raised" in page.locator("main").inner_text()


def has_a_report_sent(page: Any, post: Post) -> None:
    page.click("text=Reports")
    page.get_by_role("link", name="New report").first.click()
    page.fill('input[name="name"]', "Monthly pack")
    page.get_by_role("button", name="Show the next sendings").click()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Send me one now").click()
    mail = waited("the report", lambda: about("Monthly pack", post))
    attached = files(mail)
    pdf = next(content for name, content in attached.items() if name.endswith(".pdf"))
    assert "DSO" in pdf_words(pdf)
    assert any(name.endswith(".xlsx") for name in attached)


def invites_a_collector(page: Any, post: Post) -> str:
    page.click("text=People")
    page.get_by_role("link", name="Invite").click()
    page.fill('input[name="email"]', "anna@example.com")
    page.fill('input[name="name"]', "Anna Ahl")
    page.check('input[value="collector"]')
    page.check('input[name="all_entities"]')
    page.fill('input[name="collectors"]', "anna")
    page.get_by_role("button", name="Send the invitation").click()
    mail = waited(
        "the invitation", lambda: next((one for one in post.mails if one["To"] == "anna@example.com"), None)
    )
    link = re.search(r"http://localhost:\d+(/invitation/\S+)", body(mail, "plain"))
    assert link
    return link[1]


def sees_what_is_hers(page: Any, invitation: str) -> None:
    page.goto(invitation)
    page.fill('input[name="password"]', PASSWORD)
    page.get_by_role("button", name="Set password").click()
    page.wait_for_load_state()
    if page.url.endswith("/accounts/login/"):
        sign_in(page, "anna@example.com", PASSWORD)
    page.goto(f"/customers/?as_of={ENDS}")
    words = page.locator("main").inner_text()
    assert "Alder Works" in words
    assert "Birch GmbH" not in words
    menu = page.locator("nav").first.inner_text()
    assert "Imports" not in menu
    assert "People" not in menu
    assert page.goto("/people/").status == 403
    assert page.goto("/imports/new/").status == 403
    assert page.goto("/customers/C1/").status == 404


def about(subject: str, post: Post) -> Any:
    return next((mail for mail in post.mails if subject in mail["Subject"]), None)


def test_the_first_day(window: Callable[[], Any], server: Server, post: Post, own_books: Path) -> None:
    page = window()
    sign_in(page, FIRST, server.password)
    imports_own_books(page, own_books)
    drills_down_to_an_invoice(page)
    sets_an_alert(page, post)
    has_a_report_sent(page, post)
    sees_what_is_hers(window(), invites_a_collector(page, post))
