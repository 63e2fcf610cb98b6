"""Customers with awkward numbers and names, two currencies without a rate, one collector's scope."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import openpyxl
import pytest
from django.urls import resolve, reverse
from django.utils.timezone import get_current_timezone

from countback.accounts.rules import Scope
from countback.accounts.testing import World
from countback.dashboards.aging_queries import aging_table
from countback.dashboards.asked import Asked, read_known_at
from countback.dashboards.customer_timeline import event_counts, events, settled_by
from countback.dashboards.customers_queries import customer_lines
from countback.ledger import figures as ledger_figures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("odd_mirror")]

AS_OF = date(2026, 3, 31)
ALL = Scope()
BOB = Scope(collectors=("anna",))

AWKWARD = ["A/../B 1", "..", "~x//y", "ä'\"; DROP TABLE", "100%?#&+", "Zażółć/", "/lead", "a\\b", "."]
EVIL = "<img src=x onerror=alert(1)>"
FORMULA = '=HYPERLINK("http://x.example";"pay")'

CUSTOMERS = [
    ["A1", "Ash & Co", "", "E1", "anna", "EUR", "1000.00"],
    ["A2", EVIL, "A1", "E1", "anna", "EUR", ""],
    ["A3", FORMULA, "A1", "E2", "ben", "USD", "100.00"],
    ["A4", "Quiet Ltd", "", "E2", "", "", ""],
    *([code, f"Odd {place}", "", "E1", "anna", "EUR", ""] for place, code in enumerate(AWKWARD)),
]
INVOICES = [
    ["I1", "A1", "2026-01-10", "2026-02-09", "1000.00", "EUR", "E1", ""],
    ["I2", "A1", "2026-03-01", "2026-03-31", "300.00", "USD", "E1", ""],
    ["I3", "A2", "2026-02-01", "2026-03-03", "50.00", "EUR", "E1", "2026-04-02T10:00:00"],
    ["I4", "A3", "2026-02-01", "2026-03-03", "70.00", "USD", "E2", ""],
    ["I6", "A3", "2026-02-01", "2026-03-03", "8.00", "USD", "E1", ""],
    ["I5", "A1", "2026-04-05", "2026-05-05", "9.00", "EUR", "E1", ""],
    *([f"O{place}", code, "2026-03-01", "2026-03-15", f"{place + 1}.00", "EUR", "E1", ""]
      for place, code in enumerate(AWKWARD)),
]  # fmt: skip

TABLES: dict[str, tuple[str, list[list[str]]]] = {
    "customers": ("customer_id,name,parent_id,entity_id,collector,currency,credit_limit", CUSTOMERS),
    "invoices": ("invoice_id,customer_id,issued_on,due_on,amount,currency,entity_id,recorded_at", INVOICES),
    "payments": (
        "payment_id,customer_id,received_on,amount,currency,method,reversed_on",
        [
            ["P1", "A1", "2026-02-20", "450.00", "EUR", "bank_transfer", ""],
            ["P2", "A1", "2026-03-05", "100.00", "EUR", "direct_debit", "2026-03-20"],
            ["P3", "A3", "2026-03-05", "70.00", "USD", "", "2026-04-08"],
        ],
    ),
    "credit_notes": (
        "credit_note_id,customer_id,issued_on,amount,currency,invoice_id,reason",
        [["N1", "A1", "2026-03-02", "20.00", "EUR", "I1", "price"]],
    ),
    "allocations": (
        "payment_id,invoice_id,amount,applied_on",
        [
            ["P1", "I1", "400.00", "2026-02-20"],
            ["P2", "I1", "100.00", "2026-03-05"],
            ["P1", "I3", "30.00", "2026-03-10"],
            ["P3", "I4", "70.00", "2026-03-05"],
        ],
    ),
    "write_offs": (
        "write_off_id,invoice_id,written_off_on,amount,reason",
        [["W1", "I1", "2026-03-25", "5.00", "small"]],
    ),
    "promises": (
        "promise_id,customer_id,invoice_id,made_on,due_on,amount,collector",
        [["PR1", "A1", "I1", "2026-02-10", "2026-02-12", "400.00", "anna"],
         ["PR2", "A1", "I1", "2026-03-28", "2026-04-10", "100.00", "anna"]],
    ),
    "disputes": (
        "dispute_id,invoice_id,opened_on,amount,reason,resolved_on,outcome",
        [["D1", "I1", "2026-03-15", "60.00", EVIL, "2026-04-15", "credited"]],
    ),
    "contacts": (
        "contact_id,customer_id,contacted_on,channel,direction,outcome,collector",
        [["C1", "A1", "2026-03-15T09:30:00", "call", "out", "right_party", "anna"]],
    ),
    "placements": (
        "placement_id,customer_id,agency,placed_on,amount,recalled_on",
        [["L1", "A1", "Acme", "2026-03-16", "400.00", "2026-04-20"]],
    ),
    "legal_actions": (
        "legal_action_id,customer_id,kind,started_on,amount",
        [["G1", "A1", "claim", "2026-03-17", "400.00"]],
    ),
    "collectors": ("collector,name", [["anna", "Anna Ahl"], ["ben", "Ben Birk"]]),
}  # fmt: skip


@pytest.fixture(scope="module")
def odd_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The odd books, as files."""
    folder = tmp_path_factory.mktemp("odd")
    for table, (head, rows) in TABLES.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([head.split(","), *rows])
    return folder


