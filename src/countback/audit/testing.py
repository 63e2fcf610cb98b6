"""For tests: emptying tables that refuse to be emptied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # this module is read before the application stands
    from django.db.backends.postgresql.operations import DatabaseOperations


@pytest.fixture(scope="session", autouse=True)
def append_only_tables_are_emptied() -> Iterator[None]:
    """Between tests with transactions of their own Django truncates every table, which append-only ones refuse, and
    which tables that Django does not know prevent. Here, and nowhere else, triggers sleep while that is done."""
    from django.db.backends.postgresql.operations import DatabaseOperations

    original = DatabaseOperations.sql_flush

    def emptying(self: DatabaseOperations, *given: Any, **named: Any) -> list[str]:
        statements = original(self, *given, **named | {"allow_cascade": True})
        return ["SET LOCAL session_replication_role = replica", *statements] if statements else []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", emptying)
        yield
