"""What a page is asked about: read from the query string, kept in every link, handed to the engine."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, tzinfo
from functools import cache
from typing import Any, get_args
from urllib.parse import urlencode

from countback.core.period import Every, month_end
from countback.core.problem import Misuse
from countback.kpis.catalogue import catalogue
from countback.ledger.figures import Figures

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years in which a date may be asked: those in which a date of the books may lie."""

BLANK = "blank"
"""Key whose values name the dimensions of which the blank value is asked."""

ADDED, ADDED_VALUE = "add", "value"
"""Keys by which a form adds a filter on any dimension; a link writes the dimension itself."""

PICK = "pick"
"""Key that names a further dimension whose values the page offers."""

PARAMETER = "p."
"""Before the name of a KPI's parameter."""

DIMENSION = "where."
"""Before the name of a dimension that is called as a key of ours is, such as currency."""

FIELDS = ("as_of", "known_at", "currency", "every", "params")
OWN = ("as_of", "known_at", "currency", "every", BLANK, ADDED, ADDED_VALUE, PICK)
FURTHER = (
    "side",
    "page",
    "format",
    "part",
    "by",
    "sort",
    "q",
    "start",
    "end",
    "reported_at",
    "chart",
    "since",
    "tour",
)
"""Keys of single pages, which no dimension takes on any of them, so that a link means the same everywhere."""
MOST_VALUES = 200
LONGEST_VALUE = 300

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

Filters = tuple[tuple[str, tuple[str | None, ...]], ...]
Given = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's surroundings. `known_at`: in UTC; None: now. `where`: dimension (or cell of a table KPI) -> values,
    None for blank. `currency`: into which amounts are converted; None: as the books decide. `params`: of the page's
    KPI, by name, as text. `pick`: a further dimension to choose from. `books_end_on`: their last entry's date.
    `aside`: other currencies, which no rate leads to the one shown. `own`: keys of the page, which links to itself
    keep. `reserved`: all keys that are no dimension."""

    as_of: date
    known_at: datetime | None = None
    where: Filters = ()
    currency: str | None = None
    every: Every = "month"
    params: tuple[tuple[str, str], ...] = ()
    pick: str = ""
    books_end_on: date | None = None
    aside: tuple[str, ...] = ()
    own: tuple[tuple[str, str], ...] = ()
    reserved: frozenset[str] = field(default=frozenset((*OWN, *FURTHER)), repr=False)

    def arguments(self, **more: Any) -> dict[str, Any]:
        """For `Figures.kpis` and `Figures.rows`; `more` goes over them. Moments go to the engine without their zone."""
        known_at = None if self.known_at is None else self.known_at.replace(tzinfo=None)
        return {
            "as_of": self.as_of,
            "known_at": known_at,
            "where": dict(self.where),
            "currency": self.currency,
            "every": self.every,
        } | more

    def within(self, /, **filters: str | Sequence[str | None] | None) -> Asked:
        """The same with further filters; one on a dimension that is filtered already takes its place."""
        added = {name: _listed(values) for name, values in filters.items()}
        return replace(self, where=tuple(sorted((dict(self.where) | added).items())))

    def without(self, *names: str) -> Asked:
        """The same without filters on those dimensions."""
        return replace(self, where=tuple((name, values) for name, values in self.where if name not in names))

    def query(self, /, *drop: str, **changes: Any) -> str:
        """The query string of a link to another page, with its `?`: everything asked is kept but the page's own keys
        and the KPI's parameters. `changes`: a field of ours (as_of, known_at, currency, every), a further key, or the
        values of a dimension (`where.x` for one called as a key of ours is). `drop`: dimensions no longer filtered."""
        return self._query(drop, {}, {"params": ()} | changes)

    def here(self, /, *drop: str, **changes: Any) -> str:
        """The query string of a link to this page: as `query`, and the page's own keys and the parameters are kept, but
        for its place in a list."""
        return self._query(drop, {key: value for key, value in self.own if key != "page"}, changes)

    def _query(self, drop: Sequence[str], own: dict[str, Any], changes: Mapping[str, Any]) -> str:
        asked = self
        for name, value in changes.items():
            if name in FIELDS:
                asked = replace(asked, **{name: value})
            elif name in self.reserved:
                own = own | {name: value}
            else:
                asked = asked.within(**{name.removeprefix(DIMENSION): value})
        pairs = asked.without(*drop).pairs()
        return f"?{urlencode([*pairs, *((key, str(value)) for key, value in own.items() if value not in (None, ''))])}"

    def pairs(self) -> list[tuple[str, str]]:
        """The query string's keys and values, without the page's own."""
        found = [("as_of", self.as_of.isoformat())]
        if self.known_at is not None:
            found.append(("known_at", f"{self.known_at.replace(tzinfo=None).isoformat()}Z"))
        if self.currency:
            found.append(("currency", self.currency))
        if self.every != "month":
            found.append(("every", self.every))
        for name, values in self.where:
            key = self.key(name)
            found += [(key, value) for value in values if value is not None]
            found += [(BLANK, name)] if None in values else []
        return found + [(f"{PARAMETER}{name}", value) for name, value in self.params]

    def key(self, dimension: str) -> str:
        """The key of a dimension in the query string."""
        return f"{DIMENSION}{dimension}" if dimension in self.reserved else dimension

    def chosen(self, dimension: str) -> tuple[str | None, ...]:
        """The values asked of a dimension; empty: all."""
        return dict(self.where).get(dimension, ())


def read(
    given: Given,
    figures: Figures,
    *,
    today: date,
    known_at: datetime | None = None,
    own: Collection[str] = (),
    of_kpi: bool = False,
) -> Asked:
    """The question of a query string. `own`: keys of the page. `of_kpi`: whether it is the page of one KPI, on which
    parameters (`p.window=30`) and filters on the cells of a table are understood. Raises Misuse for keys that nobody
    knows and for values that are none."""
    last = figures.books.last_entry_on()
    reserved = frozenset((*OWN, *FURTHER, *own))
    dimensions = {*figures.dimensions, *(_cells() if of_kpi else ())}
    where: dict[str, list[str | None]] = {}
    params: dict[str, str] = {}
    for key in given:
        if key in OWN or key in own:
            continue
        if of_kpi and key.startswith(PARAMETER):
            params[key.removeprefix(PARAMETER)] = _one(given, key)
            continue
        name = _known(key.removeprefix(DIMENSION) if key not in reserved else "", dimensions, key)
        where[name] = [_text(name, value) for value in given[key] if value]
    for name in given.get(BLANK, ()):
        where.setdefault(_known(name, dimensions), []).append(None)
    added, value = _one(given, ADDED), _one(given, ADDED_VALUE)
    if added and value:
        where.setdefault(_known(added, dimensions), []).append(_text(added, value))
    pick = _one(given, PICK)
    day = read_day(_one(given, "as_of"))
    return Asked(
        as_of=day or min(today, month_end(last) if last else today),
        known_at=known_at,
        where=tuple(sorted((name, _listed(values)) for name, values in where.items() if values)),
        currency=_text("currency", _one(given, "currency")) or None,
        every=_every(_one(given, "every")),
        params=tuple(sorted(params.items())),
        pick=_known(pick, dimensions) if pick else "",
        books_end_on=last,
        own=tuple((key, _one(given, key)) for key in own if given.get(key)),
        reserved=reserved,
    )


def read_day(text: str) -> date | None:
    """A date as 2026-10-31; None for nothing. Raises Misuse."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise _refused("the date", text, "is no day of the calendar", "write it as 2026-10-31")
    return day


