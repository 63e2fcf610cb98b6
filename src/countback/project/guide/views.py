"""The pages of help. Whoever is signed in may read all of it: it says what there is, and shows no figure."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from countback.accounts.access import Asking, needs
from countback.accounts.rules import may
from countback.dashboards.opened import figures_of
from countback.kpis.catalogue import catalogue, find, ids
from countback.kpis.kpi import Kpi, describe
from countback.kpis.topics import rank, topic_of
from countback.project.commands.describe import benchmark_words, default_words
from countback.project.guide import glossary as words_of
from countback.project.guide import search, tour
from countback.project.guide.keys import keys_of
from countback.project.guide.screens import came_from, groups, screens

SIGNED_IN = "manage_self"
"""What everyone who is signed in may: help needs no more."""

LONGEST_SEARCH = 200


@require_safe
@needs(SIGNED_IN)
def index(request: Asking) -> HttpResponse:
    """What is where, and what was searched for."""
    sought = " ".join(request.GET.get("q", "").split())[:LONGEST_SEARCH]
    topics: dict[str, list[Kpi]] = {}
    for kpi in sorted(catalogue(), key=lambda kpi: rank(kpi.id)):
        topics.setdefault(topic_of(kpi.id).title, []).append(kpi)
    shown = {
        "sought": sought,
        "found": search.find(sought),
        "groups": _with_openness(request),
        "topics": topics,
        "sections": words_of.sections(),
        "steps": len(tour.steps_of(request.user.role)),
    }
    return render(request, "guide/index.html", shown)


def _with_openness(request: Asking) -> dict[str, list[tuple[Any, bool]]]:
    role = request.user.role
    return {group: [(one, one.open_to(role)) for one in listed] for group, listed in groups().items()}


@require_safe
@needs(SIGNED_IN)
def kpi(request: Asking, kpi_id: str) -> HttpResponse:
    """One KPI: its whole specification."""
    if kpi_id not in ids():
        raise Http404
    chosen = find(kpi_id)
    told = chosen.specification
    shown = {
        "kpi": chosen,
        "topic": topic_of(kpi_id).title,
        "told": [(name, text) for name, text in told.sections.items() if name != "Example"],
        "columns": list(told.example[0]) if told.example else [],
        "example": [list(row.values()) for row in told.example],
        "parameters": [
            (name, default_words(default), describe(chosen.annotations[name]))
            for name, default in chosen.params.items()
        ],
        "benchmark": benchmark_words(chosen),
        "sees_page": may(request.user.role, "see_figures"),
    }
    return render(request, "guide/kpi.html", shown)


@require_safe
@needs(SIGNED_IN)
def screen(request: Asking, name: str) -> HttpResponse:
    """One screen: what it shows, what one does there, and the way back."""
    if name not in screens():
        raise Http404
    explained = screens()[name]
    came = request.GET.get("from", "")
    match = came_from(explained, came) if came else None
    about = match.kwargs.get("kpi_id") if match else None
    shown = {
        "screen": explained,
        "open": explained.open_to(request.user.role),
        "back": came if match else "",
        "kpi": find(about) if about in ids() else None,
    }
    return render(request, "guide/screen.html", shown)


@require_safe
@needs(SIGNED_IN)
def glossary(request: HttpRequest) -> HttpResponse:
    """Every word."""
    return render(request, "guide/glossary.html", {"sections": words_of.sections()})


@require_safe
@needs(SIGNED_IN)
def keyboard(request: Asking) -> HttpResponse:
    """Every key."""
    return render(request, "guide/keyboard.html", {"keys": keys_of(request.user.role)})


@require_safe
@needs(SIGNED_IN)
def tour_begin(request: Asking) -> HttpResponse:
    """The steps of the tour, and its beginning."""
    steps = tour.steps_of(request.user.role)
    shown = {
        "steps": [(step, tour.step_page(number)) for number, step in enumerate(steps, 1)],
        "books": figures_of(request) is not None,
        "may_import": may(request.user.role, "import"),
    }
    return render(request, "guide/tour.html", shown)


@require_safe
@needs(SIGNED_IN)
def tour_step(request: Asking, number: int) -> HttpResponse:
    """Leads to the screen of a step."""
    steps = tour.steps_of(request.user.role)
    if not 0 < number <= len(steps):
        raise Http404
    figures = figures_of(request)
    if figures is None:
        return redirect("guide:tour")
    return redirect(tour.address_of(steps[number - 1], number, request, figures))
