"""Charts as pictures, drawn on the server from the same specification as on the page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import vl_convert
from django.http import HttpResponse

from countback.core.problem import Misuse
from countback.dashboards.charts import Drawn
from countback.report.library import VEGA_LITE
from countback.report.theme import LIGHT, for_paper

PICTURES = {"svg": "image/svg+xml", "png": "image/png"}
WIDTH = 760
SHARPNESS = 2
"""Pixels of a PNG for each of the picture."""

FONT = "Liberation Sans"
"""One that the chart library brings: a picture looks the same wherever it was drawn."""


def picture(drawn: Iterable[Drawn], name: str, form: str, as_of: date) -> HttpResponse:
    """The chart of that name as a file. Raises Misuse where the page draws no such chart."""
    found = {one.name: one for one in drawn}
    if name not in found:
        listed = f"ask for {', '.join(found)}" if found else "choose a page with a chart"
        raise Misuse("the picture was not drawn", f"the page draws no chart {name!r}", listed)
    response = HttpResponse(drawn_as(found[name], form), content_type=PICTURES[form])
    response["Content-Disposition"] = f'attachment; filename="{name}-{as_of}.{form}"'
    return response


def drawn_as(drawn: Drawn, form: str) -> bytes:
    """The picture, with the chart's title and subtitle above it, in the light colours."""
    title = {
        "text": drawn.title, "subtitle": drawn.sub, "anchor": "start", "offset": 14, "color": LIGHT["ink"],
        "subtitleColor": LIGHT["ink3"], "fontSize": 15, "subtitleFontSize": 11,
    }  # fmt: skip
    spec = sized(drawn, WIDTH) | {"title": title, "padding": 18, "background": LIGHT["card"]}
    if form == "svg":
        return str(vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE)).encode()
    return bytes(vl_convert.vegalite_to_png(spec, vl_version=VEGA_LITE, scale=SHARPNESS))


def sized(drawn: Drawn, width: int, height: int | None = None) -> dict[str, Any]:
    """The specification for paper, that wide."""
    spec = for_paper(drawn.spec) | {"width": width}
    if height is not None:
        spec["height"] = height
    return spec | {"config": spec["config"] | {"font": FONT}}
