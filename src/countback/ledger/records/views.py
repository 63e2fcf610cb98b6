"""The record of a customer: its page, contact persons, addresses and notes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from countback.accounts.access import Asking, needs, origin
from countback.accounts.actions import Doing
from countback.accounts.rules import may
from countback.core.problem import CountbackError
from countback.ledger.records import actions, erasing, queries, rules
from countback.ledger.records.actions import UnableToChangeWhatMoved
from countback.ledger.records.forms import AddressForm, ChangingForm, NoteForm, PersonForm
from countback.ledger.records.models import Address, ContactPerson, Note

READ_AND_WRITE = ("GET", "HEAD", "POST")


def doing(request: Asking) -> Doing:
    """Who does it, when and from where."""
    return Doing(request.user, request.moment, origin(request))


def customer_or_404(request: Asking, customer_id: str) -> dict[str, Any]:
    """The customer's row, if the person may see it."""
    found = queries.customer_of(request.user, customer_id)
    if found is None:
        raise Http404
    return found


def seen_or_404(request: Asking, model: type[Any], number: int) -> Any:
    """A row about a customer that the person may see."""
    found = get_object_or_404(model, pk=number)
    customer_or_404(request, found.customer_id)
    return found


@require_safe
@needs("see_customers")
def record(request: Asking, customer_id: str) -> HttpResponse:
    """Everything that is written down about a customer."""
    customer = customer_or_404(request, customer_id)
    role = request.user.role
    found = queries.record_of(customer_id, inside=may(role, "see_figures"))
    shown = {
        "customer": customer | {"name": rules.ERASED} if found.erased else customer,
        "record": found,
        "writes": may(role, "write_notes"),
        "erases": may(role, "erase_customer"),
        "manages": may(role, "manage_settings"),
        "note_form": NoteForm(),
        "behind": erasing.is_behind(),
    }
    return render(request, "ledger/record.html", shown)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of row that is added and changed by a form."""

    title: str
    form: Any
    add: Callable[..., Any]
    change: Callable[..., list[str]]


PERSON = Kind("contact person", PersonForm, actions.add_person, actions.change_person)
ADDRESS = Kind("address", AddressForm, actions.add_address, actions.change_address)


@require_http_methods(READ_AND_WRITE)
@needs("write_notes")
def new_person(request: Asking, customer_id: str) -> HttpResponse:
    """Adding a contact person."""
    return _fill_in(request, PERSON, customer_or_404(request, customer_id), None)


@require_http_methods(READ_AND_WRITE)
@needs("write_notes")
def new_address(request: Asking, customer_id: str) -> HttpResponse:
    """Adding an address."""
    return _fill_in(request, ADDRESS, customer_or_404(request, customer_id), None)


@require_http_methods(READ_AND_WRITE)
@needs("write_notes")
def person(request: Asking, number: int) -> HttpResponse:
    """Changing a contact person."""
    return _change(request, PERSON, ContactPerson, number)


@require_http_methods(READ_AND_WRITE)
@needs("write_notes")
def address(request: Asking, number: int) -> HttpResponse:
    """Changing an address."""
    return _change(request, ADDRESS, Address, number)


STEPS = {
    "end": (actions.end, "Ended. It stays here, and can be resumed."),
    "resume": (actions.resume, "Resumed."),
}
"""What is done to contact persons and addresses, by its word in the address."""


@require_POST
@needs("write_notes")
def step_person(request: Asking, number: int, what: str) -> HttpResponse:
    """Ends or resumes a contact person."""
    return _step(request, ContactPerson, number, what)


@require_POST
@needs("write_notes")
def step_address(request: Asking, number: int, what: str) -> HttpResponse:
    """Ends or resumes an address."""
    return _step(request, Address, number, what)


@require_POST
@needs("write_notes")
def new_note(request: Asking, customer_id: str) -> HttpResponse:
    """Adds a note."""
    customer_or_404(request, customer_id)
    form = NoteForm(request.POST)
    if form.is_valid():
        actions.add_note(
            customer_id, form.cleaned_data["text"], doing(request), pinned=form.cleaned_data["pinned"]
        )
        messages.success(request, "Noted.")
    else:
        messages.error(
            request, "The note was not kept: it is empty or longer than 10,000 characters; write it anew."
        )
    return redirect("ledger:record", customer_id)


@require_http_methods(READ_AND_WRITE)
@needs("write_notes")
def correct_note(request: Asking, number: int) -> HttpResponse:
    """Puts another note in the place of one."""
    note: Note = seen_or_404(request, Note, number)
    form = NoteForm(request.POST if request.method == "POST" else None, initial={"text": note.text})
    if form.is_valid():
        try:
            actions.correct_note(note, form.cleaned_data["text"], doing(request))
        except CountbackError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "Corrected. What it said before stays to be read.")
            return redirect("ledger:record", note.customer_id)
    customer = customer_or_404(request, note.customer_id)
    return render(request, "ledger/record_note.html", {"form": form, "note": note, "customer": customer})


@require_POST
@needs("write_notes")
def pin_note(request: Asking, number: int, what: str) -> HttpResponse:
    """Keeps a note on top, or no longer."""
    note: Note = seen_or_404(request, Note, number)
    if what not in ("pin", "unpin"):
        raise Http404
    actions.pin_note(note, doing(request), pinned=what == "pin")
    return redirect("ledger:record", note.customer_id)


def _change(request: Asking, kind: Kind, model: type[Any], number: int) -> HttpResponse:
    kept = seen_or_404(request, model, number)
    if kept.erased_at is not None:
        raise Http404
    return _fill_in(request, kind, customer_or_404(request, kept.customer_id), kept)


def _fill_in(request: Asking, kind: Kind, customer: dict[str, Any], kept: Any) -> HttpResponse:
    """Shows the form, or keeps what it brings; who was overtaken sees what is there now beside what they wrote."""
    customer_id = customer["customer_id"]
    form: ChangingForm = kind.form(request.POST) if request.method == "POST" else _blank(kind, kept)
    now: list[tuple[str, Any]] = []
    error = None
    if request.method == "POST" and form.is_valid():
        try:
            _keep(kind, customer_id, kept, form, doing(request))
            messages.success(request, "Saved.")
            return redirect("ledger:record", customer_id)
        except UnableToChangeWhatMoved as moved:
            error = moved
            kept.refresh_from_db()
            now = _differing(form, kept)
            again = request.POST.copy()
            again["version"] = str(kept.version)
            form = kind.form(again)
    shown = {"form": form, "customer": customer, "kind": kind, "kept": kept, "error": error, "now": now,
             "erases": may(request.user.role, "erase_customer")}  # fmt: skip
    return render(request, "ledger/record_form.html", shown, status=409 if error else 200)


def _blank(kind: Kind, kept: Any) -> ChangingForm:
    form: ChangingForm = kind.form.of(kept) if kept else kind.form()
    return form


def _keep(kind: Kind, customer_id: str, kept: Any, form: ChangingForm, did: Doing) -> None:
    if kept is None:
        kind.add(customer_id, form.given(), did)
    else:
        kind.change(kept, form.given(), seen=form.cleaned_data["version"] or 0, doing=did)


def _differing(form: ChangingForm, kept: Any) -> list[tuple[str, Any]]:
    """What is there now, where it is other than what was written."""
    return [(str(form[name].label), _word(getattr(kept, name))) for name, value in form.given().items()
            if getattr(kept, name) != value]  # fmt: skip


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return (", ".join(value) if isinstance(value, list) else str(value)) or "(empty)"


def _step(request: Asking, model: type[Any], number: int, what: str) -> HttpResponse:
    kept = seen_or_404(request, model, number)
    if what not in STEPS:
        raise Http404
    act, said = STEPS[what]
    try:
        act(kept, doing(request))
        messages.success(request, said)
    except CountbackError as error:
        messages.error(request, str(error))
    return redirect("ledger:record", kept.customer_id)
