"""Custom fields: which there are, and what they hold for a customer."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from countback.accounts.access import Asking, needs
from countback.core.problem import CountbackError
from countback.ledger.records import fields
from countback.ledger.records.forms import FieldForm, ValuesForm
from countback.ledger.records.models import CustomField
from countback.ledger.records.views import READ_AND_WRITE, customer_or_404, doing


@require_http_methods(READ_AND_WRITE)
@needs("write_notes")
def values(request: Asking, customer_id: str) -> HttpResponse:
    """Setting the fields of a customer."""
    customer = customer_or_404(request, customer_id)
    form = ValuesForm(fields.fields_of(customer_id), request.POST if request.method == "POST" else None)
    error = None
    if form.is_bound and form.is_valid():
        try:
            made = fields.set_values(customer_id, form.settings(), doing(request))
        except CountbackError as moved:
            error = moved
        else:
            _say(request, made, form.left())
            return redirect("ledger:record", customer_id)
    if error:
        form = ValuesForm(fields.fields_of(customer_id), _with_what_is_there(request, customer_id))
    shown = {"form": form, "customer": customer, "error": error}
    return render(request, "ledger/record_values.html", shown, status=409 if error else 200)


@require_safe
@needs("manage_settings")
def custom_fields(request: Asking) -> HttpResponse:
    """Every field of customers."""
    return render(request, "ledger/record_fields.html", {"fields": CustomField.objects.all()})


@require_http_methods(READ_AND_WRITE)
@needs("manage_settings")
def new_field(request: Asking) -> HttpResponse:
    """Adding a field."""
    return _fill_in(request, None)


@require_http_methods(READ_AND_WRITE)
@needs("manage_settings")
def custom_field(request: Asking, number: int) -> HttpResponse:
    """Changing a field."""
    return _fill_in(request, get_object_or_404(CustomField, pk=number))


STEPS = {"end": fields.end_field, "resume": fields.resume_field}


@require_POST
@needs("manage_settings")
def step_field(request: Asking, number: int, what: str) -> HttpResponse:
    """Ends or resumes a field."""
    field = get_object_or_404(CustomField, pk=number)
    if what not in STEPS:
        raise Http404
    try:
        STEPS[what](field, doing(request))
    except CountbackError as error:
        messages.error(request, str(error))
    return redirect("ledger:custom_fields")


def _fill_in(request: Asking, field: CustomField | None) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form = FieldForm.of(field, posted) if field else FieldForm(posted)
    status = 200
    if form.is_bound and form.is_valid():
        try:
            if field is None:
                fields.define_field(form.given(), doing(request))
            else:
                fields.change_field(
                    field, form.given(), seen=form.cleaned_data["version"] or 0, doing=doing(request)
                )
            messages.success(request, "Saved.")
            return redirect("ledger:custom_fields")
        except CountbackError as error:
            form.add_error(None, str(error))
            status = 409
    return render(request, "ledger/record_field.html", {"form": form, "field": field}, status=status)


def _say(request: Asking, made: list[str], left: list[str]) -> None:
    messages.success(request, f"Saved: {', '.join(made)}." if made else "Nothing was changed.")
    if left:
        messages.warning(
            request,
            f"Left as it was, as its box was empty: {', '.join(left)}. To take a value away, tick Remove.",
        )


def _with_what_is_there(request: Asking, customer_id: str) -> object:
    """What was written, over the values that are there now."""
    again = request.POST.copy()
    for one in fields.fields_of(customer_id):
        again[f"seen_{one.field.pk}"] = str(one.latest.pk) if one.latest else ""
    return again
