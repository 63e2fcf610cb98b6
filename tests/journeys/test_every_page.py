"""Every page of the application, by its URL table, over books with something on each: numbers lead to rows that add up
to them and to a file that holds the same; nothing keeps people out; nothing breaks the content policy or the layout."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from itertools import cycle
from typing import Any

import pytest
from django.urls import reverse

from countback.accounts.models import Person
from countback.accounts.test_routes import GUARDED
from countback.alerts.models import Alert
from countback.alerts.test_views import kept as keep_alert
from countback.alerts.test_views import told
from countback.audit.testing import append_only_tables_are_emptied
from countback.dashboards.conftest import (
    Shown,
    chromium,
    figure_of,
    lines_of,
    show,
    sides_of,
)
from countback.dashboards.models import View
from countback.dashboards.test_arranged import made as arranged
from countback.dashboards.test_pages_browser import OUTSIDE
from countback.ledger.models import Import
from countback.ledger.reconciling.models import Reconciliation
from countback.ledger.records.models import Address, ContactPerson, CustomField, Note
from countback.ledger.records.testing import ADDRESS, PERSON
from countback.ledger.sources.models import Source
from countback.ledger.sources.test_pages import FIELDS as SOURCE
from countback.ledger.sources.testing import allowed, sourced
from countback.ledger.testing import ledger_is_emptied
from countback.ledger.tests.conftest import Desk, desk, kept, no_job, sent, work, world
from countback.ledger.upload_models import Upload
from countback.project.guide.test_browser import serious
from countback.subscriptions.models import Subscription
from countback.subscriptions.test_screens import filled_in

__all__ = ["allowed", "append_only_tables_are_emptied", "chromium", "desk", "kept", "ledger_is_emptied", "no_job",
           "show", "sourced", "work", "world"]  # fmt: skip

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sourced")]

NO_PAGES = {
    "dashboards:chart_library": "a script",
    "subscriptions:pack": "a file",
    "ledger:upload_problems": "a file",
    "ledger:totals_template": "a file",
    "ledger:reconciliation_lines": "a file",
}
"""Addresses to read that are no pages."""

LOOKED_AT_BESIDE = ("guide:", "subscriptions:")
"""Routes whose own tests look at each of their pages in the same way, in more sizes."""

MOST_NUMBERS = 8
"""Numbers of one page that are followed here, evenly over the page; the tests of each page follow all of theirs."""

WITH_NUMBERS = {
    "overview", "kpis", "kpi", "recovery", "ageing", "customer", "customers", "dashboard", "view",
}  # fmt: skip
"""Pages that have numbers in any case."""

RECORDED = {
    "contact": {"outcome": "no_answer"},
    "promise": {"amount": "1", "due_on": "2030-01-01"},
    "dispute": {"amount": "1", "reason": "tax"},
    "follow-up": {"due_on": "2030-01-01", "why": "answer"},
}
"""What somebody records about a customer; with something wrong in it the form comes back."""

OPEN_ITEMS = "Invoice,Customer,Name,Issued,Due,Amount\nI-1,C1,Brandt,03/04/2026,03/05/2026,1000.00\n"
"""Dates that can be read in two ways: a page that asks."""


@pytest.fixture
def pages(desk: Desk, world: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Demo books in the ledger, and something of everything that people make here; the address of each page by its
    route."""
    monkeypatch.setattr("countback.ledger.uploads_work.DEMO_CUSTOMERS", 8)
    monkeypatch.setattr("countback.ledger.uploads_work.DEMO_MONTHS", 14)
    desk.post("load_demo")
    desk.work()
    customer = desk.page.get(reverse("dashboards:customers")).context["lines"][0].line.customer_id
    made = dict(_made(desk, world, customer))
    made |= {
        route.name: f"/{route.pattern}"
        for route in GUARDED
        if "<" not in route.pattern and route.name not in made
    }
    found = {name: _read_at(desk, address) for name, address in made.items() if name not in NO_PAGES}
    return {name: address for name, address in found.items() if address}


def _read_at(desk: Desk, address: str) -> str:
    """Where it is read, which is where it leads to if it leads on; nowhere, if it is only sent to."""
    answer = desk.page.get(address)
    return "" if answer.status_code == 405 else str(answer.headers.get("Location", address))


