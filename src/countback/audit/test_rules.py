"""Sealing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum

import pytest

from countback.audit.rules import START, Change, changes, in_words, plain, seal


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("10.50"), "10.50"),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1, 9, 0, 0, 5, UTC), "2026-03-01T09:00:00.000005+00:00"),
        (datetime(2026, 3, 1, 9, tzinfo=timezone(timedelta(hours=2))), "2026-03-01T07:00:00+00:00"),
        ({1: {"b", "a"}}, {"1": ["a", "b"]}),
        (("x", 1, True, None), ["x", 1, True, None]),
        (1e16, "1e+16"),
        (Colour.RED, "red"),
        ("a\x00b", "a\ufffdb"),
    ],
)
def test_values_become_what_the_database_gives_back_unchanged(value, written) -> None:
    assert plain(value) == written
    assert type(plain(value)) is type(written)


def test_the_order_of_names_is_nothing_to_the_seal() -> None:
    assert seal({"a": 1, "b": 2}, START) == seal({"b": 2, "a": 1}, START)


@pytest.mark.parametrize("other", [{"a": 2}, {"a": "1"}, {"b": 1}, {}])
def test_any_other_content_has_another_seal(other) -> None:
    assert seal({"a": 1}, START) != seal(other, START)


def test_another_past_gives_another_seal() -> None:
    assert seal({"a": 1}, START) != seal({"a": 1}, "1" * 64)


def test_changes_leave_out_what_stayed() -> None:
    before = {"role": "viewer", "name": "Bob", "left": 1}
    after = {"role": "manager", "name": "Bob", "came": 2}
    assert changes(before, after) == [
        Change("role", "viewer", "manager"),
        Change("left", 1, None),
        Change("came", None, 2),
    ]
    assert changes(None, None) == []


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, ""),
        (True, "yes"),
        (False, "no"),
        ([], "(none)"),
        (["a", None], "a, (none)"),
        ({"rows": 3, "by": ""}, "rows 3, by (empty)"),
        ("", "(empty)"),
        (0, "0"),
    ],
)
def test_values_are_told_in_words(value, words) -> None:
    assert in_words(value) == words
