"""What people do with uploads. Every change of state is one conditional UPDATE: of two that try, one succeeds.

The job that goes with a change is put in the queue in the same transaction: there is never one without the other.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app

from countback.accounts.models import Person
from countback.audit.actions import record
from countback.core.problem import CountbackError
from countback.ledger import uploads_files as files
from countback.ledger.models import Import
from countback.ledger.upload_models import Of, State, Upload

READ, IMPORT, FIGURES = "read_upload", "run_import", "refresh_figures"
"""Names of the jobs."""

DEMO = "Demo books"
OPEN = (State.RECEIVED, State.ASKING, State.READ, State.REFUSED, State.CONFIRMED, State.FAILED)
"""States in which an upload can still be given up: nothing of it is in the ledger."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a change, when, and from which network address; `who` None: nobody did."""

    who: Person | None
    at: datetime
    where: str = ""


class UnableToChangeUpload(CountbackError):
    """What was asked of an upload no longer goes: it has moved on, or it is done."""


def moved(
    upload: uuid.UUID, start: Sequence[str], to: State, *, by_attempt: int | None = None, **changes: Any
) -> bool:
    """Moves an upload on, if it is in one of the states of `start`; whether it did. `by_attempt`: only while no later
    attempt has taken it up."""
    found = Upload.objects.filter(pk=upload, state__in=list(start))
    if by_attempt is not None:
        found = found.filter(attempt=by_attempt)
    return found.update(state=to.value, **changes) == 1


def put_in_queue(job: str, upload: uuid.UUID) -> None:
    """Has a job work on an upload, once the transaction stands; never two on the same at once."""
    app.configure_task(job, lock=f"upload {upload}").defer(upload_id=str(upload))


def receive(sent: Sequence[files.Sent], *, profile: str, ends_vanished: bool, asker: Asker) -> Upload:
    """Keeps the files and has them read. `profile`: a shipped one; blank: as the files themselves show.
    `ends_vanished`: whether what is no longer in the files is to end. Raises UnableToTakeFiles."""
    named = files.refuse_unfit(sent)
    upload = Upload(
        id=uuid.uuid4(), by=asker.who, name=files.name_of(list(named)), at=asker.at, profile=profile,
        ends_vanished=ends_vanished,
    )  # fmt: skip
    try:
        files.keep(upload.id, named)
        with transaction.atomic():
            upload.save(force_insert=True)
            put_in_queue(READ, upload.id)
            _note("files received", upload, asker, {"files": list(named), "profile": profile})
    except BaseException:
        files.forget(upload.id)
        raise
    return upload


def read_again(upload: Upload, *, profile: str, ends_vanished: bool, asker: Asker) -> None:
    """Has the files read once more, in another way. Raises UnableToChangeUpload."""
    blank: dict[str, Any] = {
        "answers": {},
        "questions": [],
        "sample": {},
        "plan": {},
        "problems": [],
        "wrong": {},
    }
    changes = blank | {
        "profile": profile,
        "ends_vanished": ends_vanished,
        "attempt": 0,
        "progress": 0,
        "words": "",
    }
    start = (State.ASKING, State.READ, State.REFUSED, State.FAILED)
    with transaction.atomic():
        _move(upload, start, State.RECEIVED, "it was not read again", **changes)
        put_in_queue(READ, upload.id)
        _note("files read again", upload, asker, {"profile": profile, "ends_vanished": ends_vanished})


def answer(upload: Upload, answers: Mapping[str, str], *, asker: Asker) -> None:
    """Answers the questions of the proposed profile, and has the files read with that. Raises UnableToChangeUpload."""
    asked = {question["id"] for question in upload.questions}
    given = upload.answers | {key: value for key, value in answers.items() if key in asked and value}
    with transaction.atomic():
        _move(upload, (State.ASKING,), State.RECEIVED, "the answers were not taken", answers=given, attempt=0)
        put_in_queue(READ, upload.id)
        _note("questions answered", upload, asker, {"answers": given})


