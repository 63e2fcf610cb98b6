"""The rows behind a figure, page by page, or as a file with all of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from countback.accounts.access import needs
from countback.dashboards.asked import Asked
from countback.dashboards.export import about, exported
from countback.dashboards.kpis_series import name_of
from countback.dashboards.kpis_views import kpi_of, refuse_parameters
from countback.dashboards.links import kpi_page
from countback.dashboards.opened import page, with_figures
from countback.dashboards.rows import SIDE_WORDS, ask_rows, shown_rows, side_of
from countback.ledger.figures import Figures


@needs("see_figures")
@with_figures("side", "page", "format", of_kpi=True)
def rows(request: HttpRequest, figures: Figures, asked: Asked, kpi_id: str) -> HttpResponseBase:
    """The rows of a figure."""
    kpi = kpi_of(kpi_id)
    refuse_parameters(kpi, asked)
    if form := dict(asked.own).get("format"):
        side = side_of(kpi, asked)
        answer = ask_rows(figures, kpi, asked, side)
        told = about(f"{kpi.title}: {SIDE_WORDS[side].lower()}", asked, figures)
        return exported(answer, form, f"{kpi.id}-{side}-{asked.as_of}", told)
    shown = shown_rows(figures, kpi, asked)
    return page(
        request,
        "dashboards/rows.html",
        figures,
        asked,
        kpi=kpi,
        title=name_of(kpi.id),
        shown=shown,
        of_page=kpi_page(kpi.id, asked.without(*kpi.cells), params=asked.params),
        before=asked.here(page=shown.page - 1) if shown.page > 1 else "",
        after=asked.here(page=shown.page + 1) if shown.page < shown.pages else "",
    )
