"""The overview: its numbers are the library's, its words and links right, its questions few."""

from __future__ import annotations

import gzip
import re
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from countback import Books
from countback.accounts.testing import JOINED, World
from countback.analytics.opened import Books as Engine
from countback.books.demo import write_demo_books
from countback.dashboards.conftest import AS_OF, WITHIN, figure_of, lines_of, numbers_of, sides_of
from countback.ledger.models import Import
from countback.report.content import gather
from countback.report.tiles import HEADLINE, SECOND

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mirror")]

Known = dict[str, list[dict[str, Any]]]
PAGE = f"/?as_of={AS_OF}"


@pytest.fixture
def page(world: World) -> str:
    """The overview as alice sees it."""
    return str(world.client_of(world.alice).get(PAGE).content.decode())


def test_every_tile_is_the_library_s_figure(page: str, every_figure: Known) -> None:
    asked = [row for kpi in HEADLINE + SECOND for row in every_figure[kpi]]
    shown = {
        number.href.split("/")[2]: number.value for number in numbers_of(page)[::-1] if "&" not in number.href
    }
    for row in asked:
        if row["value"] is None:
            assert row["kpi"] not in shown
        else:
            assert shown[row["kpi"]] == row["value"], row["kpi"]


def test_every_number_leads_to_rows_that_add_up_to_it(world: World, page: str) -> None:
    reader = world.client_of(world.alice)
    numbers = numbers_of(page)
    assert len(numbers) > 40
    for number in numbers:
        rows = reader.get(number.href).content.decode()
        assert figure_of(rows) == number.value, number.href
    for number in numbers[:: len(numbers) // 8]:
        listed = lines_of(reader.get(f"{number.href}&format=csv"))
        assert (
            sum(Decimal(line["amount"]) for line in listed)
            == sides_of(reader.get(number.href).content.decode())["numerator"]
        )


def test_the_file_holds_what_the_page_shows(world: World, page: str, demo: Books) -> None:
    lines = lines_of(world.client_of(world.alice).get(f"{PAGE}&format=csv"))
    written = {Decimal(line["value"]) for line in lines if line["value"]}
    assert {number.value for number in numbers_of(page)} <= written
    content = gather(demo, as_of=AS_OF)
    shown = [(line["part"], Decimal(line["value"])) for line in lines if line["section"] == "ageing"]
    assert shown == list(content.aging)
    names = {f"{line.customer_id} {line.name}" for line in content.customers}
    assert names == {line["part"] for line in lines if line["section"] == "overdue customers"}


def test_what_is_filtered_stays_in_every_link(world: World) -> None:
    page = world.client_of(world.alice).get(f"{PAGE}&{WITHIN}").content.decode()
    assert numbers_of(page)
    for number in numbers_of(page):
        assert WITHIN in number.href


def test_it_says_where_the_books_end_and_how_far_they_are_known(world: World) -> None:
    late = world.client_of(world.alice).get(f"/?as_of={AS_OF + timedelta(days=2)}").content.decode()
    assert "nothing in them is later" in late
    assert "Books known through" in late


def test_it_is_told_as_it_was_known(world: World, demo: Books, every_figure: Known) -> None:
    known_at = datetime(2026, 9, 15, 12)
    asked = demo.kpis("open_receivables", as_of=AS_OF, known_at=known_at).to_dicts()[0]["value"]
    assert asked != every_figure["open_receivables"][0]["value"]
    reader = world.client_of(world.alice)
    page = reader.get(f"{PAGE}&known_at={known_at.isoformat()}").content.decode()
    opened = [number for number in numbers_of(page) if number.value == asked]
    assert opened
    assert figure_of(reader.get(opened[0].href).content.decode()) == asked


def test_a_first_visit_weighs_little(world: World) -> None:
    reader = world.client_of(world.alice)
    page = reader.get(PAGE).content
    assert len(gzip.compress(page)) < 60_000
    library = re.findall(r'src="(/charts/[^"]+)"', page.decode())[0]
    packed = reader.get(library, headers={"Accept-Encoding": "gzip"})
    assert len(packed.content) + len(gzip.compress(page)) < 500_000
    assert gzip.decompress(packed.content) == reader.get(library).content
    assert "immutable" in packed["Cache-Control"]


def test_a_dash_says_why(world: World) -> None:
    early = world.client_of(world.alice).get("/?as_of=2019-01-01").content.decode()
    assert "no credit sales in the 90 days" in early
    assert "No customer owes anything that is overdue" in early


def test_without_books_it_leads_to_the_first_steps(world: World, settings: Any, tmp_path: Path) -> None:
    settings.MIRROR = tmp_path
    for person in (world.alice, world.charlie):
        reader = world.client_of(person)
        assert reader.get("/").url == "/first/"
        assert b"First steps" in reader.get("/first/").content
        assert b"/first/" in reader.get("/kpis/").content
    assert b"Somebody who may import" in world.client_of(world.charlie).get("/kpis/").content


def test_while_the_figures_are_made_it_says_so_and_looks_again(
    world: World, settings: Any, tmp_path: Path
) -> None:
    settings.MIRROR = tmp_path
    Import.objects.create(name="first", at=JOINED)
    for address in ("/", "/kpis/dso/", "/restated/"):
        page = world.client_of(world.bob).get(address).content.decode()
        assert "The figures are being made" in page
        assert '<meta http-equiv="refresh" content="3">' in page
        assert "No books yet" not in page


UNASKED = AS_OF - timedelta(days=1)
"""A day that no other test asks, so that nothing of it is remembered."""


class Counted:
    """Counts the questions that the engine is asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        for name in ("kpis", "rows", "explain"):
            monkeypatch.setattr(Engine, name, self._counting(getattr(Engine, name)))

    def _counting(self, ask: Any) -> Any:
        def counted(*given: Any, **named: Any) -> Any:
            self.count += 1
            return ask(*given, **named)

        return counted


def test_the_questions_do_not_grow_with_the_customers(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    place_mirror: Any,
    demo_folder: Path,
    django_assert_max_num_queries: Any,
) -> None:
    fewer = tmp_path / "fewer"
    write_demo_books(fewer, customers=12, months=30, ends_on=AS_OF)
    reader = world.client_of(world.alice)
    counts: list[list[int]] = []
    for books in (fewer, demo_folder):
        with place_mirror(books):
            counts.append([])
            for page in ("/kpis/", "/", "/kpis/overdue_share/", "/kpis/overdue_share/rows/"):
                counted = Counted(monkeypatch)
                with django_assert_max_num_queries(6):
                    assert reader.get(f"{page}?as_of={UNASKED}").status_code == 200
                monkeypatch.undo()
                counts[-1].append(counted.count)
    assert counts[0] == counts[1]
    assert min(counts[0]) > 0
    assert max(counts[0]) <= 16


@pytest.mark.parametrize("page", ["/", "/kpis/", "/kpis/dso/", "/kpis/aging/", "/kpis/dso/rows/"])
def test_what_was_asked_before_is_not_asked_again(
    world: World, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    reader = world.client_of(world.alice)
    first = numbers_of(reader.get(f"{page}?as_of={AS_OF}").content.decode())
    counted = Counted(monkeypatch)
    assert numbers_of(reader.get(f"{page}?as_of={AS_OF}").content.decode()) == first
    assert counted.count == 0
