"""When a report is due, and as of which date: on both sides of every change of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countback.accounts.rules import Scope
from countback.subscriptions.rules import (
    AsOf,
    Every,
    Schedule,
    UnableToSchedule,
    as_of,
    due,
    kept_from,
    latest_moment,
    next_moment,
    next_moments,
    schedule_words,
    share,
)

BERLIN = "Europe/Berlin"


def utc(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def weekdays(hour: int, minute: int = 0, zone: str = BERLIN) -> Schedule:
    return Schedule(Every.WEEKDAY, time(hour, minute), zone)


def monthly(day: int | None, zone: str = BERLIN, at: time = time(7)) -> Schedule:
    return Schedule(Every.MONTH, at, zone, day=day)


def weekly(weekday: int, at: time, zone: str = BERLIN) -> Schedule:
    return Schedule(Every.WEEK, at, zone, weekday=weekday)


@pytest.mark.parametrize(
    ("schedule", "after", "expected"),
    [
        (weekdays(7), "2026-10-23 04:59:59", "2026-10-23 05:00"),  # Friday, summer: 07:00 is 05:00
        (weekdays(7), "2026-10-23 05:00", "2026-10-26 06:00"),  # over the weekend the clock went back
        (weekdays(7), "2026-03-27 06:00", "2026-03-30 05:00"),  # and in spring forward
        (weekly(6, time(2, 30)), "2026-03-28 00:00", "2026-03-29 01:30"),  # 02:30 does not exist: 03:30
        (weekly(6, time(2, 30)), "2026-10-24 00:00", "2026-10-25 00:30"),  # twice: the first, in summer
        (weekly(6, time(2, 30)), "2026-10-25 00:30", "2026-11-01 01:30"),  # and not the second
        (monthly(1), "2026-10-20 09:00", "2026-11-01 06:00"),
        (monthly(31), "2027-01-31 06:00", "2027-02-28 06:00"),  # a shorter month has its last day
        (monthly(31), "2028-01-31 06:00", "2028-02-29 06:00"),
        (monthly(None), "2026-04-01 00:00", "2026-04-30 05:00"),
        (monthly(30), "2026-04-01 00:00", "2026-04-30 05:00"),
        (monthly(1, "Pacific/Auckland", time(0, 30)), "2026-06-15 00:00", "2026-06-30 12:30"),
        (monthly(1, "America/Los_Angeles", time(23)), "2026-06-15 00:00", "2026-07-02 06:00"),
        (
            weekdays(0, 0, "Africa/Cairo"),
            "2026-04-23 00:00",
            "2026-04-23 22:00",
        ),  # midnight is skipped: 01:00
        (
            weekly(6, time(2, 15), "Australia/Lord_Howe"),
            "2026-10-02 00:00",
            "2026-10-03 15:45",
        ),  # by half an hour
    ],
)
def test_the_next_moment(schedule: Schedule, after: str, expected: str) -> None:
    assert next_moment(schedule, utc(after)) == utc(expected)


def test_a_day_that_a_country_left_out_is_sent_once() -> None:
    """Samoa had no 30 December 2011, a Friday: its 07:00 is that of the 31st."""
    moments = next_moments(Schedule(Every.WEEKDAY, time(7), "Pacific/Apia"), utc("2011-12-29 00:00"), 3)
    assert moments == sorted(set(moments))
    local = [moment.astimezone(ZoneInfo("Pacific/Apia")).date() for moment in moments]
    assert local == [date(2011, 12, 29), date(2011, 12, 31), date(2012, 1, 2)]


ZONES = st.sampled_from(
    [BERLIN, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC", "Pacific/Apia"]
)
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
SCHEDULES = st.one_of(
    st.builds(Schedule, st.just(Every.WEEKDAY), TIMES, ZONES),
    st.builds(Schedule, st.just(Every.WEEK), TIMES, ZONES, weekday=st.integers(0, 6)),
    st.builds(Schedule, st.just(Every.MONTH), TIMES, ZONES, day=st.one_of(st.none(), st.integers(1, 31))),
)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))


@settings(max_examples=300, deadline=None)
@given(SCHEDULES, MOMENTS)
def test_latest_and_next_meet(schedule: Schedule, at: datetime) -> None:
    latest, coming = latest_moment(schedule, at), next_moment(schedule, at)
    assert latest <= at < coming
    assert next_moment(schedule, latest) == coming
    assert latest_moment(schedule, coming) == coming
    assert latest_moment(schedule, coming - timedelta(microseconds=1)) == latest


def test_due_once() -> None:
    seen = utc("2026-10-20 09:00")
    assert due(monthly(1), seen, utc("2026-11-01 05:59")) is None
    found = due(monthly(1), seen, utc("2026-11-01 06:00"))
    assert found is not None
    assert (found.moment, found.missed) == (utc("2026-11-01 06:00"), 0)
    assert due(monthly(1), found.moment, utc("2026-11-30 23:59")) is None


def test_after_a_time_in_which_nothing_ran_the_latest_alone_is_due() -> None:
    """# check 54: down from Tuesday to Friday noon: one mail, which stands for two more."""
    found = due(weekdays(7), utc("2026-10-20 05:00"), utc("2026-10-23 10:00"))
    assert found is not None
    assert (found.moment, found.missed) == (utc("2026-10-23 05:00"), 2)


