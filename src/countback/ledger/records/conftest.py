"""What the tests here share."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from countback.accounts.testing import world

__all__ = ["world"]


@pytest.fixture(autouse=True)
def kept(settings: Settings, tmp_path: Path) -> None:
    """Folders of these tests' own."""
    settings.MIRROR = tmp_path / "mirror"
    settings.UPLOADS = tmp_path / "uploads"
    (tmp_path / "books").mkdir()


@pytest.fixture
def importing(tmp_path: Path) -> object:
    """To import small books, beside the mirror."""
    from countback.ledger.testing import Importing

    return Importing(tmp_path / "books")
