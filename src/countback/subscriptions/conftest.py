"""What the tests here share: books where the mirror stands, people, and a mail server that they can be sent to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from countback.accounts.testing import world
from countback.analytics.keeping import keep_derived
from countback.audit.testing import append_only_tables_are_emptied
from countback.books.convert import convert
from countback.ledger.testing import ledger_is_emptied
from countback.subscriptions.testing import Post, post_office, write_books

__all__ = ["append_only_tables_are_emptied", "ledger_is_emptied", "world"]


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the books of two collectors in its mirror."""
    folder = tmp_path_factory.mktemp("subscriptions")
    (folder / "mirror").mkdir()
    convert(write_books(folder / "books"), folder / "mirror" / "current", derive=keep_derived)
    return folder


@pytest.fixture
def mirror(installation: Path, settings: Settings) -> Path:
    """The figures are those of these books."""
    settings.MIRROR = installation / "mirror"
    return settings.MIRROR


@pytest.fixture
def post(settings: Settings) -> Iterator[Post]:
    """A real mail server, to which this process sends."""
    with post_office() as office:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = office.host, office.port
        yield office
