"""The page of the audit."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from countback.audit import queries

needs = import_string(settings.ACCESS_GUARD)
"""The guard of pages: it stands above, with the people, and is named in the settings as the model of people is."""

FILTERS = ("who", "what", "about")


@require_safe
@needs("see_audit")  # type: ignore[untyped-decorator]
def lines(request: HttpRequest) -> HttpResponse:
    """Every line, the newest first: whoever may see the audit sees all of it, whatever part of the books is theirs."""
    given = {name: request.GET.get(name, "").strip() for name in FILTERS}
    asked = queries.Asked(**given)
    listing = queries.listing(asked, request.GET.get("page", "1"))
    kept = urlencode({name: value for name, value in given.items() if value})
    return render(request, "audit/lines.html", {"asked": asked, "listing": listing, "kept": kept})
