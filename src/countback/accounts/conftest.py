"""What the tests here share."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from countback.accounts.testing import world
from countback.audit.testing import append_only_tables_are_emptied

__all__ = ["append_only_tables_are_emptied", "world"]


@pytest.fixture(autouse=True)
def quick_hashes(settings: Settings) -> None:
    """Argon2 takes a hundred megabytes and a good part of a second, which is its point, but not that of these tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
