"""The worklist: left the list, right the customer that is worked on; who waits and why; weights and their preview."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from countback.accounts.access import Asking, needs, origin
from countback.accounts.actions import Doing
from countback.accounts.queries import scope_of
from countback.accounts.rules import may
from countback.arrangements.queries import open_invoices
from countback.core.problem import CountbackError
from countback.ledger.records.queries import customer_of
from countback.worklists import making
from countback.worklists.desk import desk_of
from countback.worklists.models import SKIP_REASONS
from countback.worklists.morning import moved
from countback.worklists.shown import Moved, moves, parts_of, waiting_of
from countback.worklists.strategy import with_weights

SET = "Set. The next lists are made with these weights; make those of today anew to use them now."
MOST_WAITING = 200
"""Customers that a page of those who wait shows; all of them are counted."""


@require_safe
@needs("work_customers")
def worklist(request: Asking) -> HttpResponse:
    """The list of today, and the customer that is worked on."""
    desk = desk_of(
        request.user, request.today, collector=request.GET.get("collector", ""), at=request.GET.get("at", "")
    )
    go_on = _address(desk.collector)
    shown: dict[str, Any] = {
        "desk": desk,
        "go_on": go_on,
        "plans": may(request.user.role, "plan_work"),
        "reasons": SKIP_REASONS.items(),
        "today": request.today,
    }
    if desk.chosen is not None:
        line = desk.chosen.line
        shown |= {
            "line": line,
            "parts": parts_of(line.parts),
            "invoices": open_invoices(line.customer_id, as_of=request.today),
            "before": desk.beside(-1),
            "after": desk.beside(1),
        }
    return render(request, "worklists/worklist.html", shown)


def _address(collector: str, **further: str) -> str:
    asked = urlencode({"collector": collector, **further} if collector else further)
    return reverse("worklists:worklist") + (f"?{asked}" if asked else "")


@require_POST
@needs("plan_work")
def make(request: Asking) -> HttpResponse:
    """Makes the lists of today anew."""
    try:
        day = making.make_worklists(today=request.today, at=request.moment, by=request.user)
    except CountbackError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"The lists of today are made: {day.lines.count():,} customers.")
    return redirect("worklists:worklist")


@require_POST
@needs("work_customers")
def skip(request: Asking, customer_id: str) -> HttpResponse:
    """Passes over a customer, with the reason."""
    if customer_of(request.user, customer_id) is None:
        raise Http404
    doing = Doing(request.user, request.moment, origin(request))
    try:
        making.skip(customer_id, request.POST.get("reason", ""), doing, today=request.today)
    except CountbackError as refused:
        messages.error(request, str(refused))
        return redirect(_address(request.POST.get("collector", ""), at=customer_id))
    return redirect(_address(request.POST.get("collector", "")))


@require_safe
@needs("work_customers")
def waiting(request: Asking) -> HttpResponse:
    """Who is on no list today, each with the reason."""
    try:
        found = making.lists_of(making.asked(request.today, scope_of(request.user)), making.strategy_now())
    except CountbackError as refused:
        return render(request, "worklists/waiting.html", {"error": refused})
    reason = request.GET.get("reason", "")
    listed = waiting_of(found, reason)
    shown = {
        "as_of": found.as_of,
        "reasons": found.reasons.items(),
        "reason": reason,
        "listed": listed[:MOST_WAITING],
        "count": len(listed),
        "ranked": len(found.ranked),
    }
    return render(request, "worklists/waiting.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("plan_work")
def weights(request: Asking) -> HttpResponse:
    """The weights: what would change on today's list with others, and setting them."""
    given = request.POST if request.method == "POST" else request.GET
    shown: dict[str, Any] = {}
    try:
        now = making.strategy_now()
        shown |= {"strategy": now, "written": making.told(now.standard.weights) | _written(given)}
        wanted = making.read_weights(_written(given))
        if request.method == "POST":
            making.set_weights(wanted, Doing(request.user, request.moment, origin(request)))
            messages.success(request, SET)
            return redirect("worklists:weights")
        shown |= {"rows": _preview(request, wanted) if wanted else None}
    except CountbackError as refused:
        shown |= {"error": refused}
    return render(request, "worklists/weights.html", shown)


def _written(given: Any) -> dict[str, str]:
    return {name: given[name].strip() for name in making.NAMES if given.get(name, "").strip()}


def _preview(request: Asking, wanted: dict[str, Any]) -> list[Moved]:
    now = making.strategy_now()
    before = making.lists_of(making.asked(request.today, scope_of(request.user)), now)
    after = making.again(before, with_weights(now, wanted))
    return moves(after, moved(before, after))
