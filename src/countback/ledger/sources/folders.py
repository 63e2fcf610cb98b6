"""From a folder on the server: under the one that the operator allows, and nowhere else.

Each part of the path is opened inside the one before, and no link is followed: nothing that somebody puts into the
folder leads out of it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from countback.ledger.sources import rules
from countback.ledger.sources.models import Source
from countback.ledger.sources.reached import not_fetched
from countback.ledger.sources.rules import Lying
from countback.ledger.sources.taken import PIECE, Taken
from countback.ledger.uploads_files import KINDS

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def fetch(source: Source, taken: Taken) -> None:
    """Copies the files of a folder. Raises UnableToFetch."""
    if settings.SOURCES is None:
        why = "the operator allows no folder of the server"
        raise not_fetched(taken.where, why, "set COUNTBACK_SOURCES to the folder that sources may read")
    try:
        with _opened(Path(settings.SOURCES), source.address) as folder:
            fit = rules.chosen(_lying(folder), source.pattern, KINDS, newest_only=source.newest_only)
            taken.refuse_unfit(fit, source.pattern)
            for one in fit:
                with taken.keeping(one.name, size=one.size) as write:
                    for piece in _pieces(folder, one):
                        write(piece)
    except OSError as error:
        why = f"it cannot be read: {error.strerror or error}"
        remedy = "see that the folder exists, is no link, and may be read by the server"
        raise not_fetched(taken.where, why, remedy) from error


@contextmanager
def _opened(root: Path, address: str) -> Iterator[int]:
    """The folder, opened part by part from the allowed one on."""
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in address.split("/"):
            if part in ("", "."):
                continue
            inner = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder
    finally:
        os.close(folder)


def _lying(folder: int) -> Iterator[Lying]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_file(follow_symlinks=False):
                about = entry.stat(follow_symlinks=False)
                yield Lying(entry.name, about.st_size, about.st_mtime)


def _pieces(folder: int, one: Lying) -> Iterator[bytes]:
    """The content of a file, which must still be an ordinary one when it is opened."""
    with os.fdopen(os.open(one.name, _FILE, dir_fd=folder), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(f"{one.name} is no ordinary file")
        while piece := file.read(PIECE):
            yield piece
