"""Dashboards that people arrange: tiles with the library's figures, each with its rows, and files of what is seen."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.apps import apps
from django.test import Client
from pypdf import PdfReader

from countback import Books
from countback.accounts.testing import World
from countback.audit.models import Line
from countback.dashboards.conftest import AS_OF, WITHIN, figure_of, lines_of, numbers_of
from countback.dashboards.models import Dashboard, Tile
from countback.dashboards.rules import MOST_TILES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mirror")]

TILES = (
    {"kind": "kpi", "kpi": "dso"},
    {"kind": "trend", "kpi": "overdue_share"},
    {"kind": "breakdown", "kpi": "open_receivables", "dimension": "segment"},
    {"kind": "aging"},
    {"kind": "overdue"},
    {"kind": "at_risk"},
)


def made(client: Client, name: str = "Monday", tiles: Any = TILES) -> Dashboard:
    """A dashboard with these tiles, as its owner makes it on the screen."""
    client.post("/dashboards/new/", {"name": name})
    dashboard = Dashboard.objects.latest("pk")
    for tile in tiles:
        client.post(f"/dashboards/{dashboard.pk}/arrange/add/", tile)
    return dashboard


def kinds_of(dashboard: Dashboard) -> list[str]:
    return [tile.kind for tile in dashboard.tiles.all()]


@pytest.fixture
def monday(world: World) -> Dashboard:
    """A dashboard of alice with a tile of each kind."""
    return made(world.client_of(world.alice))


def page_of(client: Client, dashboard: Dashboard, query: str = "") -> str:
    return str(client.get(f"/dashboards/{dashboard.pk}/?as_of={AS_OF}{query}").content.decode())


def test_every_number_is_the_library_s_and_leads_to_its_rows(
    world: World, monday: Dashboard, demo: Books
) -> None:
    reader = world.client_of(world.alice)
    numbers = numbers_of(page_of(reader, monday))
    assert len(numbers) > 25
    for number in numbers:
        assert figure_of(reader.get(number.href).content.decode()) == number.value, number.href
    (dso,) = demo.kpis("dso", as_of=AS_OF).to_dicts()
    assert dso["value"] in {number.value for number in numbers}
    parts = {row["value"] for row in demo.kpis("open_receivables", as_of=AS_OF, by="segment").to_dicts()}
    assert parts <= {number.value for number in numbers}


def test_its_files_hold_what_is_seen(world: World, monday: Dashboard) -> None:
    reader = world.client_of(world.alice)
    numbers = {number.value for number in numbers_of(page_of(reader, monday))}
    address = f"/dashboards/{monday.pk}/?as_of={AS_OF}"
    lines = lines_of(reader.get(f"{address}&format=csv"))
    assert numbers <= {Decimal(line["value"]) for line in lines if line["value"]}
    book = openpyxl.load_workbook(io.BytesIO(reader.get(f"{address}&format=xlsx").getvalue()))
    cells = {cell.value for row in book["Rows"].iter_rows() for cell in row}
    assert {line["figure"] for line in lines} <= cells
    response = reader.get(f"{address}&format=pdf")
    assert response["Content-Type"] == "application/pdf"
    words = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    said = " ".join(words.split())
    for heading in (
        "Monday",
        "DSO",
        "Open receivables by segment",
        "Ageing",
        "Top overdue customers",
        "at risk",
    ):
        assert heading in said, heading


def test_a_chart_is_had_as_a_picture(world: World, monday: Dashboard) -> None:
    reader = world.client_of(world.alice)
    page = page_of(reader, monday)
    links = {kind: re.findall(rf'href="([^"]*format={kind}[^"]*)"', page) for kind in ("svg", "png")}
    assert len(links["svg"]) == len(links["png"]) == 1
    drawn = reader.get(f"/dashboards/{monday.pk}/{links['svg'][0].replace('&amp;', '&')}")
    assert drawn.content.startswith(b"<svg")
    assert b"var(--" not in drawn.content
    png = reader.get(f"/dashboards/{monday.pk}/{links['png'][0].replace('&amp;', '&')}")
    assert png.content.startswith(b"\x89PNG")
    assert reader.get(f"/dashboards/{monday.pk}/?format=svg&chart=no").status_code == 400


def test_what_is_filtered_holds_for_every_tile(world: World, monday: Dashboard) -> None:
    for number in numbers_of(page_of(world.client_of(world.alice), monday, f"&{WITHIN}")):
        assert WITHIN in number.href


def test_it_is_arranged_by_plain_forms(world: World) -> None:
    alice = world.client_of(world.alice)
    dashboard = made(alice, tiles=TILES[:3])
    first, second, third = dashboard.tiles.all()
    base = f"/dashboards/{dashboard.pk}/arrange"
    alice.post(f"{base}/down/", {"tile": first.pk})
    assert kinds_of(dashboard) == ["trend", "kpi", "breakdown"]
    alice.post(f"{base}/up/", {"tile": third.pk})
    alice.post(f"{base}/up/", {"tile": third.pk})
    alice.post(f"{base}/up/", {"tile": third.pk})
    assert kinds_of(dashboard) == ["breakdown", "trend", "kpi"]
    alice.post(f"{base}/size/", {"tile": second.pk, "columns": "3"})
    assert Tile.objects.get(pk=second.pk).columns == 3
    alice.post(f"{base}/remove/", {"tile": third.pk})
    assert [(tile.kind, tile.place) for tile in dashboard.tiles.all()] == [("trend", 1), ("kpi", 2)]
    page = alice.get(f"{base}/").content.decode()
    assert "Dashboard arranged" in page
    told = Line.objects.filter(about_kind="dashboard").values_list("what", flat=True)
    assert set(told) == {"dashboard made", "dashboard arranged"}


@pytest.mark.parametrize(
    ("what", "given"),
    [
        ("add", {"kind": "cake"}),
        ("add", {"kind": "kpi", "kpi": "nothing"}),
        ("add", {"kind": "kpi", "kpi": "aging"}),
        ("add", {"kind": "breakdown", "kpi": "dso"}),
        ("size", {"columns": "5"}),
        ("size", {"columns": "x"}),
    ],
)
def test_what_cannot_be_is_refused_in_words(world: World, what: str, given: dict[str, str]) -> None:
    alice = world.client_of(world.alice)
    dashboard = made(alice, tiles=TILES[:1])
    before = list(dashboard.tiles.values())
    answer = alice.post(
        f"/dashboards/{dashboard.pk}/arrange/{what}/", given | {"tile": before[0]["id"]}, follow=True
    )
    assert 'class="error"' in answer.content.decode()
    assert list(dashboard.tiles.values()) == before


def test_there_is_a_most_of_tiles(world: World) -> None:
    alice = world.client_of(world.alice)
    dashboard = made(alice, tiles=[TILES[3]] * (MOST_TILES + 1))
    assert dashboard.tiles.count() == MOST_TILES


def test_another_s_dashboard_is_not_found_until_it_is_shared(world: World, monday: Dashboard) -> None:
    bob, alice = world.client_of(world.bob), world.client_of(world.alice)
    tile = monday.tiles.first()
    addresses = [f"/dashboards/{monday.pk}/", f"/dashboards/{monday.pk}/arrange/"]
    posts = [f"{addresses[1]}{what}/" for what in ("add", "remove", "up", "down", "size")]
    posts += [f"{addresses[0]}{what}/" for what in ("change", "delete")]
    assert {bob.get(address).status_code for address in addresses} == {404}
    assert bob.get(f"{addresses[0]}?format=csv").status_code == 404
    alice.post(f"{addresses[0]}change/", {"name": "Ours", "shared": "1"})
    assert bob.get(addresses[0]).status_code == 200
    assert bob.get(addresses[1]).status_code == 404
    assert {bob.post(post, {"tile": tile.pk, "name": "x"}).status_code for post in posts} == {404}
    assert Dashboard.objects.get().name == "Ours"


def test_a_tile_of_another_dashboard_cannot_be_changed_through_one_s_own(
    world: World, monday: Dashboard
) -> None:
    bob = world.client_of(world.bob)
    own, tile = made(bob, tiles=TILES[:1]), monday.tiles.first()
    for what in ("remove", "up", "down", "size"):
        bob.post(f"/dashboards/{own.pk}/arrange/{what}/", {"tile": tile.pk, "columns": "4"})
    assert kinds_of(monday) == [one["kind"] for one in TILES]
    assert monday.tiles.first().columns == tile.columns


def test_who_opens_a_shared_one_sees_it_with_their_own_rights(
    world: World, monday: Dashboard, demo: Books, collector: str
) -> None:
    monday.shared = True
    monday.save()
    world.bob.collectors = [collector]
    world.bob.save()
    seen = {number.value for number in numbers_of(page_of(world.client_of(world.bob), monday))}
    whole = {number.value for number in numbers_of(page_of(world.client_of(world.alice), monday))}
    (own,) = demo.kpis("dso", as_of=AS_OF, where={"collector": collector}).to_dicts()
    assert own["value"] in seen
    assert own["value"] not in whole
    charlie = page_of(world.client_of(world.charlie), monday)
    assert not [number for number in numbers_of(charlie) if number.value]
    for (name,) in demo.loaded.connection.execute("SELECT name FROM books.customers").fetchall():
        assert name not in charlie


def test_a_tile_that_cannot_be_made_stops_no_other(world: World, monday: Dashboard) -> None:
    Tile.objects.create(dashboard=monday, place=7, kind="kpi", kpi="gone")
    Tile.objects.create(dashboard=monday, place=8, kind="breakdown", kpi="dso", dimension="planet")
    page = page_of(world.client_of(world.alice), monday)
    assert "There is no single figure &#x27;gone&#x27;" in page
    assert "These books have no planet" in page
    assert len(numbers_of(page)) > 25


def test_a_target_stands_on_its_tile_for_exactly_what_is_shown(
    world: World, monday: Dashboard, collector: str
) -> None:
    # The alerts' own table, by its name: these packages do not know each other.
    apps.get_model("alerts", "Target").objects.create(
        kpi="dso", where={}, from_on="2026-01-01", value=31, by=world.alice, at=world.alice.joined_at
    )
    alice = world.client_of(world.alice)
    within = dict.fromkeys((f"/dashboards/{monday.pk}/", "/", "/kpis/dso/"), WITHIN)
    for address, part in (within | {"/kpis/": f"collector={collector}"}).items():
        assert "target 31.0 days" in alice.get(f"{address}?as_of={AS_OF}").content.decode(), address
        narrowed = alice.get(f"{address}?as_of={AS_OF}&{part}")
        assert narrowed.status_code == 200, address
        assert "target 31.0" not in narrowed.content.decode(), address
    monday.shared = True
    monday.save()
    assert "target 31.0" not in page_of(world.client_of(world.bob), monday)


def test_an_empty_one_says_what_to_do(world: World) -> None:
    alice = world.client_of(world.alice)
    assert "Add the first one" in page_of(alice, made(alice, tiles=()))
