"""The list of KPIs and the page of each: the library's figures, each with its rows."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from countback import Books
from countback.accounts.testing import World
from countback.dashboards.conftest import AS_OF, figure_of, lines_of, numbers_of, sides_of
from countback.dashboards.kpis import single_valued
from countback.kpis.catalogue import find, ids
from countback.report.series import NEEDS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mirror")]

Known = dict[str, list[dict[str, Any]]]
ASKED = f"?as_of={AS_OF}"
STEP = re.compile(r'<data class="step" value="([^"]*)">')
CHANGE = re.compile(r'<data class="change" value="([^"]*)">')
WALKED = ("dso", "overdue_receivables", "days_beyond_terms", "promise_kept_rate", "aging")
"""KPIs every number of whose pages is followed: of each kind one."""


def shown(world: World, address: str) -> str:
    """A page as alice sees it."""
    response = world.client_of(world.alice).get(address)
    assert response.status_code == 200, address
    return str(response.content.decode())


def test_every_figure_of_the_list_is_the_library_s(world: World, demo: Books, every_figure: Known) -> None:
    page = shown(world, f"/kpis/{ASKED}")
    listed = {number.href.split("/")[2]: number.value for number in numbers_of(page)}
    asked = {kpi: every_figure[kpi][0] for kpi in single_valued()}
    for kpi, row in asked.items():
        held = kpi not in NEEDS or demo.holds(NEEDS[kpi])
        assert listed.get(kpi) == (row["value"] if held else None), kpi
    for kpi in ids():
        assert f'id="kpi-{kpi}"' in page
    written = {
        line["kpi"]: line["value"]
        for line in lines_of(world.client_of(world.alice).get(f"/kpis/{ASKED}&format=csv"))
    }
    assert {kpi: Decimal(value) for kpi, value in written.items() if value} == {
        kpi: row["value"] for kpi, row in asked.items() if row["value"] is not None
    }


@pytest.mark.parametrize("kpi", ids())
def test_the_page_of_every_kpi_shows_its_figure_and_its_words(
    world: World, every_figure: Known, kpi: str
) -> None:
    page = shown(world, f"/kpis/{kpi}/{ASKED}")
    rows = every_figure[kpi]
    values = {number.value for number in numbers_of(page)}
    for row in rows:
        if row["value"] is not None and None not in row["by"].values():
            assert row["value"] in values, row
    assert unescape(page).count(find(kpi).specification["Source"].split("\n")[0].split("`")[0]) > 0
    assert "add up to the numerator exactly" in page or find(kpi).cells or not rows[0]["numerator"]


def test_the_list_is_searched(world: World) -> None:
    page = shown(world, f"/kpis/{ASKED}&q=dispute+median")
    assert 'id="kpi-median_dispute_days"' in page
    assert 'id="kpi-dso"' not in page
    assert "No KPI has" in shown(world, f"/kpis/{ASKED}&q=%3Cb%3E")


@pytest.mark.slow
@pytest.mark.parametrize("kpi", WALKED)
def test_every_number_of_a_page_leads_to_rows_that_add_up_to_it(world: World, kpi: str) -> None:
    reader = world.client_of(world.alice)
    numbers = numbers_of(shown(world, f"/kpis/{kpi}/{ASKED}"))
    assert len(numbers) > 4
    for number in numbers:
        page = reader.get(number.href).content.decode()
        side = re.search(r"[?&]side=(\w+)", number.href)
        found = sides_of(page)[side[1]] if side else figure_of(page)
        assert found == number.value, number.href


@pytest.mark.parametrize("by", ["segment", "customer", "region"])
def test_the_breakdown_and_its_file_are_the_library_s(world: World, demo: Books, by: str) -> None:
    asked = {row["by"][by]: row for row in demo.kpis("overdue_share", as_of=AS_OF, by=by)}
    lines = lines_of(world.client_of(world.alice).get(f"/kpis/overdue_share/{ASKED}&by={by}&format=csv"))
    assert {line[by]: Decimal(line["value"]) for line in lines if line["value"]} == {
        name: row["value"] for name, row in asked.items() if row["value"] is not None
    }
    values = [row["value"] for row in asked.values() if row["value"] is not None]
    for sort, first in (("-value", max(values)), ("value", min(values))):
        page = shown(world, f"/kpis/overdue_share/{ASKED}&by={by}&sort={sort}")
        breakdown = page[page.index('id="breakdown"') : page.index('id="explain"')]
        shares = re.findall(r'<td><a class="rows" href="[^"]*/rows/[^"]*"><data value="([^"]*)"', breakdown)
        assert Decimal(shares[0]) == first


def test_the_steps_of_why_it_moved_add_up_exactly(world: World, demo: Books) -> None:
    address = f"/kpis/dso/{ASKED}&by=customer&start=2026-06-30&end=2026-10-31"
    page = shown(world, address)
    steps = [Decimal(step) for step in STEP.findall(page)]
    change = Decimal(CHANGE.findall(page)[0])
    before, after = (demo.kpis("dso", as_of=day).to_dicts()[0]["value"] for day in (date(2026, 6, 30), AS_OF))
    assert sum(steps) == change == after - before
    lines = lines_of(world.client_of(world.alice).get(f"{address}&format=csv&part=explain"))
    assert sum(Decimal(line["contribution"]) for line in lines) == change


def test_a_change_that_does_not_split_says_why(world: World) -> None:
    assert "Not explained: it is no plain sum or ratio" in shown(world, f"/kpis/dso_countback/{ASKED}")


def test_parameters_change_the_figure_and_stay_in_its_links(world: World, demo: Books) -> None:
    page = shown(world, f"/kpis/dso/{ASKED}&p.window=30")
    asked = demo.kpis("dso", as_of=AS_OF, params={"dso.window": 30}).to_dicts()[0]["value"]
    mine = [number for number in numbers_of(page) if number.value == asked]
    assert mine
    assert all("p.window=30" in number.href for number in numbers_of(page))
    assert figure_of(shown(world, mine[0].href)) == asked


def test_the_trend_s_file_holds_every_period(world: World, demo: Books) -> None:
    lines = lines_of(world.client_of(world.alice).get(f"/kpis/dso/{ASKED}&format=csv&part=trend"))
    asked = demo.kpis("dso", as_of=AS_OF, trend=24).to_dicts()
    assert [Decimal(line["value"]) for line in lines] == [row["value"] for row in asked]


def test_quarters_are_kept_down_to_the_rows(world: World, demo: Books) -> None:
    page = shown(world, f"/kpis/cash_applied/{ASKED}&every=quarter")
    asked = demo.kpis("cash_applied", as_of=AS_OF, every="quarter").to_dicts()[0]["value"]
    mine = [number for number in numbers_of(page) if number.value == asked]
    assert mine
    assert figure_of(shown(world, mine[0].href)) == asked
