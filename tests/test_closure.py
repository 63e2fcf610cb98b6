"""Closure: whatever the KPI, the rows of each side sum to that side exactly, in every group, over generated books."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from countback.kpis.catalogue import find, ids
from tests.conftest import ASKED, BY

pytestmark = pytest.mark.xdist_group("generated")  # one process opens the generated books, once

SIDES = ("numerator", "denominator")
Key = tuple[str | None, ...]


def sums_of(listed: list[dict[str, Any]], names: list[str]) -> dict[str, dict[Key, Decimal]]:
    """Sum of the rows by side and values of `names`."""
    found: dict[str, dict[Key, Decimal]] = {side: defaultdict(Decimal) for side in SIDES}
    for row in listed:
        if row["side"] in SIDES:
            found[row["side"]][tuple(row[name] for name in names)] += row["amount"]
    return found


def names_of(kpi: str, side: str) -> list[str]:
    """Dimensions and those cells by which the rows of a side are cut; a side may have fewer cells than the figure."""
    cells = {cell for _, term in find(kpi).sides[side].terms for cell in term.cells}
    return [*BY, *(cell for cell in find(kpi).cells if cell in cells)]


def assert_closes(kpi: str, figures: list[dict[str, Any]], listed: list[dict[str, Any]]) -> None:
    for side in find(kpi).sides:
        names = names_of(kpi, side)
        parts = sums_of(listed, names)[side]
        seen = set()
        for row in figures:
            key = tuple(row["by"][name] for name in names)
            seen.add(key)
            assert parts.get(key, Decimal(0)) == row[side], f"{side} of {kpi} in {key}"
        lost = {key: amount for key, amount in parts.items() if key not in seen and amount != 0}
        assert not lost, f"{side} of {kpi} has rows of groups that the figures do not show: {lost}"


@pytest.mark.parametrize("kpi", ids())
def test_rows_sum_to_the_figure(kpi, generated):  # check 52, and the closure of kpis.md
    figures = generated.figures[kpi]
    assert figures, f"{kpi} has no figure: let stories tell of what it counts"
    listed = generated.books.rows(kpi, **ASKED).to_dicts()
    assert_closes(kpi, figures, listed)
    for row in listed:
        assert (row["reason"] is not None) == (row["side"] == "left_out"), row
        assert None not in (row["row"], row["row_id"]), row


CONVERTED = (
    "net_receivables",
    "dso",
    "dso_countback",
    "aging",
    "top_10_share",
    "loss_allowance",
    "receivables_turnover",
)


@pytest.mark.parametrize("kpi", CONVERTED)
def test_rows_sum_to_the_figure_in_the_reporting_currency(kpi, converted):
    figures = converted.kpis([kpi], **ASKED).to_dicts()
    assert_closes(kpi, figures, converted.rows(kpi, **ASKED).to_dicts())


VARIANTS = [
    ("dso", {"basis": "net", "disputed": "exclude"}),
    ("aging", {"by_date": "issued", "bounds": (15, 45), "disputed": "exclude"}),
    ("collection_effectiveness_index", {"months": 3, "method": "crf", "basis": "net", "disputed": "exclude"}),
    ("collection_effectiveness_index", {"method": "crf"}),
    ("days_beyond_terms", {"floor": 0}),
    ("bad_debt_ratio", {"net": True}),
    ("receivables_turnover", {"basis": "net", "disputed": "exclude"}),
    ("loss_allowance", {"rates": (1, 2, 4, 8, Decimal("99.5")), "disputed": "exclude"}),
    ("overdue_accounts_share", {"disputed": "exclude"}),
    ("dso_countback", {"disputed": "exclude"}),
]


@pytest.mark.parametrize(("kpi", "params"), VARIANTS, ids=str)
def test_rows_sum_to_the_figure_under_other_parameters(kpi, params, generated):
    asked = ASKED | {"params": {kpi: params}}
    figures = generated.books.kpis([kpi], **asked).to_dicts()
    assert_closes(kpi, figures, generated.books.rows(kpi, **asked).to_dicts())