def read_known_at(given: Given, zone: tzinfo, key: str = "known_at") -> datetime | None:
    """The knowledge time of a query string, in UTC: a date alone means the end of that day, a time without an offset is
    in `zone`. Raises Misuse."""
    text = _one(given, key)
    if not text:
        return None
    moment: datetime | None
    try:
        moment = _moment(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise _refused("the time of knowledge", text, "is no date and time", "write it as 2026-10-31T18:00")
    return moment


def _moment(text: str) -> datetime:
    if _DAY.fullmatch(text):
        return datetime.combine(date.fromisoformat(text), time.max)
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


@cache
def _cells() -> frozenset[str]:
    """Names of the cells of all table KPIs."""
    return frozenset(cell for kpi in catalogue() for cell in kpi.cells)


def _known(name: str, dimensions: Collection[str], key: str = "") -> str:
    if name not in dimensions:
        listed = ", ".join(sorted(dimensions))
        raise _refused(
            "the address", key or name, "is no dimension of these books", f"filter by one of {listed}"
        )
    return name


def _one(given: Given, key: str) -> str:
    values = [value for value in given.get(key, ()) if value]
    if len(set(values)) > 1:
        raise _refused("the address", key, "is given more than once", "give it once")
    return values[0].strip() if values else ""


def _text(name: str, value: str) -> str:
    if len(value) > LONGEST_VALUE or _CONTROL.search(value):
        raise _refused(
            f"the filter on {name}", value[:40], "is no value that books can hold", "choose another"
        )
    return value


def _listed(values: str | Sequence[str | None] | None) -> tuple[str | None, ...]:
    listed = [values] if values is None or isinstance(values, str) else list(dict.fromkeys(values))
    if len(listed) > MOST_VALUES:
        raise Misuse(
            "the page was not shown",
            f"{len(listed)} values of one dimension were asked",
            f"choose {MOST_VALUES} at most",
        )
    return tuple(sorted(listed, key=lambda value: (value is None, value or "")))


def _every(text: str) -> Every:
    for every in get_args(Every):
        if text == every:
            found: Every = every
            return found
    if text:
        raise _refused("the period", text, "is none", f"use {', '.join(get_args(Every))}")
    return "month"


def _refused(what: str, text: str, why: str, remedy: str) -> Misuse:
    return Misuse(f"{what} was not understood", f"{text!r} {why}", remedy)
