"""Answers that were given before: the same question to the same books has the same answer."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar
from weakref import WeakKeyDictionary

from countback.ledger.figures import Figures

MOST = 512
"""Answers kept of the same books in a worker; the one not asked for longest goes first."""

Answer = TypeVar("Answer")

_lock = Lock()
_answers: WeakKeyDictionary[object, OrderedDict[Hashable, object]] = WeakKeyDictionary()
"""By the opened books: when the mirror moves, others are opened, and what was said of the old ones is let go."""


def remembered(figures: Figures, question: Hashable, answer: Callable[[], Answer]) -> Answer:
    """The answer to a question about these figures in this scope, asked once until the books move."""
    key = (figures.scope, question)
    with _lock:
        kept = _answers.setdefault(figures.opened, OrderedDict())
        if key in kept:
            kept.move_to_end(key)
            return kept[key]  # type: ignore[return-value]  # what was kept under this question is of its type
    found = answer()
    with _lock:
        kept[key] = found
        while len(kept) > MOST:
            kept.popitem(last=False)
    return found


def told(opened: object) -> bytes:
    """All that is remembered of opened books, for another process of the same code that has them open, too."""
    with _lock:
        answers = dict(_answers.get(opened, {}))
    return pickle.dumps(answers)  # which takes a while: nobody waits for it


def take_over(opened: object, answers: bytes) -> None:
    """Remembers of opened books what another process has told. Only for what is known to come from there."""
    found = pickle.loads(answers)  # noqa: S301 the caller knows where it comes from
    with _lock:
        _answers.setdefault(opened, OrderedDict()).update(found)
