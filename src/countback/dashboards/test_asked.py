"""The question in the query string: read, refused, and written again so that every link keeps it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import QueryDict

from countback.core.problem import Misuse
from countback.dashboards.asked import Asked, read, read_known_at

TODAY = date(2026, 11, 22)
ENDS = date(2026, 10, 30)
MONTH_END = date(2026, 10, 31)
FIGURES: Any = SimpleNamespace(
    dimensions=("collector", "currency", "entity", "industry", "page", "region", "segment"),
    books=SimpleNamespace(last_entry_on=lambda: ENDS),
)
EAST = timezone(timedelta(hours=12))


def asked(query: str, **more: Any) -> Asked:
    """The question of a query string, as a page reads it."""
    given = dict(QueryDict(query).lists())
    return read(given, FIGURES, today=TODAY, known_at=read_known_at(given, UTC), **more)


def test_nothing_asked_is_as_of_the_month_end_of_the_last_entry_where_the_books_end_earlier() -> None:
    assert asked("").as_of == MONTH_END
    assert asked("as_of=2026-11-22").as_of == TODAY


def test_books_that_go_on_are_asked_as_of_today() -> None:
    figures: Any = SimpleNamespace(
        dimensions=(), books=SimpleNamespace(last_entry_on=lambda: date(2027, 1, 1))
    )
    assert read({}, figures, today=TODAY).as_of == TODAY


@pytest.mark.parametrize(
    "query",
    [
        "as_of=2026-10-01",
        "as_of=2026-10-01&known_at=2026-09-01T10%3A00%3A00Z",
        "as_of=2026-10-01&currency=EUR&every=quarter",
        "as_of=2026-10-01&region=North&region=South",
        "as_of=2026-10-01&blank=region&entity=MER-DE",
        "as_of=2026-10-01&where.currency=GBP&where.page=7",
        "as_of=2026-10-01&segment=a%26b%3Dc%2B%C3%A9+%3Cb%3E",
    ],
)
def test_a_link_keeps_everything(query: str) -> None:
    first = asked(query)
    assert asked(first.query().removeprefix("?")) == first


def test_a_link_changes_what_it_says_and_nothing_else() -> None:
    first = asked("as_of=2026-10-01&region=North&blank=segment")
    second = asked(first.query("segment", as_of=ENDS, region=("South", None), entity="X").removeprefix("?"))
    assert second.as_of == ENDS
    assert second.where == (("entity", ("X",)), ("region", ("South", None)))


def test_a_page_keeps_its_own_keys_but_not_its_place_in_a_list() -> None:
    first = asked("as_of=2026-10-01&by=region&page=3&sort=-value", own=("by", "page", "sort"))
    assert first.here(sort="value") == "?as_of=2026-10-01&by=region&sort=value"
    assert first.here(page=4) == "?as_of=2026-10-01&by=region&sort=-value&page=4"
    assert first.query() == "?as_of=2026-10-01"


def test_parameters_stay_on_the_page_of_their_figure() -> None:
    first = asked("as_of=2026-10-01&p.window=30&bucket=1-30", of_kpi=True)
    assert first.params == (("window", "30"),)
    assert "p.window=30" in first.here()
    assert "p.window" not in first.query()
    assert first.chosen("bucket") == ("1-30",)


def test_a_filter_that_a_form_adds_becomes_a_filter_like_any_other() -> None:
    first = asked("as_of=2026-10-01&add=industry&value=retail&add=&currency=")
    assert first.query() == "?as_of=2026-10-01&industry=retail"
    assert asked("add=industry&value=").where == ()


def test_the_engine_is_asked_in_utc_without_a_zone() -> None:
    given = {"known_at": ["2026-09-01T10:00"]}
    known_at = read_known_at(given, EAST)
    assert known_at == datetime(2026, 8, 31, 22, tzinfo=UTC)
    found = read(given, FIGURES, today=TODAY, known_at=known_at)
    assert found.arguments()["known_at"] == datetime(2026, 8, 31, 22)


def test_a_day_of_knowledge_ends_in_the_zone_of_the_reader() -> None:
    assert read_known_at({"known_at": ["2026-09-01"]}, EAST) == datetime(
        2026, 9, 1, 11, 59, 59, 999999, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("as_of=2026-02-31", "calendar"),
        ("as_of=today", "calendar"),
        ("as_of=0001-01-01", "calendar"),
        ("as_of=2026-10-01&as_of=2026-10-02", "more than once"),
        ("known_at=soon", "date and time"),
        ("known_at=9999-12-31T23:59-10:00", "date and time"),
        ("every=year", "quarter"),
        ("industri=retail", "dimension"),
        ("blank=industri", "dimension"),
        ("pick=industri", "dimension"),
        ("by=region", "dimension"),
        ("p.window=30", "dimension"),
        ("bucket=1-30", "dimension"),
        ("region=%00", "books can hold"),
        ("region=" + "x" * 301, "books can hold"),
        ("&".join(f"region={number}" for number in range(201)), "201 values"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(query: str, word: str) -> None:
    with pytest.raises(Misuse, match=word):
        asked(query)
