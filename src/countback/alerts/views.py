"""Pages of alerts and targets."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from countback.accounts.access import needs, origin
from countback.accounts.models import Person
from countback.accounts.queries import scope_of
from countback.accounts.rules import may
from countback.alerts import actions, queries
from countback.alerts.actions import Doing
from countback.alerts.forms import KINDS, AlertForm, TargetForm
from countback.alerts.messages import secret_of
from countback.alerts.models import Alert
from countback.alerts.queries import Page
from countback.alerts.rules import Kind, Rule, Trial
from countback.core.problem import CountbackError
from countback.ledger import figures as ledger_figures
from countback.ledger.figures import Figures

READ_AND_WRITE = ["GET", "HEAD", "POST"]


def _doing(request: HttpRequest) -> Doing:
    return Doing(_person(request), request.moment, origin(request))  # type: ignore[attr-defined]


def _person(request: HttpRequest) -> Person:
    if not isinstance(request.user, Person):
        raise Http404
    return request.user


@require_safe
@needs("see_figures")
def alerts(request: HttpRequest) -> HttpResponse:
    """What is raised now, and every alert."""
    listed = queries.alerts_of(_person(request))
    raised = [one for one in listed if one.said]
    unsettled = [(one.alert, delivery) for one in listed for delivery in one.unsettled]
    return render(request, "alerts/alerts.html", {"listed": listed, "raised": raised, "unsettled": unsettled})


@require_http_methods(READ_AND_WRITE)
@needs("see_figures")
def new(request: HttpRequest) -> HttpResponse:
    """Making an alert: what it would have said is shown before it is kept."""
    asked = request.POST.get("kind") or request.GET.get("kind")
    if asked not in {kind.value for kind in Kind}:
        return render(
            request, "alerts/kinds.html", {"kinds": [(k.value, *words) for k, words in KINDS.items()]}
        )
    return _edited(request, Kind(asked), _person(request), None)


@require_http_methods(READ_AND_WRITE)
@needs("see_figures")
def alert(request: HttpRequest, alert_id: int) -> HttpResponse:
    """One alert: what it said, and for those who may change it its rule."""
    page = _page(request, alert_id)
    if not page.may_change:
        if request.method == "POST":
            raise Http404
        return render(request, "alerts/alert.html", {"page": page, "alert": page.alert})
    return _edited(request, Kind(page.alert.kind), page.alert.owner, page)


def _edited(request: HttpRequest, kind: Kind, owner: Person, page: Page | None) -> HttpResponse:
    """The form of an alert. It is kept when what its rule would have said was shown; else that is shown."""
    figures = _figures(owner)
    if figures is None:
        return render(request, "alerts/no_books.html")
    kept = page.alert if page else None
    people = queries.recipients_for(owner)
    form = AlertForm(
        request.POST or None, kind=kind, figures=figures, people=people, alert=kept, initial=_start(request)
    )
    shown: dict[str, Any] = {
        "form": form,
        "kind": kind.value,
        "words": KINDS[kind],
        "page": page,
        "alert": kept,
    }
    if request.method == "POST" and form.is_valid():
        try:
            mark = _mark(form.rule)
            if request.POST.get("do") == "keep" and request.POST.get("tried") == mark:
                return _kept(request, form, kept)
            shown |= {"trial": _trial(form.rule, owner, request), "tried": mark}
            shown["again"] = request.POST.get("do") == "keep"
        except CountbackError as error:
            shown["error"] = error
    if kept:
        shown.setdefault(
            "tried", _mark(kept.rule)
        )  # what it says is known: a new name or reader needs no trial
        shown["secret"] = secret_of(kept) if "webhook" in kept.channels else ""
    status = 400 if form.errors or "error" in shown else 200
    return render(request, "alerts/alert.html" if page else "alerts/new.html", shown, status=status)


def _start(request: HttpRequest) -> dict[str, Any]:
    """How a new alert begins: to oneself, on screen and by mail; with the KPI that a link names."""
    me = str(_person(request).pk)
    return {
        "recipients": [me],
        "to_screen": True,
        "to_mail": True,
        "every": "month",
        "kpi": request.GET.get("kpi", "dso"),
    }


def _kept(request: HttpRequest, form: AlertForm, kept: Alert | None) -> HttpResponse:
    if kept is None:
        site = request.build_absolute_uri("/").rstrip("/")
        made = actions.make_alert(form.draft, _doing(request), site=site)
        messages.success(request, f"{made.name} is kept. Its first look follows within a minute.")
        return redirect("alerts:alert", made.pk)
    actions.change_alert(kept, form.draft, _doing(request))
    messages.success(request, "Saved.")
    return redirect("alerts:alert", kept.pk)


def _trial(rule: Rule, owner: Person, request: HttpRequest) -> Trial:
    return actions.try_on_history(rule, scope_of(owner), today=request.today)  # type: ignore[attr-defined]


def _mark(rule: Rule) -> str:
    """By which a rule is known again between being tried and being kept."""
    return hashlib.sha256(repr(rule).encode()).hexdigest()


def _figures(owner: Person) -> Figures | None:
    try:
        figures = ledger_figures.opened(scope_of(owner))
    except FileNotFoundError:
        return None
    return figures if figures.books.last_entry_on() else None


def _page(request: HttpRequest, alert_id: int) -> Page:
    page = queries.page_of(_person(request), alert_id)
    if page is None:
        raise Http404
    return page


STEPS: dict[str, tuple[Callable[[Alert, Doing], None], str]] = {
    "pause": (actions.pause, "Paused: it looks no more until it is resumed."),
    "resume": (actions.resume, "Resumed. Its next look follows within a minute."),
    "delete": (actions.delete, "Deleted."),
}
"""What can be done to an alert, by its word in the address -> the action, and what is said then."""


@require_POST
@needs("see_figures")
def step(request: HttpRequest, alert_id: int, what: str) -> HttpResponse:
    """Does one thing to an alert."""
    page = _page(request, alert_id)
    if not page.may_change or what not in STEPS:
        raise Http404
    act, said = STEPS[what]
    try:
        act(page.alert, _doing(request))
        messages.success(request, f"{page.alert.name}: {said}")
    except CountbackError as error:
        messages.error(request, str(error))
    return redirect("alerts:alerts") if what == "delete" else redirect("alerts:alert", alert_id)


@require_safe
@needs("see_figures")
def targets(request: HttpRequest) -> HttpResponse:
    """Every target, and a form for another."""
    return _targets(request)


@require_POST
@needs("manage_settings")
def set_target(request: HttpRequest) -> HttpResponse:
    """Sets a target."""
    figures = _figures(_person(request))
    if figures is None:
        return render(request, "alerts/no_books.html")
    form = TargetForm(request.POST, figures=figures)
    if not form.is_valid():
        return _targets(request, form)
    given = form.cleaned_data
    try:
        actions.set_target(given["kpi"], form.where, given["value"], given["from_on"], _doing(request))
    except CountbackError as error:
        return _targets(request, form, error)
    messages.success(request, "The target is set.")
    return redirect("alerts:targets")


def _targets(
    request: HttpRequest, form: TargetForm | None = None, error: CountbackError | None = None
) -> HttpResponse:
    person = _person(request)
    figures = _figures(person)
    if form is None and figures is not None and may(person.role, "manage_settings"):
        form = TargetForm(figures=figures, initial={"from_on": request.today.replace(day=1)})  # type: ignore[attr-defined]
    wrong = error is not None or bool(form and form.errors)
    shown = {"targets": queries.targets_seen_by(person), "form": form, "error": error}
    return render(request, "alerts/targets.html", shown, status=400 if wrong else 200)
