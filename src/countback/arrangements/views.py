"""Recording what was agreed with a customer. Each form stands on the customer's page; sent with something wrong in it,
it comes back on a page of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from countback.accounts.access import Asking, needs, origin
from countback.accounts.actions import Doing
from countback.arrangements import actions, queries
from countback.arrangements.actions import UnableToArrange
from countback.arrangements.forms import (
    ArrangingForm,
    ContactForm,
    DisputeForm,
    EndingForm,
    FollowUpForm,
    PromiseForm,
    SeenForm,
)
from countback.core.problem import CountbackError
from countback.ledger.acts import UnableToChangeFact, UnableToRecord, current
from countback.ledger.records.queries import customer_of

READ_AND_WRITE = ("GET", "HEAD", "POST")

End = Callable[[str, dict[str, Any], Doing], object]
"""What ends something of a customer, with what was filled in."""


def customer_or_404(request: Asking, customer_id: str) -> dict[str, Any]:
    """The customer's row, if the person may see it."""
    found = customer_of(request.user, customer_id)
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that is recorded by a form. `button`: what sends it; `said`: what is told when it stands."""

    title: str
    button: str
    form: type[ArrangingForm]
    write: Callable[[str, Any, Doing, Any], object]
    said: str


def _contact(customer_id: str, form: ContactForm, doing: Doing, today: Any) -> object:
    return actions.log_contact(customer_id, form.contacting(), doing, today=today)


def _promise(customer_id: str, form: PromiseForm, doing: Doing, today: Any) -> object:
    return actions.record_promise(customer_id, form.promising(), doing, today=today)


def _dispute(customer_id: str, form: DisputeForm, doing: Doing, today: Any) -> object:
    return actions.open_dispute(customer_id, form.disputing(), doing, today=today)


def _follow_up(customer_id: str, form: FollowUpForm, doing: Doing, today: Any) -> object:
    return actions.set_follow_up(customer_id, form.returning(), doing, today=today)


KINDS = {
    "contact": Kind("Log a contact", "Log the contact", ContactForm, _contact, "Contact logged."),
    "promise": Kind(
        "Record a promise to pay", "Record the promise", PromiseForm, _promise, "Promise recorded."
    ),
    "dispute": Kind("Open a dispute", "Open the dispute", DisputeForm, _dispute, "Dispute opened."),
    "follow-up": Kind("Come back later", "Set the day", FollowUpForm, _follow_up, "Follow-up set."),
}
"""What can be recorded, by its word in the address."""


@require_http_methods(READ_AND_WRITE)
@needs("work_customers")
def arrange(request: Asking, customer_id: str, what: str) -> HttpResponse:
    """Records a contact, a promise, a dispute or a follow-up."""
    kind, customer = KINDS[what], customer_or_404(request, customer_id)
    agreed = queries.agreed_with(customer_id, as_of=request.today)
    error = None
    form = kind.form(request.POST or None, agreed=agreed, initial=first_values(agreed))
    if request.method == "POST" and form.is_valid():
        try:
            kind.write(customer_id, form, Doing(request.user, request.moment, origin(request)), request.today)
        except UnableToArrange as wrong:
            form.tell(wrong.wrongs)
        except UnableToRecord as refused:
            error = refused
        else:
            messages.success(request, kind.said)
            return redirect(_next(request, customer_id))
    status = 409 if isinstance(error, UnableToChangeFact) else 200
    shown = {"kind": kind, "what": what, "customer": customer, "form": form, "agreed": agreed, "error": error,
             "next": _next(request, customer_id)}  # fmt: skip
    return render(request, "arrangements/act.html", shown, status=status)


def first_values(agreed: queries.Agreed) -> dict[str, Any]:
    """What forms begin with."""
    return {"standing": " ".join(one.number for one in agreed.promises)}


@require_POST
@needs("work_customers")
def withdraw_promise(request: Asking, number: str) -> HttpResponse:
    """Withdraws a promise."""

    def end(customer_id: str, given: dict[str, Any], doing: Doing) -> object:
        return actions.withdraw_promise(customer_id, number, given["seen"], doing, today=request.today)

    return _end(request, "promises", number, SeenForm, end, "Promise withdrawn.")


@require_POST
@needs("work_customers")
def resolve_dispute(request: Asking, number: str) -> HttpResponse:
    """Ends a dispute."""

    def end(customer_id: str, given: dict[str, Any], doing: Doing) -> object:
        outcome, seen = given["outcome"], given["seen"]
        return actions.resolve_dispute(customer_id, number, seen, outcome, doing, today=request.today)

    return _end(request, "disputes", number, EndingForm, end, "Dispute resolved.")


@require_POST
@needs("work_customers")
def end_follow_up(request: Asking, customer_id: str) -> HttpResponse:
    """Takes a follow-up away."""
    customer_or_404(request, customer_id)
    actions.end_follow_up(customer_id, Doing(request.user, request.moment, origin(request)))
    messages.success(request, "Nobody comes back for that any more.")
    return redirect(_next(request, customer_id))


def _end(request: Asking, table: str, number: str, form_of: type[Any], end: End, said: str) -> HttpResponse:
    """Ends what stands, as it was shown."""
    held = current(table, number)
    if held is None:
        raise Http404
    customer_id = str(held["customer_id"])
    customer_or_404(request, customer_id)
    form = form_of(request.POST)
    if not form.is_valid():
        raise BadRequest  # no page of ours sends it so
    try:
        end(customer_id, form.cleaned_data, Doing(request.user, request.moment, origin(request)))
    except CountbackError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect(_next(request, customer_id))


def _next(request: Asking, customer_id: str) -> str:
    """Where it goes on: to the page that sent the form, if that is one of ours, else to the customer."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    return reverse("dashboards:customer", args=[customer_id])
