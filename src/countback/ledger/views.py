"""Pages of imports: the list, one with its result, its undoing; and the first steps of an empty installation."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from countback.accounts.access import needs, origin
from countback.accounts.models import Person
from countback.accounts.rules import may
from countback.core.problem import CountbackError
from countback.ledger import uploads, uploads_first, uploads_shown
from countback.ledger.models import Import
from countback.ledger.uploads_changes import has_changed, shown_of, undoing_would


def person_of(request: HttpRequest) -> Person:
    """Who asks: views that `needs` guards are reached by people alone."""
    if not isinstance(request.user, Person):
        raise Http404
    return request.user


def asker_of(request: HttpRequest) -> uploads.Asker:
    """Who asks, when (as the middleware noted it) and from where, for whoever writes it down."""
    moment: datetime = request.moment  # type: ignore[attr-defined]
    return uploads.Asker(person_of(request), moment, origin(request))


@needs("import")
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """Every import with its result, and what is on its way."""
    page = request.GET.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 7 else 1
    listed, further = uploads_shown.imports(number)
    shown = {
        "imports": listed,
        "earlier": number + 1 if further else None,
        "later": number - 1 if number > 1 else None,
        "uploads": uploads_shown.on_their_way() if number == 1 else [],
    }
    return render(request, "ledger/imports.html", shown)


@needs("import")
@require_safe
def import_shown(request: HttpRequest, number: int) -> HttpResponse:
    """One import: what it brought, and how to take it back."""
    imported = _import(number)
    shown = {
        "imported": imported,
        "undoing": uploads_shown.undoing_of(imported),
        "may_undo": may(person_of(request).role, "undo_import"),
        "behind": uploads_shown.figures_are_behind(),
        "shown": shown_of(imported.summary),
        "told": has_changed(imported.summary, took_back=imported.undoes_id is not None),
        "undo_words": undoing_would(imported.summary),
    }
    return render(request, "ledger/import.html", shown)


@needs("undo_import")
@require_POST
def undo(request: HttpRequest, number: int) -> HttpResponse:
    """Has an import undone."""
    imported = _import(number)
    try:
        upload = uploads.undo(imported, asker=asker_of(request))
    except CountbackError as error:
        messages.error(request, str(error))
        return redirect("ledger:import_shown", number)
    return redirect("ledger:upload_shown", upload.id)


@needs("import")
@require_POST
def load_demo(request: HttpRequest) -> HttpResponse:
    """Has demo books made and imported."""
    try:
        upload = uploads.load_demo(asker=asker_of(request))
    except CountbackError as error:
        messages.error(request, str(error))
        return redirect("ledger:imports")
    return redirect("ledger:upload_shown", upload.id)


@needs("see_figures")
@require_safe
def first(request: HttpRequest) -> HttpResponse:
    """Three steps from nothing to figures."""
    return render(request, "ledger/first.html", uploads_first.first_steps(person_of(request)))


def _import(number: int) -> Import:
    imported = uploads_shown.import_of(number)
    if imported is None:
        raise Http404
    return imported
