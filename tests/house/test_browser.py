"""Browser tests run with whatever Chromium is there, and are not left out in silence."""

from __future__ import annotations

import pytest

from tests import browser


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    """A machine without a browser, and no right to install one."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.delenv("COUNTBACK_REQUIRE_BROWSER", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(browser, "PLACES", ())
    monkeypatch.setattr(browser.shutil, "which", lambda _: None)


@pytest.mark.usefixtures("bare")
def test_being_without_a_browser_is_said_loudly(capsys: pytest.CaptureFixture[str]) -> None:
    assert browser.main() == 0
    assert "BROWSER TESTS ARE SKIPPED" in capsys.readouterr().err


@pytest.mark.usefixtures("bare")
def test_being_without_a_required_browser_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTBACK_REQUIRE_BROWSER", "1")
    assert browser.main() == 1


@pytest.mark.usefixtures("bare")
def test_the_named_browser_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", "a/browser")
    assert browser.find() == "a/browser"
    assert browser.main() == 0
