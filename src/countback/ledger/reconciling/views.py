"""Pages of reconciliation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from countback.accounts.access import needs
from countback.accounts.queries import scope_of
from countback.accounts.rules import may
from countback.books.limits import FIRST_YEAR, LAST_YEAR
from countback.core.problem import CountbackError
from countback.ledger import figures as ledger_figures
from countback.ledger.figures import Figures
from countback.ledger.reconciling import actions, queries, totals
from countback.ledger.reconciling.models import Reconciliation
from countback.ledger.reconciling.rules import Key, Told
from countback.ledger.reconciling.totals import LARGEST, UnableToReadTotals
from countback.ledger.uploads_limit import Bounded
from countback.ledger.views import asker_of, person_of


@require_safe
@needs("see_figures")
def reconciliations(request: HttpRequest) -> HttpResponse:
    """What was compared, and whether the mirror and the ledger agree. Asked by htmx while that is checked: word to load
    the page anew when it is done."""
    working = queries.is_being_checked()
    if request.headers.get("HX-Request") and not working:
        return HttpResponse(headers={"HX-Redirect": request.path})
    person = person_of(request)
    scope = scope_of(person)
    shown = {
        "listed": queries.listing(scope),
        "check": queries.last_check(),
        "working": working,
        "whole": scope.everything,
        "may_compare": may(person.role, "import"),
        "books": _figures(request) is not None,
    }
    return render(request, "ledger/reconcil_list.html", shown)


@require_safe
@needs("see_figures")
def reconciliation(request: HttpRequest, number: int) -> HttpResponse:
    """One comparison, line by line."""
    try:
        record = queries.record(scope_of(person_of(request)), number, _figures(request))
    except Reconciliation.DoesNotExist as error:
        raise Http404 from error
    return render(request, "ledger/reconcil_one.html", {"record": record, "made": record.made})


@require_safe
@needs("see_figures")
def reconciliation_lines(request: HttpRequest, number: int) -> StreamingHttpResponse:
    """The same as a CSV file, every line."""
    try:
        made = queries.visible(scope_of(person_of(request))).get(pk=number)
    except Reconciliation.DoesNotExist as error:
        raise Http404 from error
    return _file(queries.csv_lines(made), f"reconciliation-{made.as_of:%Y-%m-%d}-{made.pk}.csv")


@require_safe
@needs("import")
def totals_template(request: HttpRequest) -> StreamingHttpResponse:
    """A file of totals to fill in."""
    keys = queries.fields_for(_figures(request), _day(request.GET.get("as_of"), request))
    return _file([totals.template(keys)], "totals.csv")


@require_POST
@needs("import")
def check_mirror(request: HttpRequest) -> HttpResponse:
    """Has the mirror compared with the ledger."""
    actions.ask_for_check(asker=asker_of(request))
    messages.success(request, "The figures are being compared with the ledger.")
    return redirect("ledger:reconciliations")


@csrf_exempt  # the handler below must stand before the form is read, which checking its token does
@needs("import")
def new_reconciliation(request: HttpRequest) -> HttpResponseBase:
    """Giving control totals, and having them compared."""
    bounded = Bounded(request, LARGEST)
    request.upload_handlers = [bounded]
    return _new(request, bounded)


@csrf_protect
def _new(request: HttpRequest, bounded: Bounded) -> HttpResponse:
    figures = _figures(request)
    posted = request.method == "POST"
    as_of = _day((request.POST if posted else request.GET).get("as_of"), request)
    keys = queries.fields_for(figures, as_of)
    if not posted or figures is None or "look" in request.POST:
        return _form(request, figures, as_of, keys)
    try:
        made = actions.reconcile_with_source(
            _told(request, bounded, keys), figures, name=_name(request), as_of=as_of, asker=asker_of(request)
        )
    except CountbackError as error:
        return _form(request, figures, as_of, keys, error)
    return redirect("ledger:reconciliation", made.pk)


def _told(request: HttpRequest, bounded: Bounded, keys: dict[str, Key]) -> list[Told]:
    """What was typed in and what the file holds."""
    file = request.FILES.get("file")
    if bounded.exceeded:
        why = f"the file is larger than {LARGEST >> 20} MB"
        remedy = "leave out customers that owe nothing"
        raise UnableToReadTotals("The control totals were not compared", why, remedy)
    fields = {name: str(request.POST.get(name, "")) for name in keys}
    entered = totals.entered_totals(fields, keys)
    return totals.together(entered, totals.read_totals(file.read()) if file else [])


def _form(
    request: HttpRequest,
    figures: Figures | None,
    as_of: date,
    keys: dict[str, Key],
    error: CountbackError | None = None,
) -> HttpResponse:
    shown = {
        "books": figures is not None,
        "as_of": as_of,
        "name": request.POST.get("name", ""),
        "fields": [(name, key, request.POST.get(name, "")) for name, key in keys.items()],
        "columns": totals.COLUMNS,
        "error": error,
        "wrong": cast("Sequence[str]", getattr(error, "wrong", ())),
    }
    return render(request, "ledger/reconcil_new.html", shown, status=400 if error else 200)


def _figures(request: HttpRequest) -> Figures | None:
    """The figures that the person may see; None where there are none yet."""
    try:
        return ledger_figures.opened(scope_of(person_of(request)))
    except FileNotFoundError:
        return None


def _day(text: str | None, request: HttpRequest) -> date:
    """The date of the form; today, where it holds none."""
    today: date = request.today  # type: ignore[attr-defined]  # the middleware noted it
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return today
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else today


def _name(request: HttpRequest) -> str:
    return request.POST.get("name", "").strip()[:200] or "Control totals"


def _file(lines: Iterable[str], name: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
