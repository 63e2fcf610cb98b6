"""What was compiled in this process: questions of one shape to books of one shape have the same SQL, and compiling it
takes longer than most answers."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import TypeVar

MOST = 1024
"""Texts and expressions that are kept; the one not asked for longest goes first."""

Written = TypeVar("Written")

_kept: OrderedDict[Hashable, object] = OrderedDict()
_lock = Lock()


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
