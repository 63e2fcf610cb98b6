"""What the pages on imports show."""

from __future__ import annotations

import csv
import io
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from procrastinate.contrib.django.models import ProcrastinateJob

from countback.analytics.export import harmless
from countback.books.profile import SHIPPED, shipped
from countback.ledger.models import Import
from countback.ledger.upload_models import State, Upload
from countback.ledger.uploads import DEMO, FIGURES

MOST_PROBLEMS = 200
"""Problems that a page shows; the file has them all."""

MOST_IMPORTS = 100
"""Imports on one page of the list."""

WORDS = {
    State.RECEIVED: "being read",
    State.ASKING: "has a question",
    State.READ: "ready to confirm",
    State.REFUSED: "refused",
    State.CONFIRMED: "waiting for its turn",
    State.IMPORTING: "being imported",
    State.DONE: "imported",
    State.FAILED: "not finished",
    State.GIVEN_UP: "given up",
}
"""How each state is called to people."""

WORKING = (State.RECEIVED, State.CONFIRMED, State.IMPORTING)
"""States in which a job works on it, and the page looks again by itself."""


@dataclass(frozen=True, slots=True)
class Problems:
    """Problems of an upload as a page shows them: the first of them, and how many there are of each severity in all.
    `at_least`: whether the reader of the files stopped listing somewhere."""

    shown: Sequence[dict[str, Any]]
    refused: int
    warnings: int
    at_least: bool

    @property
    def rest(self) -> int:
        """How many are not shown."""
        return self.refused + self.warnings - len(self.shown)


def demo_standing() -> Import | None:
    """The import of the demo books, while it stands."""
    return Import.objects.filter(name=DEMO, undoes=None, undone_by=None).first()


def problems_of(upload: Upload) -> Problems:
    """Refusals first, then warnings."""
    found = sorted(upload.problems, key=lambda problem: problem["severity"] != "refused")
    listed = [problem for problem in found if not _is_count(problem)]
    counts = Counter(problem["severity"] for problem in listed)
    shown = listed[:MOST_PROBLEMS]
    return Problems(shown, counts["refused"], counts["warning"], len(listed) < len(found))


def _is_count(problem: dict[str, Any]) -> bool:
    """Whether it only says that there are more of a kind."""
    return (
        problem["line"] is None and " more " in problem["what"] and problem["what"].endswith("in this file")
    )


def problem_lines(upload: Upload) -> Iterator[str]:
    """All problems of an upload as CSV, with cells that no spreadsheet takes for formulas."""
    columns = ("severity", "file", "line", "column", "what", "remedy")
    yield "\ufeff" + _line(columns)
    for problem in upload.problems:
        cells = (problem[column] for column in columns)
        yield _line(["" if cell is None else harmless(str(cell)) for cell in cells])


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def upload_of(upload: uuid.UUID) -> Upload | None:
    """The upload with who sent it and what came of it."""
    found = Upload.objects.select_related("by", "imported", "undoes")
    return found.filter(pk=upload).first()


def on_their_way() -> list[Upload]:
    """Uploads that are not yet done and not given up, the newest first."""
    over = (State.DONE, State.GIVEN_UP)
    return list(Upload.objects.select_related("by").exclude(state__in=over)[:MOST_IMPORTS])


def imports(page: int = 1) -> tuple[list[Import], bool]:
    """A page of the imports, the newest first, and whether there are further ones."""
    start = (max(page, 1) - 1) * MOST_IMPORTS
    found = Import.of_books.select_related("by", "undoes", "undone_by")
    listed = list(found[start : start + MOST_IMPORTS + 1])
    return listed[:MOST_IMPORTS], len(listed) > MOST_IMPORTS


def import_of(number: int) -> Import | None:
    """The import with who made it, what it undid and what undid it."""
    found = Import.of_books.select_related("by", "undoes", "undone_by", "undone_by__by")
    return found.filter(pk=number).first()


def undoing_of(imported: Import) -> Upload | None:
    """The undoing of an import that is on its way, or failed last."""
    over = (State.DONE, State.GIVEN_UP)
    return imported.undoings.exclude(state__in=over).order_by("-at").first()


def figures_are_behind() -> bool:
    """Whether the figures still have to be brought up to what the ledger says."""
    waiting = ProcrastinateJob.objects.filter(task_name=FIGURES, status__in=("todo", "doing"))
    return bool(waiting.exists())


def anything_imported() -> bool:
    """Whether there ever was an import."""
    return Import.objects.exists()


def profiles() -> dict[str, str]:
    """Name and description of every shipped profile. They are read when first asked for, and again where a file was
    put there, changed or taken away."""
    return dict(_described(tuple((path, path.stat().st_mtime_ns) for path in sorted(SHIPPED.glob("*.toml")))))


@lru_cache(maxsize=1)
def _described(files: tuple[tuple[Path, int], ...]) -> dict[str, str]:
    del files  # what is read hangs on them
    return shipped()
