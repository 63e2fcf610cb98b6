"""How a line of the audit is written down and sealed, and what it changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

START = "0" * 64
"""What the first line has for the seal before it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One place where the chain does not hold. `line`: its number; for a missing line, the one that should be there."""

    line: int
    what: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.what}"


@dataclass(frozen=True, slots=True)
class Change:
    """One value that became another; None where there was or is none."""

    name: str
    before: Any
    after: Any

    @property
    def was(self) -> str:
        """The value before, in words; empty where there was none."""
        return in_words(self.before)

    @property
    def became(self) -> str:
        """The value after, in words; empty where there is none."""
        return in_words(self.after)


def in_words(value: Any) -> str:
    """A plain value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {in_words(held) or '(none)'}" for name, held in value.items()) or "(none)"
    if isinstance(value, list):
        return ", ".join(in_words(held) or "(none)" for held in value) or "(none)"
    return str(value) or "(empty)"


def plain(value: Any) -> Any:
    """The value in words that JSON and PostgreSQL give back exactly as they got them: texts, whole numbers, yes and no,
    nothing, lists and mappings of those. Decimals and dates become texts; moments are told in UTC."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd")  # PostgreSQL has no such character
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return {plain(str(key)): plain(held) for key, held in value.items()}
    if isinstance(value, Sequence | set | frozenset):
        return [plain(held) for held in (sorted(value) if isinstance(value, set | frozenset) else value)]
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def seal(content: Mapping[str, Any], previous: str) -> str:
    """SHA-256, in hexadecimal digits, of a line's content and of the seal before it. The same content gives the same
    seal in whichever order its parts are listed."""
    written = json.dumps([previous, plain(content)], sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Change]:
    """What differs between two states, by name; what stayed the same is left out."""
    old, new = before or {}, after or {}
    names = [*old, *(name for name in new if name not in old)]
    return [Change(n, old.get(n), new.get(n)) for n in names if old.get(n) != new.get(n)]
