"""The rows behind a figure: all of them, page by page and as a file, and what was left out."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from countback.accounts.testing import World
from countback.dashboards.conftest import AS_OF, figure_of, lines_of, sides_of
from countback.kpis.catalogue import find, ids

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("mirror")]

ASKED = f"?as_of={AS_OF}"
SIDES = [
    (kpi, side)
    for kpi in ids()
    for side in ("numerator", "denominator", "left_out")
    if side == "numerator" or (find(kpi).denominator if side == "denominator" else find(kpi).left_out)
]


@pytest.mark.slow
@pytest.mark.parametrize(("kpi", "side"), SIDES)
def test_the_rows_of_every_side_add_up_to_the_figure(
    world: World, every_figure: dict[str, list[dict[str, Any]]], kpi: str, side: str
) -> None:
    reader = world.client_of(world.alice)
    lines = lines_of(reader.get(f"/kpis/{kpi}/rows/{ASKED}&side={side}&format=csv"))
    page = reader.get(f"/kpis/{kpi}/rows/{ASKED}&side={side}").content.decode()
    total = sum((Decimal(line["amount"]) for line in lines), Decimal(0))
    assert sides_of(page)[side] == total
    asked = every_figure[kpi]
    if side != "left_out" and len(asked) == 1:
        assert total == (asked[0][side] or 0)
        assert figure_of(page) == asked[0]["value"]


def test_pages_hold_every_row_once(world: World) -> None:
    reader = world.client_of(world.alice)
    address = f"/kpis/credit_sales/rows/{ASKED}"
    lines = lines_of(reader.get(f"{address}&format=csv"))
    assert len(lines) > 0
    seen: list[str] = []
    address = f"/kpis/receivables_turnover/rows/{ASKED}&side=numerator"
    lines = lines_of(reader.get(f"{address}&format=csv"))
    assert len(lines) > 100
    for page in range(1, -(-len(lines) // 100) + 1):
        text = reader.get(f"{address}&page={page}").content.decode()
        seen += re.findall(r'<td><data value="([^"]*)">[^<]*</data></td></tr>', text[: text.index("<tfoot>")])
    assert [Decimal(value) for value in seen] == [Decimal(line["amount"]) for line in lines]


def test_what_was_left_out_says_why(world: World) -> None:
    page = world.client_of(world.alice).get(f"/kpis/cash_applied/rows/{ASKED}&side=left_out").content.decode()
    assert "considered and not counted" in page
    assert 'class="words"' in page


def test_customers_and_invoices_lead_on(world: World) -> None:
    page = (
        world.client_of(world.alice).get(f"/kpis/cash_applied/rows/{ASKED}&segment=public").content.decode()
    )
    led = re.findall(r'href="(/customers/[^"#]+)(#invoice-[^"]+)?"', page)
    assert any(anchor for _, anchor in led)
    assert all("segment=public" in address for address, _ in led)


def test_a_workbook_has_numbers_that_are_numbers(world: World) -> None:
    response = world.client_of(world.alice).get(f"/kpis/overdue_receivables/rows/{ASKED}&format=xlsx")
    book = load_workbook(io.BytesIO(response.getvalue()))
    rows = list(book["Rows"].iter_rows(values_only=True))
    amount = rows[0].index("amount")
    page = world.client_of(world.alice).get(f"/kpis/overdue_receivables/rows/{ASKED}").content.decode()
    assert round(sum(row[amount] for row in rows[1:]), 2) == pytest.approx(
        float(sides_of(page)["numerator"]), abs=0.01
    )
    told = dict(book["About"].iter_rows(values_only=True))
    assert told["As of"] == AS_OF.isoformat()
    assert told["Rows"].startswith(f"{len(rows) - 1:,} on 1 sheet")
