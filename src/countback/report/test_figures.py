"""Every figure of the page, the workbook and the document is the one that the books give when asked."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from countback import Books
from countback.report.conftest import AS_OF, TARGETS, Element
from countback.report.content import SEGMENT_KPIS, Content
from countback.report.tiles import HEADLINE, SECOND
from countback.report.words import full_money, money, number, value_words
from countback.report.xlsx import render as render_workbook

TILES = HEADLINE + SECOND
Asked = dict[str, dict[str, Any]]


def test_every_tile_shows_its_figure(page: Element, figures: Asked) -> None:
    for kpi in TILES:
        (tile,) = page.all("section", id=f"tile-{kpi}")
        (value,) = tile.all("data")
        assert Decimal(value.attributes["value"]) == figures[kpi]["value"], kpi
        assert value.text == value_words(figures[kpi]["value"], figures[kpi]["unit"])[0], kpi


def test_every_tile_says_its_formula_and_source(page: Element) -> None:
    for kpi in TILES:
        (tile,) = page.all("section", id=f"tile-{kpi}")
        words = [definition.text for definition in tile.all("dd")]
        assert len(words) >= 5, kpi
        assert all(words), kpi


def test_the_aging_shows_every_bucket(page: Element, demo: Books) -> None:
    rows = demo.kpis("aging", as_of=AS_OF).to_dicts()
    (legend,) = page.all("div", css="legend")
    shown = [(cell.text, cell.attributes["title"]) for cell in legend.all("span")]
    owed = sum((row["value"] for row in rows if row["by"]["bucket"] != "unapplied"), Decimal(0))
    for row, (words, full) in zip(rows, shown, strict=True):
        bucket = row["by"]["bucket"]
        share = "" if bucket == "unapplied" else f" {number(row['value'] / owed * 100, 1)} %"
        assert words == f"{bucket} {money(row['value'], 'EUR')}{share}"
        assert full == full_money(row["value"], "EUR")


def test_overdue_customers_are_the_largest(page: Element, demo: Books) -> None:
    rows = demo.kpis(["overdue_receivables", "open_receivables"], as_of=AS_OF, by="customer").to_dicts()
    overdue = {row["by"]["customer"]: row["value"] for row in rows if row["kpi"] == "overdue_receivables"}
    held = {row["by"]["customer"]: row["value"] for row in rows if row["kpi"] == "open_receivables"}
    largest = sorted((name for name in overdue if overdue[name]), key=lambda name: (-overdue[name], name))[
        :15
    ]
    names = demo.customer_names(largest)
    (card,) = page.all("section", id="customers")
    shown = [(row[0], row[1], row[2]) for row in card.rows()]
    assert shown == [
        (names[one], full_money(overdue[one], "EUR"), full_money(held[one], "EUR")) for one in largest
    ]


def test_the_oldest_overdue_item_is_as_old_as_its_row(page: Element, demo: Books) -> None:
    rows = demo.rows("overdue_receivables", as_of=AS_OF, side="numerator").to_dicts()
    oldest: dict[str, int] = {}
    for row in rows:
        oldest[row["customer_id"]] = max(oldest.get(row["customer_id"], 0), (AS_OF - row["due_on"]).days)
    names = demo.customer_names(list(oldest))
    by_name = {names[one]: str(days) for one, days in oldest.items()}
    (card,) = page.all("section", id="customers")
    assert all(row[-1] == by_name[row[0]] for row in card.rows())


def test_segments_show_their_figures(page: Element, demo: Books, content: Content) -> None:
    rows = demo.kpis(list(SEGMENT_KPIS), as_of=AS_OF, by=content.segments_by).to_dicts()
    asked = {(row["by"][content.segments_by], row["kpi"]): row["value"] for row in rows}
    (card,) = page.all("section", id="segments")
    shown = card.rows()
    assert len(shown) == len(asked) / len(SEGMENT_KPIS) >= 2
    for name, held, overdue, share, old, dso in shown:
        assert held == full_money(asked[name, "open_receivables"], "EUR")
        assert overdue == full_money(asked[name, "overdue_receivables"], "EUR")
        assert share == number(asked[name, "overdue_share"], 1)
        assert old == number(asked[name, "over_90_share"], 2)
        assert dso == number(asked[name, "dso"], 1)


def test_charts_draw_the_trends(page: Element, demo: Books) -> None:
    (script,) = page.all("script", id="specs")
    specs = json.loads(script.text)
    drawn = {
        "dso": ["dso", "best_possible_dso"],
        "overdue": ["overdue_share"],
        "cash": ["cash_applied", "credit_sales"],
    }
    for name, kpis in drawn.items():
        points = specs[name]["data"]["values"]
        asked = demo.kpis(kpis, as_of=AS_OF, trend=24).to_dicts()
        assert [point["value"] for point in points] == [round(float(row["value"]), 4) for row in asked], name
        words = [" ".join(value_words(row["value"], row["unit"])).strip() for row in asked]
        assert [point["words"] for point in points] == words, name
        hovered = specs[name]["layer"][-1].get("data", {"values": []})["values"]
        assert [row[f"words{n}"] for n in range(len(kpis)) for row in hovered] in (words, []), name


def test_targets_are_named_and_drawn(page: Element, content: Content) -> None:
    (tile,) = page.all("section", id="tile-overdue_share")
    assert "target 15.0 %" in tile.text
    (script,) = page.all("script", id="specs")
    specs = json.loads(script.text)
    for name, kpi in (("overdue", "overdue_share"), ("dso", "dso")):
        aims = [layer["data"]["values"][0] for layer in specs[name]["layer"] if "strokeDash" in layer["mark"]]
        assert aims == [{"aim": float(TARGETS[kpi]), "words": content_aim(content, kpi)}]


def content_aim(content: Content, kpi: str) -> str:
    """The words of a tile's first aim."""
    return next(tile.aims[0].words for tile in content.headline if tile.kpi == kpi)