@pytest.fixture
def odd_mirror(odd_books: Path, place_mirror: Callable[[Path], Any]) -> Iterator[None]:
    """The odd books in the mirror's place."""
    with place_mirror(odd_books):
        yield


def page(world: World, address: str, person: str = "alice") -> Any:
    return world.client_of(getattr(world, person)).get(address)


def text_of(response: Any) -> str:
    """What a page says, without the tokens of its forms, which are letters by chance."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", str(body.decode()))


@pytest.mark.parametrize("code", [*AWKWARD, "two\nlines", "~", "~..", "x/./y"])
def test_every_number_has_an_address_that_browsers_leave_as_it_is(code: str) -> None:
    address = reverse("dashboards:customer", args=[code])
    parts = urlsplit(urljoin("http://x.example/customers/", f"http://x.example{address}"))
    assert parts.path == address
    assert not parts.query
    assert not set(address.split("/")[1:-1]) & {".", "..", ""}
    assert resolve(unquote(parts.path)).kwargs == {"customer_id": code}


@pytest.mark.parametrize("code", AWKWARD)
def test_every_customer_has_a_page_to_which_lists_lead(world: World, code: str) -> None:
    address = reverse("dashboards:customer", args=[code])
    for listing in (f"/customers/?as_of={AS_OF}", f"/ageing/?as_of={AS_OF}"):
        assert f'href="{html.escape(address)}?' in text_of(page(world, listing))
    response = page(world, f"{address}?as_of={AS_OF}")
    assert response.status_code == 200
    assert f"{AWKWARD.index(code) + 1}.00" in text_of(response)


@pytest.mark.parametrize("code", ["nobody", "A1/", "a1", "A1' OR 1=1 --", "\x00"])
def test_an_unknown_customer_is_not_found(world: World, code: str) -> None:
    assert page(world, reverse("dashboards:customer", args=[code])).status_code == 404


def test_bob_sees_anna_s_customers_alone(world: World) -> None:
    listing = text_of(page(world, f"/customers/?as_of={AS_OF}", "bob"))
    assert "Ash &amp; Co" in listing
    assert "A3" not in listing
    assert "Quiet" not in listing
    assert page(world, f"/customers/A1/?as_of={AS_OF}", "bob").status_code == 200
    assert page(world, "/customers/A3/", "bob").status_code == 404
    assert page(world, "/customers/A4/", "bob").status_code == 404
    family = text_of(page(world, f"/customers/A2/?as_of={AS_OF}", "bob"))
    assert "HYPERLINK" not in family
    assert "Ash &amp; Co" in family
    exported = text_of(page(world, f"/customers/?as_of={AS_OF}&format=csv", "bob"))
    assert "A3" not in exported
    aging = text_of(page(world, f"/ageing/?as_of={AS_OF}&format=csv", "bob"))
    assert "A3" not in aging
    assert "A1" in aging


def test_charlie_sees_nothing(world: World) -> None:
    assert "There is no customer here that you may see" in text_of(page(world, "/customers/", "charlie"))
    for customer in ("A1", "A2", "A3", "A4"):
        assert page(world, f"/customers/{customer}/", "charlie").status_code == 404
    assert "Nothing is open" in text_of(page(world, f"/ageing/?as_of={AS_OF}", "charlie"))


def test_another_entity_s_documents_are_not_told(world: World) -> None:
    world.bob.all_entities, world.bob.all_collectors = False, True
    world.bob.entities = ["E2"]
    world.bob.save()
    assert page(world, "/customers/A1/", "bob").status_code == 404
    told = text_of(page(world, f"/customers/A3/?as_of={AS_OF}", "bob"))
    assert "I4" in told
    assert "P3" in told
    assert "I6" not in told
    assert "8.00" not in told
    assert "Ash" not in told
    # Who sees the other entity sees its invoice to the same customer, and not what that paid to the first.
    world.bob.entities = ["E1"]
    world.bob.save()
    told = text_of(page(world, f"/customers/A3/?as_of={AS_OF}", "bob"))
    assert "I6" in told
    assert "I4" not in told
    assert "P3" not in told
    assert told_events(AS_OF, scope=Scope(entities=("E1",)), customer="A3") == [
        ("2026-02-01", "invoice", False, "I6")
    ]


def test_an_agency_sees_amounts_but_no_rows_and_no_figures_of_all(world: World) -> None:
    world.bob.role = "agency"
    world.bob.save()
    for address in ("/customers/", "/customers/A1/"):
        told = text_of(page(world, f"{address}?as_of={AS_OF}", "bob"))
        assert 'href="/kpis' not in told.partition("<main")[2]
        assert "575.00" in told
        assert "Against all" not in told
    assert page(world, "/ageing/", "bob").status_code == 403


def test_currencies_stand_apart_and_each_sums_alone(world: World) -> None:
    # check 6
    table = aging_table(ledger_figures.opened(ALL), Asked(as_of=AS_OF), "customer")
    assert table.apart
    odd = sum((Decimal(place + 1) for place in range(len(AWKWARD))), Decimal(0))
    assert {code: sum(sums.values()) for code, sums in table.totals.items()} == {
        "EUR": 1000 - 400 - 20 - 5 + (50 - 30) - 20 + odd,
        "USD": Decimal(308),
    }
    told = text_of(page(world, f"/ageing/?as_of={AS_OF}"))
    assert told.count('<tr class="totals">') == 2
    ash = [group for group in table.groups if group.value == "A1"]
    assert {group.currency: group.total for group in ash} == {"EUR": Decimal(555), "USD": Decimal(300)}
    for group in ash:
        inside = (
            f"where.currency={group.currency}" if f"where.currency={group.currency}" in told else "currency="
        )
        assert inside in told


def test_a_line_of_one_currency_leads_to_its_rows(world: World) -> None:
    # check 52
    for listing in ("/ageing/", "/customers/"):
        told = text_of(page(world, f"{listing}?as_of={AS_OF}"))
        found = re.findall(r'class="rows" href="([^"]+)">([^<]+)<', told)
        assert len(found) > 10
        for address, words in found[:14]:
            exported = text_of(page(world, f"{html.unescape(address)}&format=csv"))
            rows = csv.DictReader(io.StringIO(exported))
            total = sum((Decimal(row["amount"]) for row in rows), Decimal(0))
            assert total == Decimal(words.replace(",", "").replace("−", "-")), address


def test_the_list_says_what_is_open_late_and_allowed() -> None:
    lines = {
        (line.customer_id, line.currency): line
        for line in customer_lines(ledger_figures.opened(ALL), Asked(as_of=AS_OF))
    }
    euro, dollar = lines["A1", "EUR"], lines["A1", "USD"]
    assert (euro.open, euro.overdue, euro.oldest_days) == (Decimal(575), Decimal(575), 50)
    assert (dollar.open, dollar.overdue, dollar.oldest_days) == (Decimal(300), Decimal(0), None)
    assert euro.used == dollar.used == Decimal("57.5")
    assert (lines["A3", "USD"].open, lines["A3", "USD"].used) == (Decimal(8), Decimal(8))
    assert lines["A4", ""].open == 0
    assert lines["A4", ""].collector == ""
    assert lines["A2", "EUR"].collector == "Anna Ahl"


def test_the_list_is_searched_by_name_and_number(world: World) -> None:
    for search, found in (
        ("ash", "Ash &amp; Co"),
        ("~X/", "Odd 2"),
        ("co ASH", "Ash &amp; Co"),
        ("hyperlink", "A3"),
    ):
        told = text_of(world.client_of(world.alice).get("/customers/", {"q": search, "as_of": AS_OF}))
        assert found in told
        assert told.count('<th scope="row">') in (1, 2)
    assert "No customer has “nobody”" in text_of(page(world, "/customers/?q=nobody"))


def test_filters_hold_customers_without_figures_too(world: World) -> None:
    told = text_of(page(world, f"/customers/?as_of={AS_OF}&entity=E2"))
    assert "Quiet Ltd" in told
    assert "Ash" not in told


def test_names_stay_text_on_every_page(world: World) -> None:
    # check 57
    for address in (
        "/ageing/",
        "/ageing/?by=parent",
        "/customers/",
        "/customers/A1/",
        "/customers/A2/",
        "/customers/A3/",
    ):
        joint = "&" if "?" in address else "?"
        told = text_of(page(world, f"{address}{joint}as_of={AS_OF}"))
        assert "<img" not in told
        assert "alert(1)" not in told or html.escape(EVIL) in told


def test_names_that_begin_like_formulas_are_made_harmless_in_files(world: World) -> None:
    # check 56
    for address in (f"/customers/?as_of={AS_OF}", "/ageing/?as_of=2026-02-10"):
        told = text_of(page(world, f"{address}&format=csv"))
        names = {row["name"] for row in csv.DictReader(io.StringIO(told))}
        assert f"'{FORMULA}" in names
        book = openpyxl.load_workbook(io.BytesIO(page(world, f"{address}&format=xlsx").getvalue()))
        cells = [cell for row in book["Rows"].iter_rows() for cell in row]
        assert FORMULA in {cell.value for cell in cells}
        assert not [cell for cell in cells if cell.data_type == "f"]
    amounts = text_of(page(world, f"/ageing/?as_of={AS_OF}&format=csv"))
    assert ",-20," in amounts


def told_events(
    as_of: date, kind: str | None = None, scope: Scope = ALL, customer: str = "A1"
) -> list[tuple[Any, ...]]:
    found = events(ledger_figures.opened(scope), Asked(as_of=as_of), customer, kind, 0)
    return [(str(event.happened_on), event.kind, event.ends, event.id) for event in found]


def test_the_history_is_everything_by_the_date_newest_first() -> None:
    assert told_events(AS_OF) == [
        ("2026-03-28", "promise", False, "PR2"),
        ("2026-03-25", "write_off", False, "W1"),
        ("2026-03-20", "payment", True, "P2"),
        ("2026-03-17", "legal_action", False, "G1"),
        ("2026-03-16", "placement", False, "L1"),
        ("2026-03-15", "contact", False, "C1"),
        ("2026-03-15", "dispute", False, "D1"),
        ("2026-03-05", "payment", False, "P2"),
        ("2026-03-02", "credit_note", False, "N1"),
        ("2026-03-01", "invoice", False, "I2"),
        ("2026-02-20", "payment", False, "P1"),
        ("2026-02-10", "promise", False, "PR1"),
        ("2026-01-10", "invoice", False, "I1"),
    ]
    later = told_events(date(2026, 4, 30))
    assert ("2026-04-15", "dispute", True, "D1") in later
    assert ("2026-04-20", "placement", True, "L1") in later
    assert ("2026-04-05", "invoice", False, "I5") in later


def test_an_allocation_is_told_once_and_listed_when_asked_for() -> None:
    figures, asked = ledger_figures.opened(ALL), Asked(as_of=AS_OF)
    counts, every = event_counts(figures, asked, "A1")
    assert counts["allocation"] == len(told_events(AS_OF, "allocation")) == 3
    assert every == len(told_events(AS_OF))
    settled = settled_by(figures, asked, events(figures, asked, "A1", "payment", 0))
    assert {
        source: [(part.invoice_id, part.amount) for part in parts] for source, parts in settled.items()
    } == {
        "P1": [("I1", 400), ("I3", 30)],
        "P2": [("I1", 100)],
    }
    # On the other customer's page the payment is another's, so that its allocation stands for itself.
    assert told_events(date(2026, 4, 3), customer="A2")[0][:2] == ("2026-03-10", "allocation")


def test_what_another_customer_may_not_be_shown_is_not_named(world: World) -> None:
    told = text_of(page(world, f"/customers/A1/?as_of={AS_OF}"))
    assert "settled I3 of" in told
    figures = ledger_figures.opened(BOB)
    assert figures.customer_names(["A3"]) == {}


def test_what_was_not_known_is_not_told() -> None:
    zone = get_current_timezone()
    before, after = (read_known_at({"known_at": [day]}, zone) for day in ("2026-04-01", "2026-04-03"))
    for known_at, expected in ((before, 0), (after, 1)):
        asked = Asked(as_of=date(2026, 4, 3), known_at=known_at)
        counts, _ = event_counts(ledger_figures.opened(ALL, known_at=known_at), asked, "A2")
        assert counts.get("invoice", 0) == expected


def test_the_page_says_what_stands_and_what_is_marked(world: World) -> None:
    told = text_of(page(world, f"/customers/A1/?as_of={AS_OF}"))
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", told))
    assert "Owes 575.00 EUR , of which 575.00 is overdue, the oldest by 50 days" in words
    assert "Owes 300.00 USD , nothing of it overdue" in words
    assert "20.00 of credit is not applied" in words
    assert "disputed 60.00" in words
    assert "promised by 10 Apr 2026" in words
    assert "broken" in words
    assert words.count("by 10 Apr 2026") == 2
    assert "last paid 450.00 EUR on 20 Feb 2026" in words
    assert "1,000.00 EUR" in words
    only = text_of(page(world, f"/customers/A1/?as_of={AS_OF}&show=payment"))
    assert "Write-off of" not in only
    assert "was returned" in only
    assert page(world, "/customers/A1/?show=nothing").status_code == 400
