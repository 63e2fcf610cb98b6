"""Giving out what is held about somebody, and erasing it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from countback.accounts.access import Asking, needs
from countback.core.problem import CountbackError
from countback.ledger.records import erasing, exporting
from countback.ledger.records.models import ContactPerson
from countback.ledger.records.views import READ_AND_WRITE, customer_or_404, doing, seen_or_404

NAME = "erase_customer"


@require_POST
@needs(NAME)
def copy_customer(request: Asking, customer_id: str) -> HttpResponse:
    """A file of all that is held about a customer."""
    customer_or_404(request, customer_id)
    return _file(exporting.copy_of_customer(customer_id, doing(request)))


@require_POST
@needs(NAME)
def copy_person(request: Asking, number: int) -> HttpResponse:
    """The same of one contact person."""
    person: ContactPerson = seen_or_404(request, ContactPerson, number)
    return _file(exporting.copy_of_person(person, doing(request)))


@require_http_methods(READ_AND_WRITE)
@needs(NAME)
def erase_customer(request: Asking, customer_id: str) -> HttpResponse:
    """Shows what an erasure takes and leaves; erases what was shown."""
    customer = customer_or_404(request, customer_id)
    if request.method == "POST":
        try:
            erasing.erase_customer(customer_id, seen=request.POST.get("seen", ""), doing=doing(request))
            messages.success(
                request, "Erased. The figures are what they were; their files are cleared within a minute."
            )
            return redirect("ledger:record", customer_id)
        except CountbackError as error:
            messages.error(request, str(error))
    preview = erasing.preview_customer(customer_id)
    shown = {"customer": customer, "preview": preview, "rows": erasing.rows_in_words(preview.stays_rows)}
    return render(request, "ledger/record_erase.html", shown)


@require_http_methods(READ_AND_WRITE)
@needs(NAME)
def erase_person(request: Asking, number: int) -> HttpResponse:
    """The same of one contact person."""
    person: ContactPerson = seen_or_404(request, ContactPerson, number)
    customer = customer_or_404(request, person.customer_id)
    if request.method == "POST":
        try:
            erasing.erase_person(person, seen=request.POST.get("seen", ""), doing=doing(request))
            messages.success(request, "Erased.")
            return redirect("ledger:record", person.customer_id)
        except CountbackError as error:
            messages.error(request, str(error))
            person.refresh_from_db()
    shown = {"customer": customer, "person": person, "preview": erasing.preview_person(person)}
    return render(request, "ledger/record_erase.html", shown)


def _file(copy: exporting.Copy) -> HttpResponse:
    response = HttpResponse(copy.content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{copy.name}"'
    response["Cache-Control"] = "no-store"
    return response
