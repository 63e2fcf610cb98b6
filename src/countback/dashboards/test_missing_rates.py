"""Where a rate is missing, what needs none is one click away."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from countback import open_books
from countback.accounts.testing import World
from countback.dashboards.conftest import figure_of

pytestmark = pytest.mark.django_db

BOOKS = {
    "customers": "customer_id,name,currency\nC1,Alder,EUR\nC2,Birch,USD\n",
    "invoices": (
        "invoice_id,customer_id,issued_on,due_on,amount,currency\nI1,C1,2026-03-01,2026-03-31,100.00,EUR\n"
        "I2,C2,2012-04-01,2012-04-30,90.00,USD\nI3,C2,2026-04-01,2026-04-30,50.00,USD\n"
    ),
    "fx_rates": "on,currency,rate\n2026-05-29,USD,0.90\n2026-05-31,USD,0.92\n",
}


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """Dollars of 2012 beside euros, with rates of this year."""
    for name, text in BOOKS.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    return tmp_path


def ways(page: str) -> dict[str, str]:
    found = re.findall(r'<a class="btn[^"]*" href="([^"]+)">Show (\w+) alone</a>', page)
    return {code: unescape(address) for address, code in found}


@pytest.mark.parametrize("page", ["/", "/kpis/", "/kpis/open_receivables/", "/kpis/open_receivables/rows/"])
def test_each_currency_alone_is_one_click_away(
    world: World, books: Path, place_mirror: Any, page: str
) -> None:
    reader = world.client_of(world.alice)
    with place_mirror(books):
        refused = reader.get(f"{page}?as_of=2012-12-31")
        text = refused.content.decode()
        assert refused.status_code == 400
        assert "were not converted" in text
        assert sorted(ways(text)) == ["EUR", "USD"]
        for address in ways(text).values():
            assert "as_of=2012-12-31" in address
            assert reader.get(address).status_code == 200


def test_what_is_shown_then_is_what_the_library_says(world: World, books: Path, place_mirror: Any) -> None:
    reader = world.client_of(world.alice)
    with place_mirror(books), open_books(books) as opened:
        refused = reader.get("/kpis/open_receivables/rows/?as_of=2012-12-31&segment=").content.decode()
        shown = reader.get(ways(refused)["USD"]).content.decode()
        asked = opened.kpis(
            "open_receivables", as_of=date(2012, 12, 31), where={"currency": "USD"}
        ).to_dicts()
        assert figure_of(shown) == asked[0]["value"] == 90


def test_other_refusals_offer_no_currency(world: World, books: Path, place_mirror: Any) -> None:
    with place_mirror(books):
        page = world.client_of(world.alice).get("/kpis/?as_of=2026-05-31&region=moon").content.decode()
    assert "What to do" in page
    assert not ways(page)
