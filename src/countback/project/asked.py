"""What was typed, as values: dates, moments, filters, parameters. Raises Misuse where it makes none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from countback.core.problem import Misuse

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years in which a date may be asked: those in which a date of the books may lie."""

BLANK = "(blank)"
"""How a blank value of a dimension is shown."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?")


def read_day(text: str, option: str) -> date:
    """A date as 2026-10-31. `option`: where it was given, for the message."""
    if not _DAY.fullmatch(text):
        raise _refused(option, text, "is no date", "write it as year-month-day, such as 2026-10-31")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise _refused(option, text, "is no day of the calendar", "choose a day that exists") from None
    return _within(day, option, text)


def read_moment(text: str | None, option: str = "--known-at") -> datetime | None:
    """A moment in UTC, without a zone as the engine compares it. A date alone means the end of that day; a time
    without a zone is UTC; one with an offset is converted."""
    if text is None:
        return None
    if _DAY.fullmatch(text):
        return datetime.combine(read_day(text, option), time.max)
    remedy = "write it as 2026-10-31T18:00, with an offset such as +01:00 or Z where it is not UTC"
    if not _MOMENT.fullmatch(text):
        raise _refused(option, text, "is no date and time", remedy)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _refused(
            option, text, "is no time of the calendar", "choose a day and time that exist"
        ) from None
    _within(moment.date(), option, text)
    return moment if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)


def read_filters(given: Sequence[str] | None, option: str = "--where") -> dict[str, list[str | None]]:
    """`DIM=VALUE` each; the same dimension again means either value; `DIM=` means blank."""
    filters: dict[str, list[str | None]] = {}
    for text in given or ():
        name, sign, value = text.partition("=")
        if not sign or not name.strip():
            raise _refused(
                option, text, "names no dimension and value", "write DIM=VALUE, such as region=South"
            )
        filters.setdefault(name.strip(), []).append(value or None)
    return filters


def read_params(given: Sequence[str] | None, option: str = "--param") -> dict[str, str]:
    """`KPI.name=value` each."""
    params: dict[str, str] = {}
    for text in given or ():
        name, sign, value = text.partition("=")
        kpi_id, dot, parameter = name.strip().partition(".")
        if not (sign and kpi_id and dot and parameter):
            raise _refused(
                option,
                text,
                "names no KPI, parameter and value",
                "write KPI.name=value, such as dso.window=30",
            )
        if name.strip() in params:
            raise _refused(option, text, "sets the parameter a second time", "give it once")
        params[name.strip()] = value.strip()
    return params


def read_answers(given: Sequence[str] | None, option: str = "--answer") -> dict[str, str]:
    """`QUESTION=VALUE` each; the question's id may hold `=`, the value may not."""
    answers: dict[str, str] = {}
    for text in given or ():
        name, sign, value = text.rpartition("=")
        if not (sign and name):
            raise _refused(
                option,
                text,
                "names no question and value",
                "write QUESTION=VALUE with the id of the question",
            )
        answers[name] = value
    return answers


def one_kpi(given: Sequence[str] | None, purpose: str) -> str:
    """The one KPI that a command takes. `purpose`: what is done with it, for the message."""
    if not given or len(given) > 1:
        why = "no KPI was named" if not given else f"{len(given)} KPIs were named"
        raise Misuse(f"nothing was {purpose}", why, "name one with --kpi, such as --kpi dso")
    return given[0]


def filter_words(filters: dict[str, list[str | None]]) -> str:
    """Filters for people: `region = South or (blank); segment = retail`."""
    return "; ".join(
        f"{name} = {' or '.join(value or BLANK for value in values)}" for name, values in filters.items()
    )


def _within(day: date, option: str, text: str) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _refused(
            option, text, f"lies outside the years {FIRST_YEAR} to {LAST_YEAR}", "choose a day within them"
        )
    return day


def _refused(option: str, text: str, why: str, remedy: str) -> Misuse:
    return Misuse(f"{option} was not understood", f"{text!r} {why}", remedy)
