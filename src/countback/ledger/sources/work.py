"""One fetch: the files are got, compared with those of the last time, and imported like any others, whole or not at
all. An attempt first takes the fetch up, and what it found is written only while no later attempt has."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F
from procrastinate.contrib.django import app

from countback.books.findings import UnableToReadBooks, UnableToReadFile
from countback.core.problem import CountbackError, Problem
from countback.ledger import actions, uploads_files, uploads_shape
from countback.ledger.importing import told
from countback.ledger.models import Import
from countback.ledger.sources import folders, https, rules, sftp, taken
from countback.ledger.sources.models import Fetch, Source
from countback.ledger.sources.reached import UnableToFetch, not_fetched
from countback.ledger.sources.rules import UNDER_WAY, Kind, State
from countback.ledger.uploads import FIGURES

WAYS: dict[Kind, Callable[[Source, taken.Taken], None]] = {
    Kind.FOLDER: folders.fetch,
    Kind.HTTPS: https.fetch,
    Kind.SFTP: sftp.fetch,
}

MOST_ATTEMPTS = 3
"""How often a fetch is taken up again after the server stopped in the middle of it."""

MOST_PROBLEMS = 100
"""Problems that are kept with a fetch: the first of them; the count says how many there were."""

NEXT_TIME = "nothing: it is fetched again when it is due next"


class OvertakenError(Exception):
    """A later attempt has the fetch: what this one did is taken back."""


class NothingChangedError(Exception):
    """The ledger says all of this already: the import of nothing is taken back."""


def run(fetch_id: uuid.UUID, *, at: datetime, clock: Callable[[], datetime]) -> None:
    """Fetches a source and imports what is new. `at`: the moment of the import; `clock`: when it ended."""
    fetch = _taken_up(fetch_id, clock)
    if fetch is None:
        return
    try:
        state, found = _fetched(fetch, at, clock)
    except OvertakenError:
        return
    except (UnableToReadBooks, UnableToReadFile) as refused:
        state, found = State.REFUSED, _refusal(refused.problems, fetch)
    except sftp.UnknownHostKey as unknown:
        Source.objects.filter(pk=fetch.source_id).update(offered_key=unknown.offered)
        state, found = State.FAILED, {"wrong": _parts(unknown, fetch)}
    except CountbackError as error:
        state, found = State.FAILED, {"wrong": _parts(error, fetch)}
    _ended(fetch, state, clock(), files=fetch.files, **found)
    taken.forget(fetch.pk)


def fail(fetch_id: uuid.UUID, error: Exception, *, at: datetime) -> None:
    """Says that a fetch failed for a reason that nobody foresaw."""
    why = "Countback itself is at fault, not your files; it was noted in the log"
    if isinstance(error, OSError):
        why = f"the server did not give what the work needs: {error.strerror or error}"
    wrong = {"what": "It was not finished", "why": why, "remedy": NEXT_TIME}
    found = Fetch.objects.filter(pk=fetch_id, state__in=UNDER_WAY)
    found.update(state=State.FAILED.value, ended_at=at, wrong=wrong)
    taken.forget(fetch_id)


def _taken_up(fetch_id: uuid.UUID, clock: Callable[[], datetime]) -> Fetch | None:
    """The fetch, taken up by a further attempt; None where there is nothing to do, or too many attempts broke off."""
    found = Fetch.objects.filter(pk=fetch_id, state__in=UNDER_WAY)
    if not found.update(state=State.RUNNING.value, attempt=F("attempt") + 1):
        return None
    fetch = Fetch.objects.select_related("source", "by").get(pk=fetch_id)
    if fetch.attempt <= MOST_ATTEMPTS:
        return fetch
    why = f"the server stopped {MOST_ATTEMPTS} times in the middle of it; nothing of it was kept"
    wrong = {"what": "It was not finished", "why": why, "remedy": "see that the server runs steadily"}
    _ended(fetch, State.FAILED, clock(), wrong=wrong)
    return None


def _fetched(fetch: Fetch, at: datetime, clock: Callable[[], datetime]) -> tuple[State, dict[str, Any]]:
    source = fetch.source
    here = taken.made_ready(fetch.pk, source.name)
    WAYS[Kind(source.kind)](source, here)
    files = here.source()
    fetch.files = [{"name": name, "size": size} for name, size in here.files.items()]
    found: dict[str, Any] = {"fingerprint": _fingerprint(source, files, here.folder.parent)}
    if found["fingerprint"] == _last_fingerprint(source):
        return State.NOTHING_NEW, found
    profile = _profile(source, files, here.folder.parent)
    try:
        with transaction.atomic():
            imported = _imported(fetch, files, profile, at)
            _refuse_ending_much(source, imported)
            if not _ended(fetch, State.IMPORTED, clock(), imported=imported, files=fetch.files, **found):
                raise OvertakenError
            app.configure_task(FIGURES).defer()
    except NothingChangedError:
        return State.NOTHING_NEW, found
    return State.IMPORTED, found


def _imported(fetch: Fetch, files: Path, profile: str | None, at: datetime) -> Import:
    imported = actions.import_books(
        files, name=f"{fetch.source.name}: {_names(files)}", profile=profile, by=fetch.by, at=at,
        ends_vanished=fetch.source.ends_vanished,
    )  # fmt: skip
    if not imported.changes:
        raise NothingChangedError
    return imported


def _names(files: Path) -> str:
    return files.name if files.is_file() else f"{len(list(files.iterdir()))} files"


def _refuse_ending_much(source: Source, imported: Import) -> None:
    table = rules.ends_too_much(imported.summary)
    if table:
        why = f"the files lack more than a fifth of the {table} that the ledger holds, which would end"
        remedy = "see whether they are whole; if they are, import them once by hand"
        raise UnableToFetch(f"{source.name} was not imported", why, remedy)


def _profile(source: Source, files: Path, folder: Path) -> str | None:
    """The profile to read with: the chosen one, none for books in their own shape, or the one that the files show.
    Raises UnableToFetch where they can be read in two ways: nobody is there to be asked."""
    if source.profile:
        return source.profile
    if uploads_shape.is_native(files):
        return None
    proposal = uploads_shape.proposed(files, {})
    if proposal.questions:
        why = "their dates or amounts can be read in two ways, and on a schedule nobody is there to be asked"
        remedy = "choose the profile that fits, or have dates exported as 2026-11-30 and amounts with a point"
        raise not_fetched(source.name, why, remedy)
    place = folder / "proposed.toml"
    place.write_text(proposal.toml, encoding="utf-8")
    return str(place)


def _fingerprint(source: Source, files: Path, folder: Path) -> str:
    """Of the files and of how they are read: the same twice is nothing new."""
    workspace = folder / "unpacked"
    workspace.mkdir(exist_ok=True)
    parts = (told.fingerprint(files, workspace), source.profile, str(source.ends_vanished))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _last_fingerprint(source: Source) -> str:
    """Of what this source gave when it last went well."""
    well = source.fetches.filter(state__in=(State.IMPORTED.value, State.NOTHING_NEW.value))
    return str(well.order_by("-at").values_list("fingerprint", flat=True).first() or "")


def _ended(fetch: Fetch, state: State, at: datetime, **found: Any) -> bool:
    """Writes what became of a fetch, unless a later attempt has it; whether it did."""
    mine = Fetch.objects.filter(pk=fetch.pk, state=State.RUNNING.value, attempt=fetch.attempt)
    return mine.update(state=state.value, ended_at=at, **found) == 1


def _refusal(problems: Sequence[Problem], fetch: Fetch) -> dict[str, Any]:
    refused = [problem for problem in problems if problem.severity == "refused"]
    kept = [asdict(problem) | {"what": _without_place(problem.what, fetch)} for problem in refused]
    return {"problems": kept[:MOST_PROBLEMS], "refused": len(refused)}


def _parts(error: CountbackError, fetch: Fetch) -> dict[str, str]:
    """An error in its three parts, to be kept."""
    parts = {"what": error.what, "why": error.why, "remedy": error.remedy}
    return {name: _without_place(text, fetch) for name, text in parts.items()}


def _without_place(text: str, fetch: Fetch) -> str:
    """Where the files lie on the server is nobody's concern."""
    folder = uploads_files.folder_of(fetch.pk)
    return text.replace(f"{folder / 'books'}/", "").replace(str(folder), fetch.source.name)
