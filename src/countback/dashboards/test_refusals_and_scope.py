"""What cannot be asked is refused in words; what somebody may not see, no page and no file shows them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from countback import Books, open_books
from countback.accounts.models import Person
from countback.accounts.testing import JOINED, World
from countback.dashboards.conftest import AS_OF, figure_of, lines_of, numbers_of
from countback.dashboards.kpis import POINTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mirror")]

PAGES = ("/", "/recovery/", "/kpis/", "/kpis/dso/", "/kpis/dso/rows/", "/kpis/aging/", "/kpis/aging/rows/")
WRONG = (
    "as_of=2026-02-30", "as_of=1", "known_at=x", "every=century", "currency=%F0%9F%92%B6", "currency=EUR&currency=GBP",
    "segment=nobody", "collector=%27%3B+DROP+TABLE", "nonsense=1", "blank=nonsense", "format=docx", "region=%00",
)  # fmt: skip
WRONG_OF_KPI = ("side=above", "page=0", "page=99999", "page=x", "p.window=x", "p.nothing=1", "where.=1")
WRONG_OF_PAGE = ("by=nonsense", "sort=colour", "start=2026-12-01&end=2026-01-01", "end=never", "by=bucket")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("query", WRONG)
def test_what_cannot_be_asked_is_refused_in_words(world: World, page: str, query: str) -> None:
    response = world.client_of(world.alice).get(f"{page}?{query}")
    assert response.status_code == 400, query
    assert "What to do" in response.content.decode()


@pytest.mark.parametrize("query", WRONG_OF_KPI)
def test_nor_can_rows_be_asked_so(world: World, query: str) -> None:
    assert world.client_of(world.alice).get(f"/kpis/dso/rows/?{query}").status_code == 400


@pytest.mark.parametrize("query", [*WRONG_OF_KPI, *WRONG_OF_PAGE])
def test_nor_can_the_page_of_a_kpi(world: World, query: str) -> None:
    assert world.client_of(world.alice).get(f"/kpis/dso/?{query}").status_code == 400


@pytest.mark.parametrize("address", ["/kpis/nothing/", "/kpis/..%2f/", "/kpis/dso2/rows/", "/charts/old.js"])
def test_what_is_not_there_is_not_found(world: World, address: str) -> None:
    assert world.client_of(world.alice).get(address).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_strangers_are_sent_to_sign_in_and_an_agency_sees_no_figures(world: World, page: str) -> None:
    assert world.client_of(None).get(page).status_code == 302
    agency = Person.objects.create_user(
        "dora@example.com", role="agency", joined_at=JOINED, all_entities=True
    )
    assert world.client_of(agency).get(page).status_code == 403
    assert world.client_of(world.alice).post(page).status_code == 405


@pytest.mark.parametrize("page", PAGES)
def test_who_may_see_nothing_sees_no_number(world: World, page: str, demo: Books) -> None:
    text = world.client_of(world.charlie).get(f"{page}?as_of={AS_OF}").content.decode()
    assert not [number for number in numbers_of(text) if number.value]
    names = demo.loaded.connection.execute("SELECT name FROM books.customers").fetchall()
    assert not [name for (name,) in names if name in text]
    for collector in demo.loaded.connection.execute("SELECT collector FROM books.collectors").fetchall():
        assert f'value="{collector[0]}"' not in text


def test_a_collector_sees_the_figures_of_their_customers(world: World, demo: Books, collector: str) -> None:
    world.bob.collectors = [collector]
    world.bob.save()
    reader = world.client_of(world.bob)
    # Asked over time as the list asks it, so that it is compiled once; test_kpis holds the list to single questions.
    over_time = demo.kpis(as_of=AS_OF, where={"collector": collector}, trend=POINTS)
    asked = {row["kpi"]: row for row in over_time if row["as_of"] == AS_OF}
    listed = {
        number.href.split("/")[2]: number.value
        for number in numbers_of(reader.get(f"/kpis/?as_of={AS_OF}").content.decode())
    }
    assert listed
    for kpi, value in listed.items():
        assert value == asked[kpi]["value"], kpi
    lines = lines_of(reader.get(f"/kpis/open_receivables/rows/?as_of={AS_OF}&format=csv"))
    assert sum(Decimal(line["amount"]) for line in lines) == asked["open_receivables"]["value"]


def test_a_filter_does_not_open_what_is_closed(world: World, demo: Books, collector: str) -> None:
    world.bob.collectors = ["nobody else"]
    world.bob.save()
    reader = world.client_of(world.bob)
    assert reader.get(f"/?as_of={AS_OF}&collector={collector}").status_code == 400
    rows = reader.get(f"/kpis/collector_cash/rows/?as_of={AS_OF}").content.decode()
    assert "No row here" in rows


MIXED = {
    "customers": "customer_id,name,segment,currency\nC1,Alder,north,EUR\nC2,=Birch,,GBP\n",
    "invoices": (
        "invoice_id,customer_id,issued_on,due_on,amount,currency\nI1,C1,2026-03-01,2026-03-31,100.00,EUR\n"
        "I2,C1,2026-04-10,2026-05-10,250.00,EUR\nI3,C2,2026-04-01,2026-04-30,90.00,GBP\n"
    ),
}


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Books of two currencies without rates, with a blank segment and a name that a spreadsheet would run."""
    for name, text in MIXED.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    return tmp_path


def test_currencies_without_rates_are_shown_one_at_a_time(
    world: World, mixed: Path, place_mirror: Any
) -> None:
    reader = world.client_of(world.alice)
    with place_mirror(mixed), open_books(mixed) as books:
        for address in ("/", "/kpis/", "/kpis/open_receivables/"):
            page = reader.get(f"{address}?as_of=2026-05-31").content.decode()
            assert "several currencies and no rates" in page
            opened = [
                number
                for number in numbers_of(page)
                if number.href.startswith("/kpis/open_receivables/rows/")
            ]
            assert opened
            assert all("where.currency=EUR" in number.href for number in opened)
            assert Decimal(350) in {number.value for number in opened}
        pounds = reader.get(
            "/kpis/open_receivables/rows/?as_of=2026-05-31&where.currency=GBP"
        ).content.decode()
        assert figure_of(pounds) == Decimal(90)
        assert [row["value"] for row in books.kpis("open_receivables", as_of=AS_OF)] == [
            Decimal(350),
            Decimal(90),
        ]


# check 56
def test_blank_values_are_asked_and_formulas_stay_text(world: World, mixed: Path, place_mirror: Any) -> None:
    reader = world.client_of(world.alice)
    with place_mirror(mixed):
        page = reader.get(
            "/kpis/open_receivables/?as_of=2026-05-31&where.currency=GBP&by=segment"
        ).content.decode()
        blank = [number for number in numbers_of(page) if "blank=segment" in number.href]
        assert blank
        assert figure_of(reader.get(blank[0].href).content.decode()) == blank[0].value == Decimal(90)
        lines = lines_of(reader.get("/kpis/open_receivables/rows/?as_of=2026-05-31&blank=segment&format=csv"))
        assert [line["customer_name"] for line in lines] == ["'=Birch"]
