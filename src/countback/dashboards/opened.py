"""How each of these pages begins: the figures that the person may see, and what is asked about them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.utils import timezone

from countback.accounts.access import Asking
from countback.accounts.queries import scope_of
from countback.accounts.rules import Scope, may
from countback.analytics.currency import UnableToConvert
from countback.core.problem import CountbackError
from countback.dashboards import filters
from countback.dashboards.asked import DIMENSION, Asked, read, read_known_at
from countback.dashboards.links import place
from countback.dashboards.settling import CURRENCY, in_one_currency, refuse_strange
from countback.ledger import figures as ledger_figures
from countback.ledger.figures import Figures
from countback.ledger.uploads_shown import anything_imported, figures_are_behind

View = Callable[..., HttpResponseBase]


def with_figures(*own: str, of_kpi: bool = False, begins: bool = False) -> Callable[[View], View]:
    """Gives a view `(request, figures, asked, …)`. Where there are no books yet the page says what to do; a question
    that cannot be asked is answered by a page in words (400).

    `own`: keys of the query string that are the page's own, such as `page`. `of_kpi`: it is the page of one KPI,
    with parameters and filters on the cells of a table. `begins`: where nothing was imported yet it leads to the first
    steps.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def opened(request: Asking, **named: Any) -> HttpResponseBase:
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET", "HEAD"])
            given = dict(request.GET.lists())
            ways: tuple[tuple[str, str], ...] = ()
            try:
                known_at = read_known_at(given, timezone.get_current_timezone())
                figures = figures_of(request, known_at)
                if figures is None:
                    return no_books(request, begins=begins)
                asked = read(given, figures, today=request.today, known_at=known_at, own=own, of_kpi=of_kpi)
                refuse_strange(figures, asked)
                ways = _in_own_currency(figures, asked)
                return view(request, figures, in_one_currency(figures, asked), **named)
            except UnableToConvert as error:
                return refused(request, error, ways)
            except CountbackError as error:
                return refused(request, error)

        return opened

    return decorate


def figures_of(request: Asking, known_at: datetime | None = None) -> Figures | None:
    """What the person may see of the figures; None where no books are there yet."""
    try:
        figures = ledger_figures.opened(scope_of(request.user), known_at=known_at)
    except FileNotFoundError:
        return None
    return figures if figures.books.last_entry_on() else None


def no_books(request: Asking, *, begins: bool = False) -> HttpResponse:
    """What to do where there is nothing to show: wait, while the figures of an import are being made; else the way to
    the first steps, where the page that `begins` leads by itself."""
    making = anything_imported() and (figures_are_behind() or not _mirror_is_there())
    if begins and not making:
        return redirect("ledger:first")
    context = {"making": making, "may_import": may(request.user.role, "import")}
    return render(request, "dashboards/_no_books.html", context)


def _mirror_is_there() -> bool:
    try:
        ledger_figures.opened(Scope())
    except FileNotFoundError:
        return False
    return True


def page(request: HttpRequest, template: str, figures: Figures, asked: Asked, **context: Any) -> HttpResponse:
    """The page, with its filters above and how far the books are known below."""
    return render(
        request,
        template,
        {
            "asked": asked,
            "figures": figures,
            "filters": filters.bar(figures, asked),
            "known_through": figures.known_through,
            "restated_page": _restated(request, figures, asked),
            **context,
        },
    )


def _restated(request: HttpRequest, figures: Figures, asked: Asked) -> str:
    """What changed of this day since it was reported, where it is past."""
    if asked.as_of >= request.today:  # type: ignore[attr-defined]  # the middleware notes it
        return ""
    cells = [name for name, _ in asked.where if name not in figures.dimensions]
    return place("restated", asked.without(*cells).query())


def _in_own_currency(figures: Figures, asked: Asked) -> tuple[tuple[str, str], ...]:
    """Each currency in question, and this page of what is in it alone, which needs no rate."""
    chosen = asked.chosen(CURRENCY)
    found = [code for code in figures.currencies if not chosen or code in chosen]
    return tuple((code, asked.here(currency=None, **{f"{DIMENSION}{CURRENCY}": code})) for code in found)


def refused(
    request: HttpRequest, error: CountbackError, ways: tuple[tuple[str, str], ...] = ()
) -> HttpResponse:
    """The refusal, in words. `ways`: what can be asked instead, by its name, with the query string."""
    return render(request, "dashboards/_refused.html", {"error": error, "ways": ways}, status=400)
