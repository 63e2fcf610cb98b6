"""The overview."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponseBase

from countback.accounts.access import needs
from countback.dashboards import charts
from countback.dashboards.asked import Asked
from countback.dashboards.export import about, exported
from countback.dashboards.links import place
from countback.dashboards.opened import page, with_figures
from countback.dashboards.overview import overview_of
from countback.dashboards.overview_export import overview_table
from countback.dashboards.remembered import remembered
from countback.ledger.figures import Figures
from countback.report.content import Content


@needs("see_figures")
@with_figures("format")
def overview(request: HttpRequest, figures: Figures, asked: Asked) -> HttpResponseBase:
    """How it stands: what is owed, how late, how well it is collected, and by whom."""
    asked = replace(asked, every="month")
    content = content_of(figures, asked)
    if form := dict(asked.own).get("format"):
        told = about("Overview", asked, figures, Currency=content.currency)
        return exported(overview_table(content), form, f"overview-{asked.as_of}", told)
    shown = overview_of(content, asked)
    return page(
        request,
        "dashboards/overview.html",
        figures,
        asked,
        shown=shown,
        library=charts.address(),
        drawings={name: drawn.drawing for name, drawn in shown.charts.items()},
        aging_pages=[
            (by, place("ageing", asked.query(by=by))) for by in ("customer", "collector", "segment")
        ],
        customers_page=place("customers", asked.query()),
    )


def content_of(figures: Figures, asked: Asked) -> Content:
    """The report's content, gathered once until the books move."""
    question = ("content", asked.as_of, asked.known_at, asked.where, asked.currency)

    def gathered() -> Content:
        return figures.content(asked.as_of, currency=asked.currency, where=dict(asked.where))

    return remembered(figures, question, gathered)
