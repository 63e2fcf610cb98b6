"""What every test may ask for, in `tests/` and beside the code in `src/`."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
import pytest
from django.conf import settings

from countback.analytics.written import keep_texts_in
from tests import browser

_HOME = Path(tempfile.mkdtemp(prefix="countback-tests-"))
(_HOME / "static").mkdir()
os.environ.update(COUNTBACK_DATA=str(_HOME), DJANGO_SETTINGS_MODULE="countback.project.settings")
django.setup()  # the application stands before any conftest or test reads its modules
if settings.ENVIRONMENT.data != _HOME:  # processes that share a folder undo each other's work
    raise RuntimeError(
        f"tests would run in {settings.ENVIRONMENT.data}: the settings were read before conftest.py"
    )

# Processes of one run compile for each other; nothing outlives the run.
keep_texts_in(Path(os.environ.setdefault("TESTS_COMPILED", str(_HOME / "compiled"))))

if TYPE_CHECKING:
    from collections.abc import Generator


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The Chromium or Chrome to start; the test is skipped, saying so, where there is none."""
    path = browser.find()
    if path is None:
        pytest.skip("no Chromium or Chrome found: install one, or name it in CHROMIUM")
    return path


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """The test processes are about to start: each gives itself a folder, none takes over that of this process."""
    for name in ("COUNTBACK_DATA", "DJANGO_SETTINGS_MODULE"):
        os.environ.pop(name, None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Where a browser is required (CI), a browser test that was skipped for whatever reason has failed."""
    report = yield
    if report.skipped and browser.required() and item.get_closest_marker("browser"):
        report.outcome = "failed"
        report.longrepr = f"skipped although COUNTBACK_REQUIRE_BROWSER=1: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> Generator[None]:
    """A PostgreSQL of its own for each test process, unless DATABASE_URL names one; and the static files, which
    every page names by their content."""
    from django.core.management import call_command
    from django.db import connections

    from countback.project import database

    call_command("collectstatic", interactive=False, verbosity=0)
    if settings.ENVIRONMENT.database_url:
        yield
        return
    url = database.start(_HOME / "postgres")
    _forget_safety(url)
    connections["default"].settings_dict.update(database.settings_of(url))
    yield
    connections.close_all()
    database.stop(_HOME / "postgres")


def _forget_safety(url: str) -> None:
    """A database of tests need not survive a power cut: it does not wait for the disk."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")


def pytest_sessionfinish() -> None:
    """Leaves nothing behind."""
    shutil.rmtree(_HOME, ignore_errors=True)
