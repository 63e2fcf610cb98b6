"""The overview."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from django.http import HttpRequest, HttpResponseBase

from countback.accounts.access import needs
from countback.dashboards import charts
from countback.dashboards.asked import Asked
from countback.dashboards.at_risk import AtRisk, at_risk
from countback.dashboards.export import about, exported
from countback.dashboards.links import place
from countback.dashboards.opened import page, with_figures
from countback.dashboards.overview import Overview, overview_of
from countback.dashboards.overview_export import overview_table
from countback.dashboards.overview_paper import blocks_of
from countback.dashboards.paper import pdf_of
from countback.dashboards.pictures import PICTURES, picture
from countback.dashboards.remembered import remembered
from countback.dashboards.targets import targets_of
from countback.ledger.figures import Figures
from countback.report.content import Content
from countback.report.tiles import HEADLINE, SECOND


@needs("see_figures")
@with_figures("format", "chart", begins=True)
def overview(request: HttpRequest, figures: Figures, asked: Asked) -> HttpResponseBase:
    """How it stands: what is owed, how late, how well it is collected, and by whom."""
    asked = replace(asked, every="month")
    risk = at_risk(figures, asked)
    shown = _shown(figures, asked, risk)
    if form := dict(asked.own).get("format"):
        return _file(figures, asked, shown, risk, form)
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
        limits_page=place("customers", asked.query(sort="-limit")),
        recovery_page=place("recovery", asked.query()),
    )


def _file(
    figures: Figures, asked: Asked, shown: Overview, risk: tuple[str, list[AtRisk]], form: str
) -> HttpResponseBase:
    name = f"overview-{asked.as_of}"
    if form in PICTURES:
        return picture(shown.charts.values(), dict(asked.own).get("chart", ""), form, asked.as_of)
    if form == "pdf":
        return pdf_of(name, "Overview", blocks_of(shown), asked, figures)
    told = about("Overview", asked, figures, Currency=shown.content.currency)
    return exported(overview_table(shown.content, risk), form, name, told)


def made_ready(figures: Figures, asked: Asked) -> None:
    """Finds all that the overview shows, so that whoever opens it need not wait."""
    asked = replace(asked, every="month")
    _shown(figures, asked, at_risk(figures, asked))


def content_of(figures: Figures, asked: Asked) -> Content:
    """The report's content, gathered once until the books move or another target is set."""
    targets = _targets(figures, asked)

    def gathered() -> Content:
        return figures.content(
            asked.as_of, currency=asked.currency, where=dict(asked.where), targets=dict(targets)
        )

    question = ("content", asked.as_of, asked.known_at, asked.where, asked.currency, targets)
    return remembered(figures, question, gathered)


def _shown(figures: Figures, asked: Asked, risk: tuple[str, list[AtRisk]]) -> Overview:
    """The page of the content, drawn once as long as that stands."""
    plain = replace(asked, own=())
    question = ("overview", plain.query(), asked.known_at, _targets(figures, asked))
    return remembered(figures, question, lambda: overview_of(content_of(figures, asked), plain, risk))


def _targets(figures: Figures, asked: Asked) -> tuple[tuple[str, Decimal], ...]:
    found = targets_of(figures, asked)
    return tuple(sorted((kpi, value) for kpi, value in found.items() if kpi in HEADLINE + SECOND))
