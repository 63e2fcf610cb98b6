"""Decisions about imports, from values alone."""

from __future__ import annotations

from datetime import datetime, timedelta


def moment_of(at: datetime, latest: datetime | None) -> datetime:
    """The moment of an import: its own, but after that of the latest before it, which may have begun later and been
    quicker; else a row could be known until a time before that from which it was."""
    if latest is None or at > latest:
        return at
    return latest + timedelta(microseconds=1)