def _made(desk: Desk, world: Any, customer: str) -> Iterator[tuple[str, str]]:
    """Makes something of everything, as people do on the screens: routes with an identifier, and their addresses."""
    yield "dashboards:kpi", "/kpis/dso/"
    yield "dashboards:rows", "/kpis/overdue_share/rows/"
    yield "dashboards:customer", reverse("dashboards:customer", args=[customer])
    page = desk.page
    page.post("/saved/views/new/", {"name": "Mine", "address": "/ageing/?by=segment"})
    yield "dashboards:view", f"/saved/views/{View.objects.get().pk}/"
    dashboard = arranged(page)
    for route in ("dashboard", "arrange"):
        yield f"dashboards:{route}", reverse(f"dashboards:{route}", args=[dashboard.pk])
    keep_alert(page, "/alerts/new/", told(world, size="1"))
    yield "alerts:alert", f"/alerts/{Alert.objects.get().pk}/"
    page.post("/reports/new/", filled_in(world.alice))
    for route in ("subscription", "edit"):
        yield (
            f"subscriptions:{route}",
            reverse(f"subscriptions:{route}", args=[Subscription.objects.get().pk]),
        )
    yield "guide:kpi", "/help/kpis/dso/"
    yield "guide:screen", "/help/screens/kpi/"
    yield "guide:tour_step", "/help/tour/1/"
    yield "accounts:person", reverse("accounts:person", args=[Person.objects.get(pk=world.bob.pk).pk])
    page.post("/worklist/make/")
    for what, given in RECORDED.items():
        page.post(reverse(f"arrangements:{what}", args=[customer]), given)
        yield f"arrangements:{what}", reverse(f"arrangements:{what}", args=[customer])
    yield from _made_in_the_ledger(desk, customer)


def _made_in_the_ledger(desk: Desk, customer: str) -> Iterator[tuple[str, str]]:
    def at(route: str, *given: Any) -> tuple[str, str]:
        return f"ledger:{route}", reverse(f"ledger:{route}", args=given)

    desk.post("new_custom_field", name="Hobby", kind="text", choices="", help="")
    desk.post("new_contact_person", customer, **PERSON)
    desk.post("new_address", customer, **ADDRESS)
    desk.post("new_note", customer, text="Pays on Fridays")
    desk.post("new_source", **SOURCE)
    desk.post("new_reconciliation", name="SAP", as_of="2026-10-31", **{"total 0": "1"})
    desk.send(sent("items.csv", OPEN_ITEMS))
    for route in ("record", "new_contact_person", "new_address", "new_note", "field_values", "copy_customer",
                  "erase_customer"):  # fmt: skip
        yield at(route, customer)
    person = ContactPerson.objects.get()
    yield from (at("contact_person", person.pk), at("erase_contact_person", person.pk))
    yield at("address", Address.objects.get().pk)
    yield at("correct_note", Note.objects.get().pk)
    yield at("custom_field", CustomField.objects.get().pk)
    source = Source.objects.get()
    yield from (at("source", source.pk), at("edit_source", source.pk))
    yield at("reconciliation", Reconciliation.objects.get().pk)
    yield at("import_shown", Import.of_books.get().pk)
    yield at("upload_shown", Upload.objects.latest("at").pk)


def test_every_page_is_there_and_its_numbers_are_those_of_rows_and_files(
    pages: dict[str, str], desk: Desk
) -> None:
    none_is_forgotten(pages, desk)
    numbers_lead_to_rows(pages, desk)
    files_hold_what_pages_show(pages, desk)


def none_is_forgotten(pages: dict[str, str], desk: Desk) -> None:
    """What is not walked is no page: it is only sent to, or gives a file."""
    for route in GUARDED:
        if route.name not in pages and route.name not in NO_PAGES and route.name != "accounts:":
            assert desk.page.get(route.address).status_code in (404, 405), route.name
            assert "what>" in route.pattern or desk.page.head(route.address).status_code == 405, route.name


@dataclass(frozen=True)
class Number:
    """A number on a page that leads to its rows. `half`: by how much it may be rounded."""

    value: Decimal
    half: Decimal
    href: str

    def is_told_by(self, exact: Decimal) -> bool:
        return abs(exact - self.value) <= self.half


