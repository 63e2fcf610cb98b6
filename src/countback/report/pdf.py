"""The report as PDF: set by Typst, with the same charts drawn by the same specifications."""

from __future__ import annotations

import json
import tempfile
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst
import vl_convert

from countback.core.aging import UNAPPLIED
from countback.core.money import NO_CURRENCY
from countback.report.charts import LIGHT, Spec, charts, themed
from countback.report.content import Content
from countback.report.tiles import Tile
from countback.report.titles import chart_titles
from countback.report.words import day_words, full_money, money, number, value_words

VEGA_LITE = "6.4"
WIDTHS = {"cash": 640, "cost": 640}
"""Charts that take the whole width of the page; the others half of it."""


def render(content: Content) -> bytes:
    """The document. Fonts are Typst's own, so that it looks the same on every machine."""
    with tempfile.TemporaryDirectory(prefix="countback-report-") as folder:
        place = Path(folder)
        specs = charts(content)
        for name, spec in specs.items():
            (place / f"{name}.svg").write_text(_svg(name, spec), encoding="utf-8")
        (place / "content.json").write_text(json.dumps(_words(content, list(specs))), encoding="utf-8")
        page = files("countback.report").joinpath("templates", "page.typ").read_text(encoding="utf-8")
        (place / "page.typ").write_text(page, encoding="utf-8")
        return bytes(typst.compile(str(place / "page.typ"), root=folder))


def _svg(name: str, spec: Spec) -> str:
    sized = themed(spec, LIGHT) | {"width": WIDTHS.get(name, 300), "background": None}
    sized.pop("autosize")
    sized["config"] = sized["config"] | {"font": "Libertinus Serif"}
    return str(vl_convert.vegalite_to_svg(sized, vl_version=VEGA_LITE))


def _words(content: Content, drawn: list[str]) -> dict[str, Any]:
    """What the page says, as text: the template only sets it."""
    titles = chart_titles(content)
    return {
        "name": content.name,
        "currency": "" if content.currency == NO_CURRENCY else content.currency,
        "as_of": day_words(content.as_of),
        "known": f"{content.known_at:%d %b %Y %H:%M}" if content.known_at else "",
        "filters": [f"{name} {value}" for name, value in content.filters],
        "aside": ", ".join(f"{name} {full_money(amount, name)}" for name, amount in content.left_aside),
        "headline": [_tile(tile) for tile in content.headline],
        "second": [_tile(tile) for tile in content.second],
        "ageing": _ageing(content),
        "charts": {name: {"title": titles[name][0], "sub": titles[name][1]} for name in drawn},
        "customers": [
            [line.name, full_money(line.overdue, content.currency), full_money(line.open, content.currency), str(line.oldest_days)]
            for line in content.customers
        ],
        "customers_overdue": content.customers_overdue,
        "segments_by": content.segments_by,
        "segments": [_segment(content, part.name, part.values) for part in content.segments],
        "definitions": [[tile.title, tile.formula, tile.source] for tile in (*content.headline, *content.second)],
    }


def _tile(tile: Tile) -> dict[str, str]:
    arrow = {1: "▲", -1: "▼", 0: ""}[tile.direction]
    return {
        "title": tile.title,
        "value": tile.value,
        "unit": tile.unit,
        "change": f"{arrow} {tile.change} on last month" if arrow else (tile.change or tile.reason or ""),
        "tone": tile.tone,
        "aim": tile.aims[0].split(" (")[0] if tile.aims else "",
    }


def _ageing(content: Content) -> list[dict[str, Any]]:
    owed = sum((amount for name, amount in content.ageing if name != UNAPPLIED), Decimal(0))
    cells = []
    for place, (name, amount) in enumerate(content.ageing):
        unapplied = name == UNAPPLIED
        share = Decimal(0) if unapplied or not owed else amount / owed
        cells.append(
            {"name": name, "color": LIGHT["@au" if unapplied else f"@a{min(place, 4)}"], "part": float(share),
             "amount": money(amount, content.currency), "share": "" if unapplied or not owed else f"{number(share * 100, 1)} %"}
        )  # fmt: skip
    return cells


def _segment(content: Content, name: str, values: Any) -> list[str]:
    def amount(kpi: str) -> str:
        return full_money(values.get(kpi) or Decimal(0), content.currency)

    shares = [value_words(values.get(kpi), unit)[0] for kpi, unit in (("overdue_share", "%"), ("over_90_share", "%"), ("dso", "days"))]
    return [name, amount("open_receivables"), amount("overdue_receivables"), *shares]