def test_years_without_running_are_not_counted_forever() -> None:
    found = due(weekdays(7), utc("2000-01-01 00:00"), utc("2026-10-23 10:00"))
    assert found is not None
    assert (found.moment, found.missed) == (utc("2026-10-23 05:00"), 366)


@pytest.mark.parametrize(
    ("relative", "moment", "zone", "expected"),
    [
        (AsOf.TODAY, "2026-11-01 06:00", BERLIN, "2026-11-01"),
        (AsOf.YESTERDAY, "2026-11-01 06:00", BERLIN, "2026-10-31"),
        (AsOf.LAST_BUSINESS_DAY, "2026-11-01 06:00", BERLIN, "2026-10-30"),  # a Sunday
        (AsOf.LAST_BUSINESS_DAY, "2026-11-02 06:00", BERLIN, "2026-10-30"),  # a Monday
        (AsOf.LAST_BUSINESS_DAY, "2026-11-03 06:00", BERLIN, "2026-11-02"),
        (AsOf.LAST_MONTH_END, "2026-11-01 06:00", BERLIN, "2026-10-31"),
        (AsOf.LAST_MONTH_END, "2026-10-31 22:59", BERLIN, "2026-09-30"),  # still October in Berlin
        (
            AsOf.LAST_MONTH_END,
            "2026-10-31 23:00",
            BERLIN,
            "2026-10-31",
        ),  # # check 7: the month of the business
        (AsOf.LAST_MONTH_END, "2026-10-31 23:00", "America/Los_Angeles", "2026-09-30"),
        (AsOf.LAST_MONTH_END, "2028-03-05 09:00", BERLIN, "2028-02-29"),
        (AsOf.LAST_QUARTER_END, "2026-11-01 06:00", BERLIN, "2026-09-30"),
        (AsOf.LAST_QUARTER_END, "2026-12-31 06:00", BERLIN, "2026-09-30"),
        (AsOf.LAST_QUARTER_END, "2027-01-01 06:00", BERLIN, "2026-12-31"),
        (AsOf.LAST_QUARTER_END, "2027-03-31 06:00", BERLIN, "2026-12-31"),
    ],
)
def test_relative_dates(relative: AsOf, moment: str, zone: str, expected: str) -> None:
    assert as_of(relative, utc(moment), zone) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (monthly(1), "every first of the month at 07:00, Europe/Berlin, as of the last month's end"),
        (monthly(None), "every last day of the month at 07:00, Europe/Berlin, as of the last month's end"),
        (monthly(22), "every 22nd of the month at 07:00, Europe/Berlin, as of the last month's end"),
        (monthly(12), "every 12th of the month at 07:00, Europe/Berlin, as of the last month's end"),
        (weekly(0, time(6, 30), "America/New_York"),
         "every Monday at 06:30, America/New York, as of the last month's end"),
        (weekdays(18, 5), "every day from Monday to Friday at 18:05, Europe/Berlin, as of the last month's end"),
    ],
)  # fmt: skip
def test_words(schedule: Schedule, words: str) -> None:
    assert schedule_words(schedule, AsOf.LAST_MONTH_END) == words


def test_a_day_that_not_every_month_has_says_so() -> None:
    assert "31st of the month (the last day of a shorter month)" in schedule_words(monthly(31), AsOf.TODAY)


def test_a_zone_that_is_gone_is_refused_in_words() -> None:
    for asked in (
        lambda: next_moment(monthly(1, "Mars/Olympus"), utc("2026-01-01 00:00")),
        lambda: as_of(AsOf.TODAY, utc("2026-01-01 00:00"), "Mars/Olympus"),
    ):
        with pytest.raises(UnableToSchedule, match="there is no time zone Mars/Olympus"):
            asked()


ALL = Scope()


@pytest.mark.parametrize(
    ("role", "active", "scope", "why"),
    [
        ("viewer", True, ALL, ""),
        ("viewer", False, ALL, "Bob was deactivated"),
        ("agency", True, ALL, "Bob may not see figures (role agency)"),
        ("viewer", True, Scope(entities=()), "Bob may see no part of the books"),
        ("viewer", True, Scope(collectors=()), "Bob may see no part of the books"),
        ("viewer", True, Scope(("DE",), ("anna",)), ""),
    ],
)
def test_who_gets_none(role: str, active: bool, scope: Scope, why: str) -> None:
    assert kept_from("Bob", role, active, scope) == why


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        (ALL, ALL, True),
        (ALL, Scope(collectors=("anna",)), True),
        (ALL, Scope(collectors=()), False),
        (Scope(("DE",), None), Scope(("FR", "DE"), ("anna",)), True),
        (Scope(("DE",), None), Scope(("FR",), None), False),
        (Scope(None, ("anna",)), Scope(None, ("ben",)), False),
    ],
)
def test_who_shares_a_part_of_the_books(one: Scope, other: Scope, common: bool) -> None:
    assert share(one, other) is share(other, one) is common
