"""Books that name no currency: no screen speaks of one, nor of the code that stands for none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from countback.accounts.testing import World

pytestmark = pytest.mark.django_db

PAGES = (
    "/",
    "/kpis/",
    "/kpis/open_receivables/",
    "/kpis/open_receivables/rows/",
    "/kpis/dso/",
    "/kpis/aging/",
    "/ageing/",
    "/recovery/",
    "/customers/",
    "/customers/C1/",
)


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """As many a list from a spreadsheet: amounts, and nothing said of what they are in."""
    (tmp_path / "customers.csv").write_text("customer_id,name\nC1,Alder\n", "utf-8")
    (tmp_path / "invoices.csv").write_text(
        "invoice_id,customer_id,issued_on,due_on,amount\nI1,C1,2026-03-01,2026-03-31,100.00\n"
        "I2,C1,2026-04-01,2026-04-30,90.00\n",
        "utf-8",
    )
    (tmp_path / "payments.csv").write_text(
        "payment_id,customer_id,received_on,amount\nP1,C1,2026-04-10,40.00\n", "utf-8"
    )
    (tmp_path / "allocations.csv").write_text(
        "allocation_id,payment_id,invoice_id,allocated_on,amount\nA1,P1,I1,2026-04-10,40.00\n", "utf-8"
    )
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_no_screen_names_the_code_of_no_currency(
    world: World, books: Path, place_mirror: Any, page: str
) -> None:
    with place_mirror(books):
        answer = world.client_of(world.alice).get(f"{page}?as_of=2026-05-31")
    assert answer.status_code == 200, answer.content.decode()[:2000]
    seen = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    assert "150" in seen or page in ("/kpis/dso/", "/recovery/")
    assert re.findall(r".{30}XXX.{0,30}", " ".join(seen.split())) == []
