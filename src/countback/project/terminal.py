"""What is written, and where: answers to standard output, everything else to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any, Protocol, TextIO

if TYPE_CHECKING:
    from rich.console import Console

PATIENCE = 1.0
"""Seconds before a progress bar appears."""

_UNSEEN = dict.fromkeys(
    (*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)),
    "\N{REPLACEMENT CHARACTER}",
)
"""Control characters, and those that turn the direction of writing: they would command the terminal, not be read."""


def safe(text: str) -> str:
    """Text of the books as a terminal may show it: whatever a name holds, it stays text."""
    return text.translate(_UNSEEN)


def console(*, errors: bool = False) -> Console:
    """A console on standard output or standard error: colours on a terminal only, and not where NO_COLOR is set."""
    from rich.console import Console

    return Console(stderr=errors, highlight=False, markup=False, emoji=False)


def say(text: str) -> None:
    """Lines to standard error, for a person; nothing is wrapped, so that scripts find one sentence on one line."""
    for line in text.splitlines():
        sys.stderr.write(safe(line) + "\n")


def speak_to_any_terminal() -> None:
    """What the encoding of standard output or error lacks becomes a question mark, and never an error.

    Where one of them is closed, what is said there goes nowhere.
    """
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")


def write_lines(text: str) -> None:
    """Lines of an answer to standard output, without what would command a terminal."""
    for line in text.splitlines():
        sys.stdout.write(safe(line) + "\n")


def write_bytes(chunks: Iterator[bytes]) -> None:
    """Bytes to standard output as they are: JSON and CSV are UTF-8 whatever the terminal speaks."""
    buffer = getattr(sys.stdout, "buffer", None)
    for chunk in chunks:
        if buffer is None:
            sys.stdout.write(chunk.decode("utf-8"))
        else:
            buffer.write(chunk)


def is_terminal(stream: TextIO) -> bool:
    """Whether a person sees the stream."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):
        return False


def let_go_of_output() -> None:
    """Nobody reads standard output any more: what is still in its buffer goes nowhere, without a word."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, AttributeError, ValueError):
        sys.stdout = _nowhere()


class Progress(Protocol):
    """Takes what is being done, and how much is done of how much."""

    def __call__(self, words: str, done: float, of: float = 1, /) -> None:
        """See above."""


@contextmanager
def waiting(words: str) -> Iterator[Progress]:
    """A progress bar on standard error, on a terminal only, shown once the work has taken a second."""
    if not is_terminal(sys.stderr):
        yield _unseen
        return
    bar = _Bar(words)
    try:
        yield bar.update
    finally:
        bar.close()


def _unseen(words: str, done: float, of: float = 1, /) -> None:
    """Progress that nobody sees."""


class _Bar:
    """A bar that appears by itself when the work takes long, and leaves no trace."""

    def __init__(self, words: str) -> None:
        self._words, self._part = words, 0.0
        self._bar: Any = None
        self._task: Any = None
        self._lock = Lock()
        self._closed = False
        self._timer = Timer(PATIENCE, self._appear)
        self._timer.daemon = True
        self._timer.start()

    def _appear(self) -> None:
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        with self._lock:
            if self._closed:
                return
            columns = (
                SpinnerColumn(),
                TextColumn("{task.description}", markup=False),
                BarColumn(),
                TimeElapsedColumn(),
            )
            self._bar = Progress(*columns, console=console(errors=True), transient=True)
            self._task = self._bar.add_task(
                self._words, total=1.0 if self._part else None, completed=self._part
            )
            self._bar.start()

    def update(self, words: str, done: float, of: float = 1, /) -> None:
        """What is being done now, and how much of it is done."""
        with self._lock:
            self._words, self._part = safe(words), done / of if of else 1.0
            if self._bar is not None:
                self._bar.update(self._task, description=self._words, completed=self._part, total=1.0)

    def close(self) -> None:
        """Take the bar away."""
        self._timer.cancel()
        with self._lock:
            self._closed = True
            if self._bar is not None:
                self._bar.stop()
