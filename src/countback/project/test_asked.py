"""What is typed is read exactly, or refused with what to write instead."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from countback.core.problem import Misuse
from countback.project.asked import (
    filter_words,
    one_kpi,
    read_answers,
    read_day,
    read_filters,
    read_moment,
    read_params,
)


def test_a_day_is_read() -> None:
    assert read_day("2026-10-31", "--as-of") == date(2026, 10, 31)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-02-31", "no day of the calendar"),
        ("31.10.2026", "no date"),
        ("20261031", "no date"),
        ("2026-W44-6", "no date"),
        ("2026-10-31T00:00", "no date"),
        ("", "no date"),
        ("0001-01-15", "outside the years"),
        ("9999-12-31", "outside the years"),
    ],
)
def test_what_is_no_day_is_refused(text: str, why: str) -> None:
    with pytest.raises(Misuse, match=why) as caught:
        read_day(text, "--as-of")
    assert caught.value.what == "--as-of was not understood"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-10-31", datetime(2026, 10, 31, 23, 59, 59, 999999)),
        ("2026-10-31T18:30", datetime(2026, 10, 31, 18, 30)),
        ("2026-10-31 18:30:15.5", datetime(2026, 10, 31, 18, 30, 15, 500000)),
        ("2026-10-31T18:30Z", datetime(2026, 10, 31, 18, 30)),
        ("2026-10-31T23:30-08:00", datetime(2026, 11, 1, 7, 30)),  # check 7
        ("2026-11-01T00:30+12:00", datetime(2026, 10, 31, 12, 30)),
    ],
)
def test_a_moment_is_utc(text: str, moment: datetime) -> None:
    assert read_moment(text) == moment


def test_no_moment_is_none() -> None:
    assert read_moment(None) is None


@pytest.mark.parametrize(
    "text",
    ["yesterday", "2026-10-31T25:00", "18:30", "2026-02-30T10:00", "2026-10-31T", "0001-01-01T00:00+14:00"],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(Misuse, match="--known-at was not understood"):
        read_moment(text)


def test_filters_of_one_dimension_mean_either() -> None:
    given = ["region=South", "region=North", "segment=", "note=a=b"]
    assert read_filters(given) == {"region": ["South", "North"], "segment": [None], "note": ["a=b"]}
    assert filter_words(read_filters(given[:3])) == "region = South or North; segment = (blank)"
    assert read_filters(None) == {}


@pytest.mark.parametrize("text", ["region", "=South", " =x"])
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(Misuse, match="DIM=VALUE"):
        read_filters([text])


def test_params() -> None:
    assert read_params(["dso.window=30", "aging.bounds=15,45"]) == {
        "dso.window": "30",
        "aging.bounds": "15,45",
    }
    for wrong in (["window=30"], ["dso.=3"], [".x=3"], ["dso.window"], ["dso.window=1", "dso.window=2"]):
        with pytest.raises(Misuse, match="--param was not understood"):
            read_params(wrong)


def test_answers_may_be_of_questions_with_an_equals_sign() -> None:
    assert read_answers(["date:a=b.csv:Due=%d/%m/%Y"]) == {"date:a=b.csv:Due": "%d/%m/%Y"}
    with pytest.raises(Misuse, match="QUESTION=VALUE"):
        read_answers(["=x"])


def test_one_kpi_is_one() -> None:
    assert one_kpi(["dso"], "listed") == "dso"
    for wrong in (None, [], ["dso", "aging"]):
        with pytest.raises(Misuse, match="nothing was listed"):
            one_kpi(wrong, "listed")
