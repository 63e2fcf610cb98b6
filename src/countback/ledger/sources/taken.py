"""Where fetched files are kept until they are imported, and how much of them is taken."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from countback.books.limits import FILES
from countback.ledger.sources.reached import UnableToFetch, not_fetched
from countback.ledger.sources.rules import Lying
from countback.ledger.uploads_files import KINDS, folder_of, kept_name, largest, size_words

PIECE = 1 << 20
"""Bytes that are in Python at a time."""


@dataclass
class Taken:
    """The files of one fetch, in a folder of its own beside those of uploads, which is minded with them. `where`: the
    place, for people. `room`: bytes that may still come."""

    where: str
    folder: Path
    room: int = field(default_factory=largest)
    files: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def keeping(self, name: str, *, size: int | None = None) -> Iterator[Callable[[bytes], None]]:
        """Keeps a file, piece by piece. `size`: how long it was said to be. Raises UnableToFetch where it is longer
        than is taken, or not of that length."""
        kept = self._name(name)
        written = 0
        with (self.folder / kept).open("wb") as out:

            def write(piece: bytes) -> None:
                nonlocal written
                written += len(piece)
                if written > self.room:
                    raise self.too_much()
                out.write(piece)

            yield write
        if size is not None and written != size:
            why = (
                f"{kept} did not come whole, or changed meanwhile: {size:,} bytes were told, {written:,} came"
            )
            raise not_fetched(self.where, why, "nothing: it is fetched again when it is due next")
        self.room -= written
        self.files[kept] = written

    def source(self) -> Path:
        """What is to be read: the file where it is one, else the folder of them. Raises UnableToFetch."""
        if len(self.files) == 1:
            return self.folder / next(iter(self.files))
        if any(name.endswith(".zip") for name in self.files):
            why = "a zip and further files match, so that it is unclear which are the books"
            raise not_fetched(self.where, why, "narrow the pattern, or take the newest alone")
        return self.folder

    def _name(self, name: str) -> str:
        kept = kept_name(name, len(self.files) + 1)
        if not kept.endswith(KINDS):
            raise not_fetched(
                self.where, f"{kept} is no {', '.join(KINDS)} file", "name a file of such a kind"
            )
        if kept.lower() in map(str.lower, self.files):
            raise not_fetched(self.where, f"two files are named {kept}", "rename one, or narrow the pattern")
        return kept

    def too_much(self) -> UnableToFetch:
        """More lies there than is taken."""
        return not_fetched(
            self.where, f"more than {size_words(largest())} lie there, which is the most that is taken at once",
            "narrow the pattern, or split what is exported",
        )  # fmt: skip

    def refuse_unfit(self, fit: Sequence[Lying], pattern: str) -> None:
        """Raises UnableToFetch where no file is to be fetched, or too many or too much."""
        if not fit:
            why = f"no {', '.join(KINDS)} file there is called {pattern}"
            raise not_fetched(self.where, why, "see that the export ran, and check folder and pattern")
        if len(fit) > FILES:
            why = f"{len(fit):,} files match; at most {FILES} are read"
            raise not_fetched(self.where, why, "narrow the pattern, or take the newest alone")
        if sum(one.size for one in fit) > self.room:
            raise self.too_much()


def made_ready(fetch: uuid.UUID, where: str) -> Taken:
    """An empty folder for a fetch."""
    forget(fetch)
    folder = folder_of(fetch) / "books"
    folder.mkdir(parents=True, mode=0o700)
    return Taken(where, folder)


def forget(fetch: uuid.UUID) -> None:
    """Deletes what a fetch kept."""
    shutil.rmtree(folder_of(fetch), ignore_errors=True)
