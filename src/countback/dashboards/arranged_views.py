"""The pages of dashboards: one as it is seen and as files, and arranging it."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from countback.accounts.access import Asking, needs, origin
from countback.accounts.actions import Doing
from countback.core.problem import CountbackError, Misuse
from countback.dashboards import actions, charts, queries
from countback.dashboards.aging_views import bar_of
from countback.dashboards.arranged import Shown, arranged
from countback.dashboards.asked import Asked
from countback.dashboards.export import about, exported
from countback.dashboards.filters import title as dimension_title
from countback.dashboards.kpis import single_valued
from countback.dashboards.kpis_breakdown import FIRST
from countback.dashboards.kpis_series import name_of
from countback.dashboards.models import Dashboard
from countback.dashboards.opened import figures_of, page, with_figures
from countback.dashboards.overview_export import table_of_rows
from countback.dashboards.paper import (
    Block,
    bars_block,
    cells_of,
    chart_block,
    figure_block,
    pdf_of,
    table_block,
    words_block,
)
from countback.dashboards.pictures import PICTURES, picture
from countback.dashboards.rules import KINDS, MOST_COLUMNS, NEEDS_DIMENSION, NEEDS_KPI, Kind
from countback.kpis.topics import rank, topic_of
from countback.ledger.figures import Figures


@needs("see_figures")
@with_figures("format", "chart")
def dashboard(request: HttpRequest, figures: Figures, asked: Asked, dashboard_id: int) -> HttpResponseBase:
    """A dashboard, as whoever opens it may see it."""
    asking: Asking = request  # type: ignore[assignment]  # as `needs` lets it in
    found = seen(asking, dashboard_id)
    shown = arranged(figures, asked, list(found.tiles.all()))
    drawn = [one.drawn for one in shown if one.drawn]
    own = dict(asked.own)
    if form := own.get("format"):
        name = f"dashboard-{found.pk}-{asked.as_of}"
        if form in PICTURES:
            return picture(drawn, own.get("chart", ""), form, asked.as_of)
        if form == "pdf":
            return pdf_of(name, found.name, blocks_of(shown), asked, figures)
        answer = table_of_rows([row for one in shown for row in one.rows])
        return exported(answer, form, name, about(found.name, asked, figures))
    return page(
        request,
        "dashboards/dashboard.html",
        figures,
        asked,
        dashboard=found,
        mine=queries.may_change(asking.user, found),
        shown=shown,
        drawings={one.name: one.drawing for one in drawn},
        library=charts.address(),
    )


def blocks_of(shown: list[Shown]) -> list[Block]:
    """The tiles for paper."""
    return [_block(one) for one in shown]


def _block(one: Shown) -> Block:
    columns = one.tile.columns
    if one.reason:
        return words_block(one.title, f"{one.reason[:1].upper()}{one.reason[1:]}.", columns)
    if one.figure:
        return figure_block(one.figure, columns)
    if one.drawn:
        return chart_block(one.drawn, columns)
    if one.sums:
        return bars_block(one.title, one.sub, [bar_of(sums) for sums in one.sums], columns)
    notes = any(line.note for line in one.lines)
    headings = (*one.headings, "Why") if notes else one.headings
    return table_block(one.title, one.sub, headings, [cells_of(line) for line in one.lines], columns)


@require_safe
@needs("see_figures")
def arrange(request: Asking, dashboard_id: int) -> HttpResponse:
    """Arranging it: tiles to add, remove, move and make wider."""
    found = own(request, dashboard_id)
    figures = figures_of(request)
    dimensions = [name for name in (figures.dimensions if figures else FIRST) if name != "bucket"]
    kpis = sorted(single_valued(), key=rank)
    context = {
        "dashboard": found,
        "tiles": [
            (tile, KINDS[Kind(tile.kind)], name_of(tile.kpi) if tile.kpi else "")
            for tile in found.tiles.all()
        ],
        "widths": range(1, MOST_COLUMNS + 1),
        "kinds": [(kind.value, words) for kind, words in KINDS.items()],
        "kpis": [(topic_of(kpi).title, kpi, name_of(kpi)) for kpi in kpis],
        "dimensions": [(name, dimension_title(name)) for name in dimensions],
        "lines": queries.told_of(found),
    }
    return render(request, "dashboards/arrange.html", context)


def _added(request: Asking, dashboard_id: int) -> None:
    kind, kpi = request.POST.get("kind", ""), request.POST.get("kpi", "")
    dimension = request.POST.get("dimension", "")
    what = "the tile was not added"
    if kind not in KINDS:
        raise Misuse(what, f"{kind!r} is no kind of tile", f"choose one of {', '.join(KINDS)}")
    if kind in NEEDS_KPI and kpi not in single_valued():
        raise Misuse(what, f"{kpi!r} is no figure that can be shown so", "choose one from the list")
    if kind in NEEDS_DIMENSION and not dimension.strip():
        raise Misuse(what, "no dimension was chosen", "choose by what the figure is broken down")
    actions.add_tile(
        dashboard_id,
        kind=Kind(kind),
        kpi=kpi if kind in NEEDS_KPI else "",
        dimension=dimension.strip()[:300] if kind in NEEDS_DIMENSION else "",
        doing=doing_of(request),
    )


def _tile_of(request: Asking) -> int:
    text = request.POST.get("tile", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _moved(step: int) -> Callable[[Asking, int], None]:
    def move(request: Asking, dashboard_id: int) -> None:
        actions.move_tile(dashboard_id, _tile_of(request), step=step, doing=doing_of(request))

    return move


def _removed(request: Asking, dashboard_id: int) -> None:
    actions.remove_tile(dashboard_id, _tile_of(request), doing=doing_of(request))


def _resized(request: Asking, dashboard_id: int) -> None:
    text = request.POST.get("columns", "")
    columns = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0
    actions.resize_tile(dashboard_id, _tile_of(request), columns=columns, doing=doing_of(request))


STEPS: dict[str, Callable[[Asking, int], None]] = {
    "add": _added,
    "remove": _removed,
    "up": _moved(-1),
    "down": _moved(1),
    "size": _resized,
}
"""What can be done to the tiles, by its word in the address."""


@require_POST
@needs("see_figures")
def step(request: Asking, dashboard_id: int, what: str) -> HttpResponse:
    """Does one thing to the tiles of a dashboard."""
    own(request, dashboard_id)
    if what not in STEPS:
        raise Http404
    try:
        STEPS[what](request, dashboard_id)
    except CountbackError as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('dashboards:arrange', args=[dashboard_id])}#tiles")


def seen(request: Asking, dashboard_id: int) -> Dashboard:
    """The dashboard, if whoever asks may open it; else 404."""
    try:
        return queries.find_dashboard(request.user, dashboard_id)
    except Dashboard.DoesNotExist as error:
        raise Http404 from error


def own(request: Asking, dashboard_id: int) -> Dashboard:
    """The dashboard, if whoever asks may change it; else 404."""
    try:
        return queries.find_own_dashboard(request.user, dashboard_id)
    except Dashboard.DoesNotExist as error:
        raise Http404 from error


def doing_of(request: Asking) -> Doing:
    """Who asks, when and from where."""
    return Doing(request.user, request.moment, origin(request))
