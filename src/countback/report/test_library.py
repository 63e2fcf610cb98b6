"""The chart library is made beside the work, and in the process itself where that fails."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from countback.report import library as made


@pytest.fixture(autouse=True)
def anew() -> Iterator[None]:
    """Each test makes it anew; what other tests made is let go of afterwards."""
    yield
    made.library.cache_clear()
    made.begin_library.cache_clear()


def bundle(*_: object, **__: object) -> str:
    """Stands for the library, made here."""
    return "made here"


def test_it_is_made_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    made.library.cache_clear()
    made.begin_library.cache_clear()
    monkeypatch.setattr(made.vl_convert, "javascript_bundle", bundle)
    script = made.library()
    assert "vegaEmbed" in script
    assert made.library() is script


@pytest.mark.parametrize("executable", ["/nowhere/python", "/bin/false"])
def test_where_no_process_gives_it_it_is_made_here(monkeypatch: pytest.MonkeyPatch, executable: str) -> None:
    made.library.cache_clear()
    made.begin_library.cache_clear()
    monkeypatch.setattr(made.vl_convert, "javascript_bundle", bundle)
    monkeypatch.setattr(made, "sys", SimpleNamespace(executable=executable))
    assert made.library() == "made here"