def confirm(upload: Upload, *, asker: Asker) -> None:
    """Has what was previewed imported. Raises UnableToChangeUpload."""
    changes = {"attempt": 0, "progress": 0, "words": "waiting for its turn"}
    with transaction.atomic():
        _move(upload, (State.READ,), State.CONFIRMED, "it was not confirmed", **changes)
        put_in_queue(IMPORT, upload.id)
        _note("import confirmed", upload, asker)


def try_again(upload: Upload, *, asker: Asker) -> None:
    """Has what failed done once more. Raises UnableToChangeUpload."""
    importing = upload.of != Of.FILES or bool(upload.plan)
    to = State.CONFIRMED if importing else State.RECEIVED
    changes = {"attempt": 0, "progress": 0, "wrong": {}, "words": "waiting for its turn"}
    try:
        with transaction.atomic():
            _move(upload, (State.FAILED,), to, "it was not tried again", **changes)
            put_in_queue(IMPORT if importing else READ, upload.id)
            _note("tried again", upload, asker)
    except IntegrityError as error:
        raise UnableToChangeUpload(
            f"{upload.name} was not tried again", "the same is being done already", "wait for that"
        ) from error


def give_up(upload: Upload, *, asker: Asker) -> None:
    """Ends an upload of which nothing is in the ledger, and deletes its files. Raises UnableToChangeUpload."""
    blank: dict[str, Any] = {"answers": {}, "questions": [], "sample": {}, "problems": [], "plan": {}}
    with transaction.atomic():
        _move(upload, OPEN, State.GIVEN_UP, "it was not given up", **blank)
        _note("upload given up", upload, asker)
    files.forget(upload.id)


def load_demo(*, asker: Asker) -> Upload:
    """Has demo books made and imported into an empty ledger; the one that is under way, where there is one. Raises
    UnableToChangeUpload where the ledger holds books."""
    if holds_books():
        why = "the ledger holds books, and invented ones must not be mixed with them"
        raise UnableToChangeUpload(
            "The demo books were not loaded", why, "undo the imports first, or use another installation"
        )
    return _started(Upload(of=Of.DEMO, name=DEMO), {"of": Of.DEMO}, asker)


def undo(imported: Import, *, asker: Asker) -> Upload:
    """Has an import undone; the undoing that is under way, where there is one. Raises UnableToChangeUpload."""
    if imported.undoes_id is not None or Import.objects.filter(undoes=imported).exists():
        why = "it was undone before" if imported.undoes_id is None else "it is itself an undoing"
        remedy = "nothing; to have the books again, import them again"
        raise UnableToChangeUpload(f"The import of {imported.name} was not undone", why, remedy)
    upload = Upload(of=Of.UNDO, name=f"Undo of {imported.name}"[:300], undoes=imported)
    return _started(upload, {"undoes": imported}, asker)


def holds_books() -> bool:
    """Whether an import stands: one that has not been undone."""
    return Import.of_books.filter(undoes=None, undone_by=None).exists()


def _started(upload: Upload, same: Mapping[str, Any], asker: Asker) -> Upload:
    """Puts an upload that needs no confirming in the queue; of two at once the database lets one in."""
    upload.by, upload.at = asker.who, asker.at
    upload.state, upload.words = State.CONFIRMED.value, "waiting for its turn"
    try:
        with transaction.atomic():
            upload.save(force_insert=True)
            put_in_queue(IMPORT, upload.id)
            _note("import confirmed", upload, asker)
    except IntegrityError:
        return Upload.objects.filter(**same).latest("at")
    return upload


def _move(upload: Upload, start: Sequence[str], to: State, what: str, **changes: Any) -> None:
    if not moved(upload.id, start, to, **changes):
        why = "somebody was quicker, or it has moved on since the page was opened"
        raise UnableToChangeUpload(f"{upload.name}: {what}", why, "look at how it stands now")


def _note(what: str, upload: Upload, asker: Asker, after: Mapping[str, Any] | None = None) -> None:
    told = {"name": upload.name} | dict(after or {})
    about = ("upload", str(upload.id))
    record(who=asker.who, what=what, about=about, at=asker.at, after=told, where=asker.where)
