"""What of the help stands on every page: the way to it, and the line of the tour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict

from countback.project.guide.screens import help_on
from countback.project.guide.tour import KEY, Stage, stage

Answer = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True, slots=True)
class Guide:
    """`help`: the address of the screen's help; nothing on pages of the help itself."""

    help: str
    stage: Stage | None


def guide(request: HttpRequest) -> dict[str, Any]:
    """For the templates of people who are signed in."""
    person = getattr(request, "user", None)
    if person is None or not person.is_authenticated:
        return {}
    match = request.resolver_match
    here = match is not None and match.app_name == "guide"
    return {"guide": Guide("" if here else help_on(match, request.get_full_path()), stage(request))}


def toured(answer: Answer) -> Answer:
    """Takes the step of the tour out of the address and notes it on the request: no view has to know it, and pages that
    refuse what they do not know need not be told."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method in ("GET", "HEAD") and KEY in request.GET:
            given = request.GET.copy()
            number = given.pop(KEY)[-1]
            request.tour = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0  # type: ignore[attr-defined]
            request.META["QUERY_STRING"] = given.urlencode()
            request.GET = QueryDict(given.urlencode())
        return answer(request)

    return middleware
