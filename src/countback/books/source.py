"""What a source is: a folder, a zip of a folder, or a single file, seen as files by name."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from countback.books import limits
from countback.books.findings import refusal, warning
from countback.books.unzip import unpack

if TYPE_CHECKING:
    from countback.core.problem import Problem

KINDS = (".csv", ".xlsx", ".parquet")
"""Kinds of file that are read."""

MANIFEST = "books.json"
"""The file that says a folder holds converted books."""


@dataclass(frozen=True, slots=True)
class Source:
    """`name`: what the books are called. `files`: names inside the source -> where they lie. `problems`: what is left
    out, and why."""

    name: str
    files: dict[str, Path]
    problems: tuple[Problem, ...] = ()


def found_in(source: Path, workspace: Path) -> Source:
    """The files of a source; a zip is unpacked into `workspace`. Raises UnableToReadFile or OSError."""
    source.stat()
    name = source.resolve().stem if source.is_file() else source.resolve().name
    if source.is_dir():
        return _listed(name, source)
    if source.suffix.lower() == ".zip":
        return _listed(name, unpack(source, workspace))
    problem = unfit(source, source.name)
    if problem:
        return Source(name, {}, (problem,))
    return Source(name, {source.name: source})


def _listed(name: str, folder: Path) -> Source:
    entries = sorted(entry for entry in folder.iterdir() if not _hidden(entry.name))
    problems: list[Problem] = []
    files: dict[str, Path] = {}
    for entry in entries[: limits.FILES]:
        if entry.is_dir():
            continue
        problem = unfit(entry, entry.name)
        if problem:
            problems.append(problem)
        else:
            files[entry.name] = entry
    if len(entries) > limits.FILES:
        what = f"holds {len(entries):,} files; at most {limits.FILES} are read"
        problems.append(refusal("too_many_files", name, what, "keep only the files of the books in it"))
    return Source(name, files, tuple(problems))


def _hidden(name: str) -> bool:
    """Files that systems and office programs leave behind."""
    return name.startswith((".", "~$")) or name in (MANIFEST, "__MACOSX", "Thumbs.db", "desktop.ini")


def unfit(path: Path, file: str) -> Problem | None:
    """Why a file cannot be read at all; None where it can be tried."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            return refusal("no_file", file, "is no ordinary file", "put an ordinary file in its place")
        if path.suffix.lower() not in KINDS:
            remedy = "nothing, unless it should count; then save it as CSV, XLSX or Parquet"
            return warning("not_read", file, f"is no {', '.join(KINDS)} file and was not read", remedy)
        with path.open("rb"):
            return None
    except OSError as error:
        what = f"cannot be opened: {error.strerror or error}"
        return refusal("no_file", file, what, "check the path and the right to read it")
