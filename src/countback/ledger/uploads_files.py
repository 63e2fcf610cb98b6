"""The files of an upload: what is taken, under which names they are kept, and when they go."""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.conf import settings

from countback.books.limits import FILES
from countback.core.problem import CountbackError

KINDS = (".csv", ".xlsx", ".parquet", ".zip")
"""Kinds of file that are taken."""

LARGEST = 2 << 30
"""Bytes that an upload may hold, unless the setting UPLOAD_BYTES says otherwise."""

BOOKS = "books"
"""Folder of the files; problems of the whole are told under its name."""

_LONGEST = 120
_STRANGE = re.compile(r"[^\w .,()&+\-]")


class UnableToTakeFiles(CountbackError):
    """What was sent cannot be imported; nothing of it is kept."""


class Sent(Protocol):
    """A file as the browser sent it."""

    name: str | None
    size: int | None

    def temporary_file_path(self) -> str:
        """Where it lies until it is kept."""


def largest() -> int:
    """Bytes that an upload may hold."""
    return int(settings.UPLOAD_BYTES)


def size_words(size: int) -> str:
    """`34 KB`, `2.0 GB`."""
    for unit, step in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if size >= step:
            return f"{size / step:.1f} {unit}" if size < 10 * step else f"{size / step:,.0f} {unit}"
    return f"{size} bytes"


def too_large(named: str) -> UnableToTakeFiles:
    """More was sent than is taken."""
    return UnableToTakeFiles(
        f"{named} was not taken",
        f"at most {size_words(largest())} are taken at once",
        "pack the files into a zip, or take them in on the server with `countback import`",
    )


def kept_name(sent: str | None, number: int) -> str:
    """A name that is safe to keep a file under: the last part of the sender's path, in letters that no system minds."""
    last = unicodedata.normalize("NFC", sent or "").replace("\\", "/").rpartition("/")[2]
    stem, _, ending = last.rpartition(".") if "." in last else (last, "", "")
    safe = " ".join(_STRANGE.sub("", stem).split()).strip(". ")[:_LONGEST]
    kind = "".join(filter(str.isalnum, ending))[:10].lower()
    return f"{safe or f'file {number}'}{kind and '.'}{kind}"


def refuse_unfit(files: Sequence[Sent]) -> dict[str, Sent]:
    """Name to keep it under -> file. Raises UnableToTakeFiles, which names the first that cannot be imported."""
    if not files:
        raise UnableToTakeFiles("Nothing was taken", "no file was chosen", "choose one or more files")
    if len(files) > FILES:
        why = f"they are {len(files):,}; at most {FILES} are read"
        raise UnableToTakeFiles("The files were not taken", why, "choose only the files of the books")
    named: dict[str, Sent] = {}
    for number, file in enumerate(files, 1):
        name = kept_name(file.name, number)
        if not name.endswith(KINDS):
            remedy = "save it as CSV or Excel workbook (.xlsx); an older .xls is saved anew"
            raise UnableToTakeFiles(f"{name} was not taken", f"it is no {', '.join(KINDS)} file", remedy)
        if not file.size:
            why = "it is empty: it has not a single byte"
            raise UnableToTakeFiles(f"{name} was not taken", why, "export it again, or leave it out")
        if name.lower() in map(str.lower, named):
            remedy = "rename one of them, or leave it out"
            raise UnableToTakeFiles(f"{name} was not taken", "two files have that name", remedy)
        named[name] = file
    if len(named) > 1 and any(name.endswith(".zip") for name in named):
        why = "a zip and further files were chosen, so that it is unclear which are the books"
        raise UnableToTakeFiles("The files were not taken", why, "choose the zip alone, or the files alone")
    if sum(file.size or 0 for file in files) > largest():
        raise too_large("What you chose")
    return named


def name_of(names: Sequence[str]) -> str:
    """What an upload of these files is called."""
    if len(names) <= 3:
        return ", ".join(names)[:300]
    return f"{names[0]}, {names[1]} and {len(names) - 2} more"[:300]


def folder_of(upload: UUID) -> Path:
    """Where an upload keeps what it has: its name is random, nothing of it comes from the sender."""
    return Path(settings.UPLOADS) / str(upload)


def keep(upload: UUID, named: dict[str, Sent]) -> None:
    """Moves the files to where the upload keeps them."""
    folder = folder_of(upload) / BOOKS
    folder.mkdir(parents=True, mode=0o700)
    for name, file in named.items():
        shutil.copyfile(file.temporary_file_path(), folder / name)


def source_of(upload: UUID) -> Path:
    """What is to be read: the file where it is one, else the folder of them."""
    folder = folder_of(upload) / BOOKS
    files = list(folder.iterdir())
    return files[0] if len(files) == 1 else folder


def are_there(upload: UUID) -> bool:
    """Whether the files of an upload are still kept."""
    folder = folder_of(upload) / BOOKS
    return folder.is_dir() and any(folder.iterdir())


def profile_file(upload: UUID) -> Path:
    """Where the profile lies that was proposed for an upload."""
    return folder_of(upload) / "proposed.toml"


def forget(upload: UUID) -> None:
    """Deletes what an upload kept."""
    shutil.rmtree(folder_of(upload), ignore_errors=True)
