"""What was compiled before: questions of one shape to books of one shape have the same SQL, and compiling it takes
longer than most answers.

It is kept in the process, and the SQL in a folder as well where one is named: the next process, or the same after a
start, reads it there. A folder holds for the code that compiled and the libraries it used; what others left gives way.
"""

from __future__ import annotations

import hashlib
import shutil
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.metadata import version
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock
from types import FunctionType
from typing import Any, TypeVar

MOST = 1024
"""Texts and expressions that are kept in a process; the one not asked for longest goes first."""
MOST_FILES = 4096
"""Texts that are kept in a folder; those not read for longest go when it is named."""

Written = TypeVar("Written")

_kept: OrderedDict[Hashable, object] = OrderedDict()
_lock = Lock()
_folder: list[Path] = []


class Untold(Exception):
    """A key has no words that mean the same in every process."""


def written(key: Hashable, write: Callable[[], Written]) -> Written:
    """What stands under the key, written when first asked for. The key holds all that the writing hangs on."""
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]  # type: ignore[return-value]  # what was kept under this key is of its type
    made = write()
    with _lock:
        _kept[key] = made
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return made


def written_text(key: Hashable, write: Callable[[], str]) -> str:
    """The same of a text, which outlives the process where a folder is named and the key can be told."""

    def found() -> str:
        file = _file_of(key)
        text = _read(file) if file else None
        if text is None:
            text = write()
            if file:
                _leave(file, text)
        return text

    return written(key, found)


def keep_texts_in(folder: Path | None) -> None:
    """From now on texts are kept in this folder, too; with None, or where it cannot be written, in the process alone.
    What other code left there goes, and what is too much."""
    _folder.clear()
    if folder is None:
        return
    own = folder / _code()
    with suppress(OSError):
        own.mkdir(parents=True, exist_ok=True)
        _folder.append(own)
        for other in folder.iterdir():
            if other != own:
                shutil.rmtree(other, ignore_errors=True)
        by_age = sorted(own.iterdir(), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in by_age[MOST_FILES:]:
            file.unlink(missing_ok=True)


def told(value: Any) -> str:
    """A key in words that are the same in every process. Raises Untold for what is only in this one, such as a function
    that was made by another, and for a moment: hardly any is asked again."""
    if isinstance(value, datetime):
        raise Untold("a moment")
    if value is None or isinstance(value, bool | int | str | date | Decimal | Fraction):
        return repr(value)
    if isinstance(value, tuple | list):
        return f"({', '.join(map(told, value))})"
    if isinstance(value, frozenset):
        return f"{{{', '.join(sorted(map(told, value)))}}}"
    if isinstance(value, Mapping):
        return told(tuple(value.items()))
    if isinstance(value, FunctionType):
        if value.__closure__ or "<" in value.__qualname__:
            raise Untold(value.__qualname__)
        return f"{value.__module__}.{value.__qualname__}"
    if is_dataclass(value):
        return f"{type(value).__qualname__}{told([getattr(value, one.name) for one in fields(value)])}"
    raise Untold(type(value).__qualname__)


def _file_of(key: Hashable) -> Path | None:
    if not _folder:
        return None
    try:
        words = told(key)
    except Untold:
        return None
    return _folder[0] / hashlib.sha256(words.encode()).hexdigest()


def _read(file: Path) -> str | None:
    """The text of a file; None where there is none, or not all of it."""
    try:
        seal, _, text = file.read_bytes().partition(b"\n")
        if seal.decode("ascii", "replace") != hashlib.sha256(text).hexdigest():
            return None
        file.touch()
    except OSError:
        return None
    return text.decode()


def _leave(file: Path, text: str) -> None:
    """A text that cannot be left is compiled again by whoever needs it."""
    content = text.encode()
    with suppress(OSError):
        with NamedTemporaryFile(dir=file.parent, delete=False) as out:
            out.write(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        Path(out.name).replace(file)


@cache
def _code() -> str:
    """Which code compiles: the modules of the engine and of the KPIs, and the versions of the libraries."""
    package = Path(__file__).parent.parent
    parts = ("analytics", "kpis", "core", "books")
    found = hashlib.sha256(f"{version('ibis-framework')} {version('duckdb')} {version('sqlglot')}".encode())
    for file in sorted(file for part in parts for file in (package / part).rglob("*.py")):
        found.update(str(file.relative_to(package)).encode() + file.read_bytes())
    return found.hexdigest()[:32]