@pytest.fixture(scope="module")
def sheets(content: Content) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of the workbook's sheets, below their titles."""
    book = load_workbook(io.BytesIO(render_workbook(content)))
    return {sheet.title: list(sheet.iter_rows(min_row=3, values_only=True)) for sheet in book}


def test_the_workbook_holds_the_same_numbers(
    sheets: dict[str, list[tuple[Any, ...]]], content: Content, figures: Asked
) -> None:
    for row, kpi in zip(sheets["Headline"][1:], TILES, strict=False):
        assert row[1] == float(figures[kpi]["value"]), kpi
    for row, (bucket, amount) in zip(sheets["Ageing"][1:], content.aging, strict=False):
        assert row == (bucket, float(amount))
    assert sheets["Ageing"][-1] == ("net receivables", float(figures["net_receivables"]["value"]))
    for place, line in enumerate(content.series.values(), start=1):
        column = [row[place] for row in sheets["Trends"][1:]]
        assert column == [None if value is None else float(value) for value in line.values], line.kpi
    for row, line in zip(sheets["Overdue customers"][1:], content.customers, strict=True):
        assert row[:5] == (
            line.customer_id,
            line.name,
            float(line.overdue),
            float(line.open),
            line.oldest_days,
        )
        assert row[5:] == tuple(float(amount) for _, amount in line.aging)
    for row, part in zip(sheets[f"By {content.segments_by}"][1:], content.segments, strict=True):
        assert row == (part.name, *(float(part.values[kpi] or 0) for kpi in SEGMENT_KPIS))


def test_the_workbook_adds_up(sheets: dict[str, list[tuple[Any, ...]]]) -> None:
    start, *steps, end = sheets["Why DSO moved"][1:]
    assert start[1] + sum(step[1] for step in steps) == pytest.approx(end[1], abs=1e-9)
    for row in sheets["Roll rates"][1:]:
        assert sum(share for share in row[1:] if share is not None) == pytest.approx(100, abs=1e-6)


def test_the_document_holds_the_same_figures(content: Content, read_pdf: Callable[[bytes], str]) -> None:
    from countback.report.pdf import render

    text = read_pdf(render(content))
    for tile in (*content.headline, *content.second):
        assert tile.value in text, tile.kpi
    for bucket, amount in content.aging:
        assert f"{bucket} {money(amount, 'EUR')}" in text
    for line in content.customers:
        assert full_money(line.overdue, "EUR") in text
        assert full_money(line.open, "EUR") in text
    for part in content.segments:
        assert full_money(part.values["open_receivables"] or Decimal(0), "EUR") in text
    assert "target 42.5 days" in text


def test_the_waterfall_adds_up_exactly(content: Content, figures: Asked) -> None:
    start, *steps, end = content.why.steps
    assert start.amount + sum(step.amount for step in steps) == end.amount == figures["dso"]["value"]
    assert len(steps) >= 2


def test_rows_of_the_roll_rates_sum_to_100(content: Content) -> None:
    rolls = content.rolls
    full = [start for start in rolls.starts if rolls.cells[start, rolls.ends[0]] is not None]
    assert len(full) >= 4
    for start in full:
        total = sum((rolls.cells[start, end] or Decimal(0) for end in rolls.ends), Decimal(0))
        assert abs(total - 100) < Decimal("0.000001"), start
