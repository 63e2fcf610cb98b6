"""What the tests here share."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from countback.accounts.testing import world
from countback.arrangements.testing import TODAY, books
from countback.audit.testing import append_only_tables_are_emptied
from countback.ledger.testing import Importing, ledger_is_emptied

__all__ = ["TODAY", "append_only_tables_are_emptied", "books", "ledger_is_emptied", "world"]


@pytest.fixture
def kept(settings: Settings, tmp_path: Path) -> Path:
    """Folders of these tests' own."""
    settings.MIRROR = tmp_path / "mirror"
    settings.UPLOADS = tmp_path / "uploads"
    (tmp_path / "books").mkdir()
    return tmp_path


@pytest.fixture
def importing(kept: Path) -> Importing:
    """To import small books, beside the mirror."""
    return Importing(kept / "books")
