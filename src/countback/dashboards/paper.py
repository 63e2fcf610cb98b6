"""Pages as PDF, set by Typst: what is seen on the screen, in blocks of one to four columns."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst
import vl_convert
from django.http import HttpResponse

from countback.dashboards.asked import Asked
from countback.dashboards.charts import Drawn
from countback.dashboards.export import about
from countback.dashboards.overview import Line, ShownTile
from countback.dashboards.pictures import FONT, sized
from countback.dashboards.rules import MOST_COLUMNS
from countback.ledger.figures import Figures
from countback.report.library import VEGA_LITE
from countback.report.theme import LIGHT
from countback.report.words import day_words

WIDTHS = {1: 160, 2: 330, 3: 510, 4: 690}
"""Widths at which charts of so many columns are drawn, so that their words come out at the size of the page's."""

HEIGHT = 135
MOST_HEIGHT = 260
SET = "Libertinus Serif"
ARROWS = {1: "▲", -1: "▼", 0: ""}


@dataclass(frozen=True, slots=True)
class Bar:
    """Ageing in one currency: `parts` of 100 by shade, and a `legend` of shade, words, amount and share."""

    currency: str
    parts: tuple[tuple[str, Decimal], ...]
    legend: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One block. `words`: what Typst sets of it. `chart`: drawn beside it. `columns`: of four."""

    columns: int
    title: str
    sub: str
    words: dict[str, Any]
    chart: Drawn | None = None


def figure_block(shown: ShownTile, columns: int = 1) -> Block:
    """A figure, with what changed and what it is compared with."""
    tile = shown.tile
    change = f"{ARROWS[tile.direction]} {tile.change}".strip()
    words = {
        "kind": "figure", "value": tile.value, "unit": tile.unit, "tone": tile.tone,
        "change": f"{change} on last month" if tile.direction else change or tile.reason or "",
        "aims": [aim.words for aim in tile.aims],
    }  # fmt: skip
    return Block(columns, tile.title, "", words)


def chart_block(drawn: Drawn, columns: int) -> Block:
    """A chart."""
    return Block(columns, drawn.title, drawn.sub, {"kind": "chart", "alt": drawn.spoken}, drawn)


def bars_block(title: str, sub: str, bars: Sequence[Bar], columns: int = MOST_COLUMNS) -> Block:
    """Ageing as bars, one a currency."""
    drawn = [
        {
            "currency": one.currency,
            "parts": [
                {"color": LIGHT[shade], "width": float(width)} for shade, width in one.parts if width > 0
            ],
            "legend": [[LIGHT[shade], *words] for shade, *words in one.legend],
        }
        for one in bars
    ]
    return Block(columns, title, sub, {"kind": "bars", "bars": drawn})


def table_block(
    title: str, sub: str, headings: Sequence[str], lines: Sequence[Sequence[str]], columns: int = MOST_COLUMNS
) -> Block:
    """A table: a name, then numbers."""
    return Block(
        columns,
        title,
        sub,
        {"kind": "table", "headings": list(headings), "lines": [list(line) for line in lines]},
    )


def words_block(title: str, words: str, columns: int = MOST_COLUMNS) -> Block:
    """Words in place of what there is not."""
    return Block(columns, title, "", {"kind": "words", "words": words})


def cells_of(line: Line) -> list[str]:
    """A line of a table in words."""
    return [line.name, *(cell.words for cell in line.cells), *([line.note] if line.note else [])]


def pdf_of(name: str, title: str, blocks: Sequence[Block], asked: Asked, figures: Figures) -> HttpResponse:
    """The blocks as a document to keep. Under its title stands what was asked."""
    response = HttpResponse(pdf(title, blocks, asked, figures), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response


def pdf(title: str, blocks: Sequence[Block], asked: Asked, figures: Figures) -> bytes:
    """The document. Fonts are Typst's own, so that it looks the same on every machine."""
    told = about(title, asked, figures)
    said = [
        f"as of {day_words(asked.as_of)}",
        *(f"{n}: {told[n]}" for n in told if n not in ("What", "As of")),
    ]
    content = {"title": title, "said": said, "rows": _rows(blocks)}
    with tempfile.TemporaryDirectory(prefix="countback-paper-") as folder:
        place = Path(folder)
        for number, block in enumerate(blocks):
            if block.chart is not None:
                (place / f"{number}.svg").write_text(_svg(block.chart, block.columns), encoding="utf-8")
        (place / "content.json").write_text(json.dumps(content), encoding="utf-8")
        page = files("countback.dashboards").joinpath("typst", "paper.typ").read_text(encoding="utf-8")
        (place / "paper.typ").write_text(page, encoding="utf-8")
        return bytes(typst.compile(str(place / "paper.typ"), root=folder))


def _rows(blocks: Sequence[Block]) -> list[list[dict[str, Any]]]:
    """Blocks side by side as far as four columns reach: a row breaks onto the next page only where it is one table."""
    rows: list[list[dict[str, Any]]] = []
    left = 0
    for number, block in enumerate(blocks):
        if block.columns > left:
            rows.append([])
            left = MOST_COLUMNS
        left -= block.columns
        own = {"columns": block.columns, "title": block.title, "sub": block.sub, "picture": f"{number}.svg"}
        rows[-1].append(own | block.words)
    return rows


def _svg(drawn: Drawn, columns: int) -> str:
    height = min(MOST_HEIGHT, max(HEIGHT, int(drawn.spec["height"]) * 2 // 3))
    spec = sized(drawn, WIDTHS[columns], height)
    return str(vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE)).replace(FONT, SET)
