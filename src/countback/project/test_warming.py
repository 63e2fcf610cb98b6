"""What is made ready before anybody asks."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from countback.accounts.rules import Scope
from countback.analytics.engine import Engine
from countback.analytics.keeping import keep_derived
from countback.books.convert import convert
from countback.books.demo import write_demo_books
from countback.dashboards import asked
from countback.dashboards.overview_views import content_of
from countback.ledger import figures
from countback.project.warming import warm

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("figures")]

TODAY = date(2026, 11, 22)


def test_the_first_overview_finds_its_answers(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MIRROR = tmp_path / "mirror"
    write_demo_books(tmp_path / "books", customers=12, months=14)
    convert(tmp_path / "books", settings.MIRROR / "current", derive=keep_derived)
    warm(TODAY)
    shown = figures.opened(Scope())
    question = asked.read({}, shown, today=TODAY)
    monkeypatch.setattr(Engine, "run", None)
    assert content_of(shown, question).headline


def test_without_books_there_is_nothing_to_make_ready(settings: Any, tmp_path: Path) -> None:
    settings.MIRROR = tmp_path
    assert warm(TODAY) is None  # type: ignore[func-returns-value]
