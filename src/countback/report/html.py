"""The report as one HTML file: no network, a strict content policy, light and dark, made to be printed too."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from countback.core.money import NO_CURRENCY
from countback.report.charts import charts
from countback.report.content import Content
from countback.report.drawn import aging_bar, sparkline
from countback.report.library import library
from countback.report.lines import SEGMENT_HEADINGS, bucket_lines, segment_lines
from countback.report.theme import for_page, style_tokens
from countback.report.titles import chart_titles, chart_words, undrawn_words, warnings_words
from countback.report.words import day_words, full_money, moment_words

PAIRS = (("dso", "why"), ("cei", "overdue"), ("rolls", "curves"), ("promises", "disputes"))
"""Charts that stand side by side where both are drawn."""


def render(content: Content) -> bytes:
    """The page."""
    page = _environment().get_template("page.html.j2")
    script = Markup(_text("charts.js"))  # noqa: S704 -- our own file, not input
    style = Markup(style_tokens() + _text("page.css"))  # noqa: S704 -- our own file, not input
    bundle = Markup(_no_end_tag(library()))  # noqa: S704 -- the chart library itself
    specs = charts(content)
    titles = chart_titles(content)
    return page.render(
        content=content,
        titles=titles,
        spoken={name: chart_words(content, name) for name in specs},
        widths=_widths(list(specs)),
        warnings=warnings_words(content),
        undrawn=undrawn_words(content, specs),
        policy=_policy([bundle, script], style),
        specs=Markup(_json({name: for_page(spec) for name, spec in specs.items()})),  # noqa: S704 -- escaped by _json
        bundle=bundle,
        script=script,
        style=style,
        aging=bucket_lines(content),
        segment_headings=SEGMENT_HEADINGS,
        segment_rows=segment_lines(content),
    ).encode()


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("countback.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"day": day_words, "moment": moment_words, "full_money": full_money}
    environment.globals |= {
        "sparkline": sparkline,
        "aging_bar": aging_bar,
        "no_currency": NO_CURRENCY,
        "arrow": {1: "▲", -1: "▼", 0: ""},
    }
    return environment


def _widths(drawn: list[str]) -> dict[str, str]:
    """Half the page for a chart whose neighbour is drawn, too; else the whole."""
    halves = {name for pair in PAIRS if set(pair) <= set(drawn) for name in pair}
    return {name: "half" if name in halves else "whole" for name in drawn}


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

    allowed = " ".join(digest(script) for script in scripts)
    return (
        f"default-src 'none'; script-src {allowed}; style-src {digest(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
