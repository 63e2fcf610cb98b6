"""Decisions about the record of a customer, from values alone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

ERASED = "erased"
"""What stands in the place of what was erased."""

PERSONAL = ("name", "email", "phone")
"""Columns of imported customers that say who somebody is or how to reach them; `extra` may, too."""

SHORTEST = 3
"""Characters of a text that is looked for in other texts: shorter ones stand anywhere by chance."""


class Purpose(StrEnum):
    """What a contact person is sent."""

    REMINDERS = "reminders"
    STATEMENTS = "statements"
    INVOICES = "invoices"


class AddressKind(StrEnum):
    """What an address is for."""

    BILLING = "billing"
    DELIVERY = "delivery"
    LEGAL = "legal"


class FieldKind(StrEnum):
    """What a custom field holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"


FIELD_WORDS = {
    FieldKind.TEXT: "text",
    FieldKind.NUMBER: "number",
    FieldKind.DATE: "date",
    FieldKind.CHOICE: "one of a list",
    FieldKind.YES_NO: "yes or no",
}
"""Each kind in words."""

YES, NO = "yes", "no"
LONGEST = 1_000
"""Characters of a value."""

_NUMBER = re.compile(r"[+-]?\d{1,18}(\.\d{1,10})?")


def kept_value(kind: FieldKind, text: str, choices: Sequence[str] = ()) -> str:
    """A filled-in value as it is kept: the same for all who mean the same. Raises ValueError, whose words say what
    is expected."""
    value = " ".join(text.split()) if kind != FieldKind.TEXT else text.strip()
    if len(value) > LONGEST:
        raise ValueError(f"At most {LONGEST:,} characters are kept.")
    match kind:
        case FieldKind.NUMBER:
            return _number(value)
        case FieldKind.DATE:
            return _day(value)
        case FieldKind.CHOICE if value not in choices:
            raise ValueError(f"Choose one of {', '.join(choices)}.")
        case FieldKind.YES_NO if value not in (YES, NO):
            raise ValueError("Choose yes or no.")
    return value


def _number(value: str) -> str:
    if not _NUMBER.fullmatch(value):
        raise ValueError("Write a number such as 1250.50, without separators of thousands.")
    try:
        number = Decimal(value)
    except InvalidOperation as error:  # digits of another script
        raise ValueError("Write a number with the digits 0 to 9.") from error
    return f"{number.normalize():f}" if number else "0"


def _day(value: str) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError as error:
        raise ValueError("Write a day that exists as 2026-10-31.") from error


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Names of what differs, in the order of `after`."""
    return [name for name, value in after.items() if before[name] != value]


def fingerprint(parts: Iterable[object]) -> str:
    """What was shown, in a few letters: other parts give others."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:32]


def telling(values: Iterable[str | None]) -> list[str]:
    """Of personal values those that can be looked for in texts, longest first: a name goes before a part of it."""
    found = {value.strip() for value in values if value and value.strip() != ERASED}
    return sorted(
        (value for value in found if len(value) >= SHORTEST), key=lambda value: (-len(value), value)
    )


def mentions(text: str, values: Sequence[str], name: str = "") -> bool:
    """Whether a text has one of the values in it, in whichever capitals, as a word of its own; or a word of somebody's
    name, written as a name is."""
    return any(_finding(value).search(text) for value in values) or any(
        re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)
        for word in re.findall(r"\w+", name)
        if len(word) >= SHORTEST and name != ERASED
    )


def without(value: Any, values: Sequence[str]) -> Any:
    """A plain value (texts, numbers, lists and mappings of those) in which the values of somebody are erased."""
    if isinstance(value, str):
        for one in values:
            value = _finding(one).sub(ERASED, value)
        return value
    if isinstance(value, Mapping):
        return {name: without(held, values) for name, held in value.items()}
    if isinstance(value, list):
        return [without(held, values) for held in value]
    return value


def _finding(value: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(value)}(?!\w)", re.IGNORECASE)
