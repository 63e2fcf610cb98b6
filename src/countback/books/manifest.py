"""What converted books say of themselves, so that opening them again need not read and check every row."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from countback.books.source import MANIFEST
from countback.books.tables import TABLES
from countback.core.problem import Problem

if TYPE_CHECKING:
    from pathlib import Path

VERSION = 1
"""Raised when the columns or the meaning of converted books change; others are read anew."""

DERIVED = "derived"
"""Folder, beside the tables, of what the analytics keep."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`files`: path inside the folder -> size, modification time (ns) and SHA-256. The rest is as in LoadedBooks."""

    rows: dict[str, int]
    currencies: tuple[str, ...]
    extra: dict[str, tuple[str, ...]]
    has_recorded_at: bool
    warnings: tuple[Problem, ...] = ()
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    version: int = VERSION


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Writes the manifest with the marks of every file that lies in the folder now."""
    marks = {str(path.relative_to(folder)): _marks(path) for path in sorted(folder.rglob("*.parquet"))}
    content = asdict(manifest) | {"files": marks}
    (folder / MANIFEST).write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a folder; None where it cannot be understood."""
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return Manifest(
            rows={table: int(content["rows"][table]) for table in TABLES},
            currencies=tuple(map(str, content["currencies"])),
            extra={table: tuple(map(str, names)) for table, names in content["extra"].items()},
            has_recorded_at=bool(content["has_recorded_at"]),
            warnings=tuple(Problem(**problem) for problem in content["warnings"]),
            files={str(name): dict(marks) for name, marks in content["files"].items()},
            version=int(content["version"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def changed_files(folder: Path, manifest: Manifest) -> list[str]:
    """Files of the books, not of what is derived from them, that are not as they were written; new ones included."""
    there = {path.name for path in folder.iterdir() if path.is_file() and path.name != MANIFEST}
    known = {name for name in manifest.files if not name.startswith(DERIVED)}
    changed = {name for name in known & there if not _same(folder / name, manifest.files[name])}
    return sorted(changed | (known ^ there))


def derived_is_sound(folder: Path, manifest: Manifest) -> bool:
    """Whether what is derived lies there as it was written."""
    known = [name for name in manifest.files if name.startswith(DERIVED)]
    return bool(known) and all(_same(folder / name, manifest.files[name]) for name in known)


def _marks(path: Path) -> dict[str, Any]:
    stat = path.stat()
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"size": stat.st_size, "modified_ns": stat.st_mtime_ns, "sha256": digest}


def _same(path: Path, marks: dict[str, Any]) -> bool:
    """Whether a file is as it was: neither size nor time changed, or, where the time did, its content did not."""
    try:
        stat = path.stat()
        if stat.st_size != marks.get("size"):
            return False
        return stat.st_mtime_ns == marks.get("modified_ns") or _marks(path)["sha256"] == marks.get("sha256")
    except OSError:
        return False
