"""The report as one HTML file: no network, a strict content policy, light and dark, made to be printed too."""

from __future__ import annotations

import base64
import hashlib
import json
from decimal import Decimal
from functools import cache
from importlib.resources import files

import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from countback.core.aging import UNAPPLIED
from countback.core.money import NO_CURRENCY
from countback.report.charts import DARK, LIGHT, charts
from countback.report.content import SEGMENT_KPIS, Content
from countback.report.drawn import ageing_bar, sparkline
from countback.report.titles import chart_titles
from countback.report.words import day_words, full_money, money, number, value_words

VEGA_LITE = "6.4"


@cache
def library() -> str:
    """Vega, Vega-Lite and Vega-Embed with their interpreter, as one script, out of the library that draws the PDF's charts."""
    return str(vl_convert.javascript_bundle(vl_version=VEGA_LITE))


def render(content: Content) -> bytes:
    """The page."""
    page = _environment().get_template("page.html.j2")
    script = Markup(_text("charts.js"))  # noqa: S704 -- our own file, not input
    style = Markup(_text("page.css"))  # noqa: S704 -- our own file, not input
    bundle = Markup(_no_end_tag(library()))  # noqa: S704 -- the chart library itself
    specs = charts(content)
    titles = chart_titles(content)
    return page.render(
        content=content,
        titles=titles,
        charts=[name for name in specs],
        policy=_policy([bundle, script], style),
        specs=Markup(_json({"specs": specs, "themes": {"light": LIGHT, "dark": DARK}})),  # noqa: S704 -- escaped by _json
        bundle=bundle,
        script=script,
        style=style,
        ageing=_ageing(content),
        segment_rows=_segments(content),
    ).encode()


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("countback.report"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"day": day_words, "full_money": full_money, "money": money}
    environment.globals |= {
        "sparkline": sparkline, "ageing_bar": ageing_bar, "no_currency": NO_CURRENCY, "arrow": {1: "▲", -1: "▼", 0: ""}
    }  # fmt: skip
    return environment


def _text(name: str) -> str:
    return files("countback.report").joinpath("templates", name).read_text(encoding="utf-8")


def _no_end_tag(script: str) -> str:
    """A script that stands inside a page must not hold the tag that would end it."""
    return script.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _json(value: object) -> str:
    """JSON that can stand inside a script element whatever names customers have."""
    return json.dumps(value).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _policy(scripts: list[str], style: str) -> str:
    """Nothing from anywhere; only these very scripts and this style."""

    def digest(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    return (
        f"default-src 'none'; script-src {' '.join(digest(script) for script in scripts)}; style-src {digest(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _ageing(content: Content) -> list[dict[str, str]]:
    """Buckets in words: name, class, short amount, full amount, share of what is owed."""
    owed = sum((amount for name, amount in content.ageing if name != UNAPPLIED), Decimal(0))
    rows = []
    for place, (name, amount) in enumerate(content.ageing):
        unapplied = name == UNAPPLIED
        share = "" if unapplied or not owed else f"{number(amount / owed * 100, 1)} %"
        shade = "au" if unapplied else f"a{min(place, 4)}"
        rows.append({"name": name, "shade": shade, "short": money(amount, content.currency),
                     "full": full_money(amount, content.currency), "share": share})  # fmt: skip
    return rows


def _segments(content: Content) -> list[tuple[str, list[str]]]:
    """Rows of the breakdown, in words."""
    units = {kpi: ("money" if kpi.endswith("receivables") else "days" if kpi == "dso" else "%") for kpi in SEGMENT_KPIS}
    rows = []
    for part in content.segments:
        cells = []
        for kpi in SEGMENT_KPIS:
            value = part.values.get(kpi)
            if units[kpi] == "money":
                cells.append(full_money(value or Decimal(0), content.currency))
            else:
                cells.append(value_words(value, units[kpi])[0])
        rows.append((part.name, cells))
    return rows