def numbers_of(page: str) -> list[Number]:
    """Every number of a page that leads to rows, as exactly as the page has it."""
    found = re.findall(
        r'<a class="rows" href="(/kpis/[^/]+/rows/[^"]*)">(?:<data value="([^"]*)">)?([^<]*)', page
    )
    return [_number(unescape(href), exact, text) for href, exact, text in found]


def _number(href: str, exact: str, text: str) -> Number:
    if exact:
        return Number(Decimal(exact), Decimal(0), href)
    value = Decimal(re.sub(r"[^\d.-]", "", unescape(text).replace("−", "-")))
    return Number(value, Decimal(1).scaleb(int(value.as_tuple().exponent)) / 2, href)


def spread(numbers: list[Number]) -> list[Number]:
    return numbers[:: max(1, -(-len(numbers) // MOST_NUMBERS))]


def numbers_lead_to_rows(pages: dict[str, str], desk: Desk) -> None:
    followed = {}
    for name, address in pages.items():
        answer = desk.page.get(address)
        assert answer.status_code == 200, (name, address)
        numbers = numbers_of(answer.content.decode())
        for number in spread(numbers):
            follow(desk, number)
        followed[name] = len(numbers)
    led = {name for name, count in followed.items() if count}
    assert led >= {f"dashboards:{page}" for page in WITH_NUMBERS}


def follow(desk: Desk, number: Number) -> None:
    """The rows' page shows the number, as its figure or one of its sides, and sides are the sums of the file's rows."""
    page = desk.page.get(number.href).content.decode()
    asked = re.search(r"[?&]side=(\w+)", number.href)
    figure = None if asked else figure_of(page)
    exact = sides_of(page)[asked[1] if asked else "numerator"] if figure is None else figure
    assert number.is_told_by(exact), (number, exact)
    whole = re.sub(r"&side=\w+", "", number.href)
    for side, amount in sides_of(page).items():
        lines = lines_of(desk.page.get(f"{whole}&side={side}&format=csv"))
        assert {line["side"] for line in lines} <= {side}
        assert sum((Decimal(line["amount"]) for line in lines), Decimal(0)) == amount, (number, side)


def files_hold_what_pages_show(pages: dict[str, str], desk: Desk) -> None:
    holding = set()
    for name, address in pages.items():
        page = desk.page.get(address).content.decode()
        numbers = numbers_of(page)
        files = {unescape(found) for found in re.findall(r'href="([^"]*format=csv[^"]*)"', page)}
        if not numbers or not files:
            continue
        path = address.partition("?")[0]
        held = {cell for file in files for cell in cells_of(desk, path + file if file[0] == "?" else file)}
        missing = [number for number in numbers if not any(map(number.is_told_by, held))]
        assert not missing, (name, missing)
        holding.add(name)
    assert holding >= {f"dashboards:{page}" for page in WITH_NUMBERS - {"view", "customer"}}


def cells_of(desk: Desk, address: str) -> Iterator[Decimal]:
    """What the cells of a file hold, where they hold numbers, and the sums of its columns: totals are in no file."""
    columns: dict[str, list[Decimal]] = {}
    for line in lines_of(desk.page.get(address)):
        for name, cell in line.items():
            if re.fullmatch(r"-?\d+(\.\d+)?", cell or ""):
                columns.setdefault(name, []).append(Decimal(cell))
    for numbers in columns.values():
        yield from numbers
        yield sum(numbers, Decimal(0))


@pytest.mark.browser
def test_nothing_keeps_anybody_out(pages: dict[str, str], request: pytest.FixtureRequest) -> None:
    # The browser starts after the work is done: no worker runs where its loop runs.
    show: Callable[..., Shown] = request.getfixturevalue("show")
    mine = [name for name in pages if not name.startswith(LOOKED_AT_BESIDE)]
    schemes = dict(zip(mine, cycle(("light", "dark")), strict=False))
    wrong = {
        name: found for name in mine if (found := list(barriers(show(pages[name], scheme=schemes[name]))))
    }
    assert wrong == {}


def barriers(shown: Shown) -> Iterator[Any]:
    """What is wrong with a page on a desk; and what of it does not fit on a phone."""
    yield from serious(shown)
    shown.page.set_viewport_size({"width": 390, "height": 844})
    shown.page.evaluate("() => new Promise(requestAnimationFrame)")
    yield from shown.page.evaluate(OUTSIDE.replace(".unseen", ".unseen, .for-readers"))
    yield from shown.said
    shown.page.close()
