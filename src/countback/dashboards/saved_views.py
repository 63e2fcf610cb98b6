"""The pages of what people saved: their views and dashboards, in a list, to rename, share and delete."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from countback.accounts.access import Asking, needs
from countback.core.problem import CountbackError
from countback.dashboards import actions, queries
from countback.dashboards.actions import UNSAVED
from countback.dashboards.arranged_views import doing_of, own
from countback.dashboards.models import View


@require_safe
@needs("see_customers")
def saved(request: Asking) -> HttpResponse:
    """Every view and dashboard that the person may open."""
    context = {"views": queries.views_of(request.user), "dashboards": queries.dashboards_of(request.user)}
    return render(request, "dashboards/saved.html", context)


@require_safe
@needs("see_customers")
def view(request: Asking, view_id: int) -> HttpResponse:
    """Opens a view: the page, as it was asked."""
    try:
        return redirect(queries.find_view(request.user, view_id).address)
    except View.DoesNotExist as error:
        raise Http404 from error


@require_POST
@needs("see_customers")
def save_view(request: Asking) -> HttpResponse:
    """Keeps the page that somebody is on, then leads back to it."""
    parts = urlsplit(request.POST.get("address", ""))
    kept = [pair for pair in parse_qsl(parts.query) if pair[0] not in UNSAVED]

    def save() -> None:
        actions.save_view(
            name=request.POST.get("name", ""),
            page=parts.path if not parts.netloc else "",
            query=urlencode(kept),
            shared=bool(request.POST.get("shared")),
            doing=doing_of(request),
        )

    return _done(request, save, "Saved. It is in your views.")


@require_POST
@needs("see_figures")
def save_dashboard(request: Asking) -> HttpResponse:
    """Makes a dashboard and leads to arranging it."""
    try:
        made = actions.save_dashboard(
            name=request.POST.get("name", ""), shared=False, doing=doing_of(request)
        )
    except CountbackError as error:
        messages.error(request, str(error))
        return redirect("dashboards:saved")
    return redirect("dashboards:arrange", made.pk)


@require_POST
@needs("see_customers")
def change_view(request: Asking, view_id: int, what: str) -> HttpResponse:
    """Renames and shares a view, or deletes it."""
    try:
        queries.find_own_view(request.user, view_id)
    except View.DoesNotExist as error:
        raise Http404 from error
    if what == "delete":
        return _done(request, lambda: actions.delete_view(view_id, doing=doing_of(request)), "Deleted.")
    if what != "change":
        raise Http404
    name, shared = _given(request)
    return _done(
        request,
        lambda: actions.change_view(view_id, name=name, shared=shared, doing=doing_of(request)),
        "Saved.",
    )


@require_POST
@needs("see_figures")
def change_dashboard(request: Asking, dashboard_id: int, what: str) -> HttpResponse:
    """The same of a dashboard."""
    own(request, dashboard_id)
    if what == "delete":
        return _done(
            request, lambda: actions.delete_dashboard(dashboard_id, doing=doing_of(request)), "Deleted."
        )
    if what != "change":
        raise Http404
    name, shared = _given(request)
    return _done(
        request,
        lambda: actions.change_dashboard(dashboard_id, name=name, shared=shared, doing=doing_of(request)),
        "Saved.",
    )


def _given(request: Asking) -> tuple[str, bool]:
    return request.POST.get("name", ""), bool(request.POST.get("shared"))


def _done(request: Asking, act: Callable[[], None], said: str) -> HttpResponse:
    try:
        act()
        messages.success(request, said)
    except CountbackError as error:
        messages.error(request, str(error))
    return redirect("dashboards:saved")
