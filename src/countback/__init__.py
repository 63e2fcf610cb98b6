"""Countback: receivables collections. As a library: `countback.open_books(source)` gives books that can be asked."""

from countback.analytics.opened import Books, open_books
from countback.core.problem import CountbackError, Misuse, Problem

__all__ = ["Books", "CountbackError", "Misuse", "Problem", "open_books"]
