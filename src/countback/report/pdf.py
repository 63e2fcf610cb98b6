"""The report as PDF: set by Typst, with the same charts drawn by the same specifications."""

from __future__ import annotations

import json
import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst
import vl_convert

from countback.core.money import NO_CURRENCY
from countback.report.chart_parts import Spec
from countback.report.charts import charts
from countback.report.content import Content
from countback.report.html import PAIRS
from countback.report.library import VEGA_LITE
from countback.report.lines import SEGMENT_HEADINGS, bucket_lines, segment_lines
from countback.report.theme import LIGHT, for_paper
from countback.report.tiles import Tile
from countback.report.titles import chart_titles, chart_words, undrawn_words, warnings_words
from countback.report.words import day_words, full_money, moment_words

HALF, WHOLE = 330, 690
"""Widths at which charts are drawn, so that their words come out at the size of the page's."""

HEIGHTS = {"cash": 120, "cost": 100}
HEIGHT = 135
MEASURED, SET = "Liberation Sans", "Libertinus Serif"
"""Words in charts are measured in a font that the chart library brings, a little wider than the one that Typst sets."""
STEP = 17
"""Height of one step of the waterfall."""


def render(content: Content) -> bytes:
    """The document. Fonts are Typst's own, so that it looks the same on every machine."""
    with tempfile.TemporaryDirectory(prefix="countback-report-") as folder:
        place = Path(folder)
        specs = charts(content)
        halves = {name for pair in PAIRS if set(pair) <= set(specs) for name in pair}
        for name, spec in specs.items():
            drawn = _svg(name, spec, HALF if name in halves else WHOLE)
            (place / f"{name}.svg").write_text(drawn, encoding="utf-8")
        (place / "content.json").write_text(json.dumps(_words(content, list(specs))), encoding="utf-8")
        page = files("countback.report").joinpath("templates", "page.typ").read_text(encoding="utf-8")
        (place / "page.typ").write_text(page, encoding="utf-8")
        return bytes(typst.compile(str(place / "page.typ"), root=folder))


def _svg(name: str, spec: Spec, width: int) -> str:
    height = _height(name, spec)
    sized = for_paper(spec) | {"width": width, "height": height}
    sized["config"] = sized["config"] | {"font": MEASURED}
    drawn = str(vl_convert.vegalite_to_svg(sized, vl_version=VEGA_LITE))
    return drawn.replace(MEASURED, SET)


def _height(name: str, spec: Spec) -> int:
    if name == "why":
        return STEP * len(spec["data"]["values"])
    return HEIGHTS.get(name, HEIGHT)


def _words(content: Content, drawn: list[str]) -> dict[str, Any]:
    """What the page says, as text: the template only sets it."""
    titles = chart_titles(content)
    headings = [content.segments_by.capitalize(), *SEGMENT_HEADINGS]
    return {
        "name": content.name,
        "currency": "" if content.currency == NO_CURRENCY else content.currency,
        "as_of": day_words(content.as_of),
        "known": moment_words(content.known_at) if content.known_at else "",
        "filters": [f"{name} {value}" for name, value in content.filters],
        "aside": ", ".join(f"{name} {full_money(amount, name)}" for name, amount in content.left_aside),
        "headline": [_tile(tile) for tile in content.headline],
        "second": [_tile(tile) for tile in content.second],
        "ageing": _aging(content),
        "charts": {name: _chart(content, name, *titles[name]) for name in drawn},
        "undrawn": undrawn_words(content, drawn),
        "customers": _customers(content),
        "customers_overdue": content.customers_overdue,
        "segments_by": content.segments_by,
        "segments": [headings, *segment_lines(content)] if content.segments else [],
        "definitions": [_definition(tile) for tile in (*content.headline, *content.second)],
        "warnings": warnings_words(content),
    }


def _chart(content: Content, name: str, title: str, sub: str) -> dict[str, str]:
    return {"title": title, "sub": sub, "alt": chart_words(content, name)}


def _tile(tile: Tile) -> dict[str, Any]:
    arrow = {1: "▲", -1: "▼", 0: ""}[tile.direction]
    return {
        "title": tile.title,
        "value": tile.value,
        "unit": tile.unit,
        "change": f"{arrow} {tile.change} on last month" if arrow else (tile.change or tile.reason or ""),
        "tone": tile.tone,
        "aims": [aim.words for aim in tile.aims],
    }


def _aging(content: Content) -> list[dict[str, Any]]:
    return [
        {
            "name": line.name,
            "color": LIGHT[line.shade],
            "part": float(line.part),
            "amount": line.short,
            "share": line.share,
        }
        for line in bucket_lines(content)
    ]


def _customers(content: Content) -> list[list[str]]:
    return [
        [
            line.name,
            full_money(line.overdue, content.currency),
            full_money(line.open, content.currency),
            str(line.oldest_days),
        ]
        for line in content.customers
    ]


def _definition(tile: Tile) -> list[str]:
    compared = [f"{aim.words}: {aim.source}" for aim in tile.aims if aim.source]
    sources = "; ".join([tile.specification["Source"], *compared])
    return [tile.title, tile.specification["Formula"], sources]
