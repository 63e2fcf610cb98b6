"""Recovery: each cell is the library's figure and leads to its rows; files and pictures hold the same."""

from __future__ import annotations

from decimal import Decimal

import pytest

from countback import Books
from countback.accounts.testing import World
from countback.dashboards.conftest import AS_OF, figure_of, lines_of, numbers_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mirror")]

PAGE = f"/recovery/?as_of={AS_OF}"


def test_every_cell_is_the_library_s_and_leads_to_its_rows(world: World, demo: Books) -> None:
    reader = world.client_of(world.alice)
    numbers = numbers_of(reader.get(f"{PAGE}&since=0").content.decode())
    shown = {number.href: number.value for number in numbers}
    asked = demo.kpis("recovery_curve", as_of=AS_OF, params={"recovery_curve.entry_age": 0}).to_dicts()
    asked += demo.kpis("at_risk_rate", as_of=AS_OF, params={"at_risk_rate.age": 30}).to_dicts()
    values = {row["value"] for row in asked if row["value"] is not None}
    assert values
    assert values <= set(shown.values())
    for href in sorted(shown)[:: max(1, len(shown) // 12)]:
        assert figure_of(reader.get(href).content.decode()) == shown[href], href


def test_the_file_holds_the_page(world: World) -> None:
    reader = world.client_of(world.alice)
    numbers = {number.value for number in numbers_of(reader.get(PAGE).content.decode())}
    lines = lines_of(reader.get(f"{PAGE}&format=csv"))
    assert numbers == {Decimal(line["value"]) for line in lines if line["value"]}
    assert all(line["reason"] for line in lines if not line["value"])
    assert reader.get(f"{PAGE}&format=xlsx").getvalue().startswith(b"PK")
    assert reader.get(f"{PAGE}&format=pdf").content.startswith(b"%PDF")


@pytest.mark.parametrize("chart", ["issued", "recovered"])
def test_each_chart_is_had_as_a_picture(world: World, chart: str) -> None:
    reader = world.client_of(world.alice)
    assert reader.get(f"{PAGE}&format=svg&chart={chart}").content.startswith(b"<svg")


def test_who_sees_nothing_sees_no_curve(world: World) -> None:
    page = world.client_of(world.charlie).get(PAGE).content.decode()
    assert not numbers_of(page)
    assert "Nothing was issued" in page


@pytest.mark.parametrize("query", ["since=7", "since=x", "format=csv2", "format=svg&chart=none"])
def test_what_cannot_be_asked_is_refused(world: World, query: str) -> None:
    assert world.client_of(world.alice).get(f"{PAGE}&{query}").status_code == 400
