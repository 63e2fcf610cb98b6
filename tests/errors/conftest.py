"""Trying the cases of the gallery, each once a run."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from tests.errors import gallery
from tests.errors.gallery import Case, Outcome, cases


@pytest.fixture(scope="session")
def outcome_of() -> Callable[[str], Outcome]:
    """What came of the case of that name. Those of the application need a test with `django_db`."""
    return cache(lambda name: gallery.tried(next(one for one in cases() if one.name == name)))


@pytest.fixture(params=[
    pytest.param(case, id=case.name, marks=[pytest.mark.django_db] if case.application else [])
    for case in cases()
])  # fmt: skip
def case(request: pytest.FixtureRequest) -> Case:
    """Each case; the database is started where one needs it."""
    return request.param
