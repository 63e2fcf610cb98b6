"""Pages of an upload, from choosing files to the result."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from countback.accounts.access import needs
from countback.accounts.rules import may
from countback.core.problem import CountbackError
from countback.ledger import uploads, uploads_files, uploads_shown
from countback.ledger.upload_models import State, Upload
from countback.ledger.uploads_changes import shown_of, total_of, would_change
from countback.ledger.uploads_files import Sent
from countback.ledger.uploads_limit import Bounded
from countback.ledger.views import asker_of, person_of

Step = Callable[[HttpRequest, Upload], None]


@csrf_exempt  # the handler below must stand before the form is read, which checking its token does; see _upload
@needs("import")
def upload(request: HttpRequest) -> HttpResponseBase:
    """Choosing files, and taking them in."""
    bounded = Bounded(request)
    request.upload_handlers = [bounded]
    return _upload(request, bounded)


@csrf_protect
def _upload(request: HttpRequest, bounded: Bounded) -> HttpResponse:
    if request.method != "POST":
        return _form(request)
    sent = request.FILES.getlist("files")  # reading the form tells whether it was too much
    try:
        if bounded.exceeded:
            raise uploads_files.too_large("What you chose")
        made = uploads.receive(
            cast("Sequence[Sent]", sent),
            profile=_profile(request),
            ends_vanished="ends_vanished" in request.POST,
            asker=asker_of(request),
        )
    except CountbackError as error:
        return _form(request, error)
    return redirect("ledger:upload_shown", made.id)


def _form(request: HttpRequest, error: CountbackError | None = None) -> HttpResponse:
    shown = {
        "error": error,
        "profiles": uploads_shown.profiles(),
        "chosen": request.POST.get("profile", ""),
        "ends_vanished": "ends_vanished" in request.POST,
        "largest": uploads_files.size_words(uploads_files.largest()),
        "empty": not uploads.holds_books(),
        "demo": uploads_shown.demo_standing(),
        "may_undo": may(person_of(request).role, "undo_import"),
    }
    return render(request, "ledger/upload_new.html", shown, status=400 if error else 200)


@needs("import")
@require_safe
def upload_shown(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """An upload as it stands. Asked by htmx while a job works on it: only the progress, or word to load the page."""
    found = _found(upload_id)
    working = found.state in uploads_shown.WORKING
    if found.state == State.DONE and found.imported_id is not None:
        result = reverse("ledger:import_shown", args=[found.imported_id])
        return _led_to(request, result)
    if request.headers.get("HX-Request") and not working:
        return _led_to(request, request.path)
    shown: dict[str, Any] = {
        "upload": found,
        "words": uploads_shown.WORDS[State(found.state)],
        "working": working,
    }
    if request.headers.get("HX-Request"):
        return render(request, "ledger/_progress.html", shown)
    shown |= {"problems": uploads_shown.problems_of(found), "profiles": uploads_shown.profiles()}
    if found.state == State.READ:
        shown |= {
            "shown": shown_of(found.plan),
            "told": would_change(found.plan),
            "nothing": not total_of(found.plan).touched,
            "demo": uploads_shown.demo_standing(),
            "may_undo": may(person_of(request).role, "undo_import"),
        }
    return render(request, "ledger/upload.html", shown)


def _led_to(request: HttpRequest, address: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)


@needs("import")
@require_safe
def problems(request: HttpRequest, upload_id: uuid.UUID) -> StreamingHttpResponse:
    """Every problem as a CSV file."""
    del request
    lines = uploads_shown.problem_lines(_found(upload_id))
    return StreamingHttpResponse(
        lines,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="problems.csv"'},
    )


def _step(step: Step) -> Callable[..., HttpResponseBase]:
    """A view that changes an upload and shows it again; what went against it is said there."""

    @needs("import")
    @require_POST
    @wraps(step)
    def view(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
        found = _found(upload_id)
        try:
            step(request, found)
        except CountbackError as error:
            messages.error(request, str(error))
        return redirect("ledger:upload_shown", upload_id)

    return view


@_step
def answer(request: HttpRequest, found: Upload) -> None:
    """Takes the answers to the questions of a proposed profile."""
    given = {
        key.removeprefix("answer "): str(value)
        for key, value in request.POST.items()
        if key.startswith("answer ")
    }
    uploads.answer(found, given, asker=asker_of(request))


@_step
def read_again(request: HttpRequest, found: Upload) -> None:
    """Has the files read in another way."""
    uploads.read_again(
        found, asker=asker_of(request), profile=_profile(request),
        ends_vanished="ends_vanished" in request.POST,
    )  # fmt: skip


@_step
def confirm(request: HttpRequest, found: Upload) -> None:
    """Has it imported."""
    uploads.confirm(found, asker=asker_of(request))


@_step
def try_again(request: HttpRequest, found: Upload) -> None:
    """Has what failed done once more."""
    uploads.try_again(found, asker=asker_of(request))


@_step
def give_up(request: HttpRequest, found: Upload) -> None:
    """Ends it and deletes its files."""
    uploads.give_up(found, asker=asker_of(request))
    messages.success(
        request, f"{found.name} was given up: its files are deleted, and the ledger is as it was."
    )


def _profile(request: HttpRequest) -> str:
    """The shipped profile that was chosen; anything else, such as a path, is none."""
    chosen = request.POST.get("profile", "")
    return chosen if chosen in uploads_shown.profiles() else ""


def _found(upload_id: uuid.UUID) -> Upload:
    found = uploads_shown.upload_of(upload_id)
    if found is None:
        raise Http404
    return found
