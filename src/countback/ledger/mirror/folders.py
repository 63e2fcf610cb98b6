"""The mirror's folder: whose turn it is, which generation is the newest, which may go.

Who refreshes holds the file `lock` alone. Who reads a generation holds its folder, together with others; the folder is
removed only by who can hold it alone. Both are locks of the operating system, which end with the process, however it
ends.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from countback.books.source import MANIFEST
from countback.ledger.mirror.state import State, read_state, write_state

CURRENT = "current"
ANSWERS = "found/answers"
"""File of a generation in which web workers leave for each other what they found out about it; in a folder of its own,
as the books are those files that lie beside their manifest."""
KEPT = 2
"""Generations that stay, though nobody reads them: a page that was just begun may be about to."""


@dataclass(frozen=True, slots=True)
class Held:
    """A generation that is being read: nobody removes it until `let_go`. `state` None: books placed by hand."""

    folder: Path
    stamp: int
    state: State | None
    lock: int

    def let_go(self) -> None:
        """It may be removed from now on."""
        os.close(self.lock)


def generation_folder(folder: Path, number: int) -> Path:
    """Where the books of a generation are."""
    return folder / f"{CURRENT}-{number}"


def state_file(folder: Path, number: int) -> Path:
    """Where the state of a generation is."""
    return folder / f"state-{number}.json"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Whoever else refreshes, in this process or another, waits until this one is done."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def newest(folder: Path) -> State | None:
    """The state of the generation that readers see; None where there is none, or not all of it."""
    try:
        name = (folder / CURRENT).readlink().name
    except OSError:
        return None
    number = _number(name)
    state = None if number is None else read_state(state_file(folder, number))
    if state is None or not (folder / name).is_dir():
        return None
    return state if all((folder / file).is_file() for file in state.files) else None


def highest(folder: Path) -> int:
    """The highest number that a generation ever had here, as far as can be seen; 0 for none."""
    names = [path.name for path in folder.glob("*-*")]
    return max((number for name in names if (number := _number(name)) is not None), default=0)


def current(folder: Path) -> tuple[Path, int] | None:
    """The folder of the newest generation, and a stamp that changes when other books are put there; None: none."""
    try:
        found = (folder / CURRENT).resolve(strict=True)
        return found, (found / MANIFEST).stat().st_mtime_ns
    except OSError:
        return None


def hold(folder: Path) -> Held | None:
    """The newest generation, held for reading; None where there is none."""
    while (found := current(folder)) is not None:
        path, stamp = found
        try:
            lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            continue  # removed since: a newer one stands
        fcntl.flock(lock, fcntl.LOCK_SH)
        if current(folder) == found:
            return Held(path, stamp, state_of(folder, path), lock)
        os.close(lock)
    return None


def state_of(folder: Path, generation: Path) -> State | None:
    """The state of the generation in that folder."""
    number = _number(generation.name)
    return None if number is None else read_state(state_file(folder, number))


def publish(folder: Path, state: State) -> None:
    """From now on, readers see this generation."""
    write_state(state_file(folder, state.generation), state)
    link, before = folder / CURRENT, folder / f".{CURRENT}"
    before.unlink(missing_ok=True)
    before.symlink_to(generation_folder(folder, state.generation).name)
    if link.is_dir() and not link.is_symlink():
        shutil.rmtree(link)  # books placed by hand give way to the ledger's
    before.replace(link)


def clear_unfinished(folder: Path, number: int) -> None:
    """Removes what a refresh that was killed left behind: everything that is newer than generation `number`."""
    for path in [*folder.glob(f"{CURRENT}-*"), *folder.glob("state-*.json"), *_parts(folder)]:
        made = _number(path.name)
        if made is None or made <= number:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def remove_old(folder: Path, newest_number: int, *, kept: int = KEPT) -> None:
    """Removes generations that are neither among the last, `kept` of them, nor read by anybody, then the parts that
    none is made of."""
    for path in folder.glob(f"{CURRENT}-*"):
        number = _number(path.name)
        if number is not None and number <= newest_number - kept:
            _remove(path, state_file(folder, number))
    files = {
        file for path in folder.glob("state-*.json") if (state := read_state(path)) for file in state.files
    }
    for part in _parts(folder):
        if str(part.relative_to(folder)) not in files:
            part.unlink(missing_ok=True)


def _remove(generation: Path, state: Path) -> None:
    lock = os.open(generation, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(generation, ignore_errors=True)
        state.unlink(missing_ok=True)
    except BlockingIOError:
        pass  # somebody reads it: a later refresh will find it unread
    finally:
        os.close(lock)


def _parts(folder: Path) -> list[Path]:
    return [*folder.glob("versions/*/part-*"), *folder.glob("ended/part-*")]


def _number(name: str) -> int | None:
    """The number of the generation that made a file or folder, None where its name has none."""
    digits = name.partition("-")[2].partition(".")[0]
    return int(digits) if digits.isdigit() else None
