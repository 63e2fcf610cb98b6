"""Countback: receivables collections. As a library: `countback.open_books(source)` gives books that can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countback.core.problem import CountbackError, Misuse, Problem

if TYPE_CHECKING:
    from countback.analytics.opened import Books, open_books

__all__ = ["Books", "CountbackError", "Misuse", "Problem", "open_books"]


def __getattr__(name: str) -> Any:
    """The engine is imported when it is first asked for: it takes a second, which `countback --help` must not wait."""
    if name in ("Books", "open_books"):
        from countback.analytics import opened

        return getattr(opened, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
