"""What every test may ask for, in `tests/` and beside the code in `src/`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests import browser

if TYPE_CHECKING:
    from collections.abc import Generator


@pytest.fixture(scope="session")
def browser_path() -> str:
    """The Chromium or Chrome to start; the test is skipped, saying so, where there is none."""
    path = browser.find()
    if path is None:
        pytest.skip("no Chromium or Chrome found: install one, or name it in CHROMIUM")
    return path


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, Any]:
    """Where a browser is required (CI), a browser test that was skipped for whatever reason has failed."""
    report = yield
    if report.skipped and browser.required() and item.get_closest_marker("browser"):
        report.outcome = "failed"
        report.longrepr = f"skipped although COUNTBACK_REQUIRE_BROWSER=1: {report.longrepr}"
    return report
