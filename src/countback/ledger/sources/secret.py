"""Secrets of sources: read from the environment when they are used, kept nowhere."""

from __future__ import annotations

import os
from pathlib import Path

from countback.ledger.sources.models import Source
from countback.ledger.sources.reached import not_fetched
from countback.ledger.sources.rules import VARIABLES, Secret

_KEY_BEGINS = "-----BEGIN "


def is_set(variable: str) -> bool:
    """Whether a variable that a source may name is set where the server runs."""
    return variable.startswith(VARIABLES) and bool(os.environ.get(variable))


def secret_of(source: Source) -> str:
    """The secret itself. A private key may be the value, or lie in the file that the value names. Raises
    UnableToFetch."""
    variable = source.secret_variable
    if not is_set(variable):
        remedy = "have the operator set it where the server is started"
        raise not_fetched(source.name, f"the environment variable {variable} is not set", remedy)
    value = os.environ[variable]
    if source.secret != Secret.KEY or value.startswith(_KEY_BEGINS):
        return value
    try:
        return Path(value).read_text(encoding="ascii")
    except (OSError, ValueError):
        why = f"the environment variable {variable} holds no private key and names no file of one"
        raise not_fetched(source.name, why, "have the operator correct it") from None
