"""Pages of sources."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from countback.accounts.access import needs
from countback.accounts.rules import may
from countback.core.problem import CountbackError
from countback.ledger.sources import actions, queries
from countback.ledger.sources.forms import SourceForm, blank, filled
from countback.ledger.sources.models import Source
from countback.ledger.views import asker_of, person_of

READ_AND_WRITE = ("GET", "HEAD", "POST")
Step = Callable[[HttpRequest, Source], str]


@require_safe
@needs("import")
def sources(request: HttpRequest) -> HttpResponse:
    """Every source with what became of it last."""
    shown = {
        "sources": queries.sources(),
        "may_set": may(person_of(request).role, "manage_settings"),
        "folder": settings.SOURCES,
    }
    return render(request, "ledger/sources_list.html", shown)


@require_safe
@needs("import")
def source(request: HttpRequest, source_id: int) -> HttpResponse:
    """One source: its schedule, its key, and what was fetched. Asked by htmx while it is fetched: word to load the page
    anew when that is done."""
    try:
        record = queries.record(source_id)
    except Source.DoesNotExist as error:
        raise Http404 from error
    if request.headers.get("HX-Request") and not record.working:
        return HttpResponse(headers={"HX-Redirect": request.path})
    shown = {
        "record": record,
        "source": record.listed.source,
        "working": record.working,
        "may_set": may(person_of(request).role, "manage_settings"),
    }
    return render(request, "ledger/sources_one.html", shown)


@require_http_methods(READ_AND_WRITE)
@needs("manage_settings")
def new_source(request: HttpRequest) -> HttpResponse:
    """Making a source."""
    return _fill_in(request, None)


@require_http_methods(READ_AND_WRITE)
@needs("manage_settings")
def edit_source(request: HttpRequest, source_id: int) -> HttpResponse:
    """Changing one."""
    return _fill_in(request, _found(source_id))


def _fill_in(request: HttpRequest, found: Source | None) -> HttpResponse:
    posted = request.method == "POST"
    initial = filled(found) if found else blank(person_of(request))
    form = SourceForm(request.POST if posted else None, initial=initial)
    if posted and form.is_valid():
        try:
            if found is None:
                found = actions.add_source(form.asked(), asker=asker_of(request))
            else:
                actions.change_source(found, form.asked(), asker=asker_of(request))
        except CountbackError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{found.name} is saved. “Fetch now” tries it at once.")
            return redirect("ledger:source", found.pk)
    status = 400 if posted else 200
    return render(request, "ledger/sources_form.html", {"form": form, "source": found}, status=status)


def _step(action: str) -> Callable[[Step], Callable[..., HttpResponseBase]]:
    """A view that does one thing to a source and shows it again; what went against it is said there."""

    def decorate(step: Step) -> Callable[..., HttpResponseBase]:
        @needs(action)
        @require_POST
        @wraps(step)
        def view(request: HttpRequest, source_id: int) -> HttpResponse:
            found = _found(source_id)
            try:
                messages.success(request, step(request, found))
            except CountbackError as error:
                messages.error(request, str(error))
            gone = not Source.objects.filter(pk=found.pk, removed_at=None).exists()
            return redirect("ledger:sources") if gone else redirect("ledger:source", source_id)

        return view

    return decorate


@_step("import")
def fetch_now(request: HttpRequest, found: Source) -> str:
    """Has it fetched at once."""
    actions.fetch_now(found, asker=asker_of(request))
    return f"{found.name} is being fetched."


@_step("manage_settings")
def confirm_key(request: HttpRequest, found: Source) -> str:
    """Trusts the key that its server showed."""
    actions.confirm_key(found, request.POST.get("fingerprint", ""), asker=asker_of(request))
    return "The key is confirmed: the server is taken for itself as long as it shows this one."


@_step("manage_settings")
def remove_source(request: HttpRequest, found: Source) -> str:
    """Takes it off the list."""
    actions.remove_source(found, asker=asker_of(request))
    return f"{found.name} is removed. What was imported from it stays in the ledger."


def _found(source_id: int) -> Source:
    try:
        return queries.find(source_id)
    except Source.DoesNotExist as error:
        raise Http404 from error
