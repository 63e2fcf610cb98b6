"""What the jobs do with uploads. An attempt first takes the upload up, and whatever it finds is written only while no
later attempt has: a job that was thought dead and was not changes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F
from procrastinate.contrib.django import app

from countback.books.demo import write_demo_books
from countback.books.findings import UnableToReadBooks, UnableToReadFile
from countback.books.load import Progress
from countback.core.problem import CountbackError, Problem
from countback.ledger import actions, uploads_files, uploads_shape
from countback.ledger.models import Import
from countback.ledger.upload_models import UNDER_WAY, Of, State, Upload
from countback.ledger.uploads import FIGURES, moved
from countback.ledger.uploads_progress import Told

MOST_ATTEMPTS = 3
"""How often an upload is taken up again after the server stopped in the middle of it."""

DEMO_CUSTOMERS, DEMO_MONTHS = 200, 36
DEMO_PART = 0.3
"""Part of the work that writing the demo books is."""


class OvertakenError(Exception):
    """A later attempt has the upload: what this one did is taken back."""


def read(upload_id: uuid.UUID) -> None:
    """Looks at the files of an upload: it then asks, can be confirmed, or is refused."""
    upload = _taken_up(upload_id, (State.RECEIVED,), State.RECEIVED)
    if upload is None:
        return
    try:
        with Told(upload.id, upload.attempt) as told:
            state, found = _read(upload, told)
    except (UnableToReadBooks, UnableToReadFile) as refused:
        state, found = State.REFUSED, {"problems": _kept(refused.problems, upload)}
    except CountbackError as error:
        state, found = State.REFUSED, {"wrong": _parts(error, upload)}
    moved(upload.id, (State.RECEIVED,), state, by_attempt=upload.attempt, **found)


def run_import(upload_id: uuid.UUID, *, at: datetime) -> None:
    """Imports what was confirmed, whole or not at all, and has the figures brought up to date."""
    upload = _taken_up(upload_id, UNDER_WAY, State.IMPORTING)
    if upload is None:
        return
    found: dict[str, Any]
    try:
        with Told(upload.id, upload.attempt) as told:
            _import(upload, told, at)
    except OvertakenError:
        return
    except (UnableToReadBooks, UnableToReadFile) as refused:
        found = {"problems": _kept(refused.problems, upload)}
        moved(upload.id, (State.IMPORTING,), State.REFUSED, by_attempt=upload.attempt, **found)
    except CountbackError as error:
        found = {"wrong": _parts(error, upload)}
        moved(upload.id, (State.IMPORTING,), State.FAILED, by_attempt=upload.attempt, **found)
    else:
        uploads_files.forget(upload.id)


def fail(upload_id: uuid.UUID, error: Exception) -> None:
    """Says that an upload failed for a reason that nobody foresaw; it can be tried again."""
    upload = Upload.objects.filter(pk=upload_id).first()
    if upload is None:
        return
    why = "Countback itself is at fault, not your files; it was noted in the log"
    remedy = "try again; if it stays, tell your administrator the time"
    if isinstance(error, OSError):
        why = f"the server did not give what the work needs: {error.strerror or error}"
        remedy = "see that its disk has room, and try again"
    wrong = {"what": f"{upload.name} was not finished", "why": why, "remedy": remedy}
    moved(upload_id, (State.RECEIVED, *UNDER_WAY), State.FAILED, wrong=wrong)


def _taken_up(upload_id: uuid.UUID, start: Sequence[str], to: State) -> Upload | None:
    """The upload, taken up by a further attempt; None where there is nothing to do, or too many attempts broke off."""
    if not moved(upload_id, start, to, attempt=F("attempt") + 1, progress=0, words="starting"):
        return None
    upload = Upload.objects.get(pk=upload_id)
    if upload.attempt <= MOST_ATTEMPTS:
        return upload
    wrong = {
        "what": f"{upload.name} was not finished",
        "why": f"the server stopped {MOST_ATTEMPTS} times in the middle of it; nothing of it was kept",
        "remedy": "try again when the server runs steadily; large files may need more memory",
    }
    moved(upload_id, (to,), State.FAILED, wrong=wrong)
    return None


def _read(upload: Upload, told: Told) -> tuple[State, dict[str, Any]]:
    source = uploads_files.source_of(upload.id)
    proposed = not upload.profile and not uploads_shape.is_native(source)
    found: dict[str, Any] = {"proposed": proposed, "questions": [], "sample": {}, "wrong": {}}
    profile: str | None = upload.profile or None
    if proposed:
        told("looking at the files", 0)
        proposal = uploads_shape.proposed(source, upload.answers)
        found["problems"] = _kept(proposal.problems, upload)
        found["sample"] = uploads_shape.sample_of(proposal)
        if proposal.questions:
            return State.ASKING, found | {"questions": uploads_shape.questions_of(proposal)}
        uploads_files.profile_file(upload.id).write_text(proposal.toml, encoding="utf-8")
        profile = str(uploads_files.profile_file(upload.id))
    plan = actions.plan_import(source, profile=profile, ends_vanished=upload.ends_vanished, progress=told)
    found["problems"] = [*found.get("problems", []), *_kept(plan.warnings, upload)]
    return State.READ, found | {"plan": plan.summary()}


def _import(upload: Upload, told: Told, at: datetime) -> None:
    source, done = _made_ready(upload, told)
    with transaction.atomic():
        imported = _imported(upload, source, lambda words, part: told(words, done + (1 - done) * part), at)
        changes = {"imported": imported, "sample": {}, "words": "", "progress": 1}
        if not moved(upload.id, (State.IMPORTING,), State.DONE, by_attempt=upload.attempt, **changes):
            raise OvertakenError
        app.configure_task(FIGURES).defer()


def _made_ready(upload: Upload, told: Told) -> tuple[Path, float]:
    """Where the books lie, and which part of the work that was: demo books are written first, an undo needs none."""
    if upload.of == Of.UNDO:
        told("taking back what it brought", 0)
        return Path(), 0
    if upload.of == Of.FILES:
        return uploads_files.source_of(upload.id), 0
    uploads_files.forget(upload.id)
    folder = uploads_files.folder_of(upload.id) / uploads_files.BOOKS
    folder.mkdir(parents=True, mode=0o700)
    told("inventing a wholesaler and its customers", 0)
    write_demo_books(folder, customers=DEMO_CUSTOMERS, months=DEMO_MONTHS)
    return folder, DEMO_PART


def _imported(upload: Upload, source: Path, progress: Progress, at: datetime) -> Import:
    if upload.undoes_id is not None:
        return actions.undo_import(upload.undoes_id, by=upload.by, at=at, progress=progress)
    profile = str(uploads_files.profile_file(upload.id)) if upload.proposed else upload.profile or None
    return actions.import_books(
        source,
        name=upload.name,
        profile=profile,
        by=upload.by,
        at=at,
        ends_vanished=upload.ends_vanished,
        progress=progress,
    )


def _parts(error: CountbackError, upload: Upload) -> dict[str, str]:
    """An error in its three parts, to be kept."""
    parts = {"what": error.what, "why": error.why, "remedy": error.remedy}
    return {name: _without_place(text, upload) for name, text in parts.items()}


def _kept(problems: Sequence[Problem], upload: Upload) -> list[dict[str, Any]]:
    """Problems, to be kept with the upload."""
    return [asdict(problem) | {"what": _without_place(problem.what, upload)} for problem in problems]


def _without_place(text: str, upload: Upload) -> str:
    """Where the files lie on the server is nobody's concern."""
    folder = uploads_files.folder_of(upload.id)
    return text.replace(f"{folder / uploads_files.BOOKS}/", "").replace(str(folder), upload.name)
