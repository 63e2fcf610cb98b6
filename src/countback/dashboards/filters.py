"""The bar of filters above a page: what is asked, and what else could be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from countback.dashboards.asked import BLANK, Asked
from countback.dashboards.settling import reporting_currency
from countback.ledger.figures import Figures
from countback.report.words import day_words, moment_words

ALWAYS = ("entity", "segment", "region", "collector")
"""Dimensions that are offered wherever the books have more than one value of them."""

MOST_CHOICES = 80
"""Values that are listed to choose from; of more, the value is typed."""

NEVER_ADDED = ("bucket", "currency")
"""Dimensions that are no filter of a whole page: few figures have a bucket; the currency has a place of its own."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value to choose. `key`, `value`: as a form sends it."""

    words: str
    key: str
    value: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Filter:
    """One dimension. `words`: what is asked of it. `typed`: its values are too many to list. `drop`: the query without
    it."""

    dimension: str
    title: str
    words: str
    choices: tuple[Choice, ...]
    chosen: bool
    typed: bool
    open: bool
    drop: str


@dataclass(frozen=True, slots=True)
class Bar:
    """The whole bar. `further`: dimensions that may be added, with the query that offers their values. `kept`: keys
    that the form sends along. `ends`: a word where the date asked lies beyond the last entry."""

    as_of: str
    known_at: str
    known_at_field: str
    filters: tuple[Filter, ...]
    further: tuple[tuple[str, str], ...]
    currency: str
    currencies: tuple[str, ...]
    kept: tuple[tuple[str, str], ...]
    ends: str
    clear: str


def bar(figures: Figures, asked: Asked) -> Bar:
    """What the bar says."""
    offered = _offered(figures, asked)
    shown = [name for name in ALWAYS if len(offered.get(name, ())) > 1 or asked.chosen(name)]
    shown += [name for name, _ in asked.where if name not in shown]
    shown += [asked.pick] if asked.pick and asked.pick not in shown else []
    further = [
        (title(name), asked.here(pick=name))
        for name in figures.dimensions
        if name not in (*shown, *ALWAYS, *NEVER_ADDED)
    ]
    return Bar(
        as_of=day_words(asked.as_of),
        known_at=_moment(asked.known_at),
        known_at_field=timezone.localtime(asked.known_at).strftime("%Y-%m-%dT%H:%M")
        if asked.known_at
        else "",
        filters=tuple(_filter(asked, name, offered.get(name)) for name in shown),
        further=tuple(further),
        currency=reporting_currency(figures, asked),
        currencies=tuple(figures.currencies) if len(figures.currencies) > 1 else (),
        kept=_kept(asked),
        ends=_ends(asked),
        clear=asked.here(*dict(asked.where), known_at=None, currency=None),
    )


def title(dimension: str) -> str:
    """A dimension's name for people: `Product line`."""
    words = dimension.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def value_title(value: str | None) -> str:
    """A value for people."""
    return value or "(blank)"


def _offered(figures: Figures, asked: Asked) -> dict[str, tuple[str | None, ...]]:
    """Values by dimension, of all that the person may see."""
    return {
        name: tuple(value or None for value in figures.values(name))
        for name in (*ALWAYS, asked.pick, *(("currency",) if asked.chosen("currency") else ()))
        if name in figures.dimensions
    }


def _filter(asked: Asked, name: str, offered: tuple[str | None, ...] | None) -> Filter:
    chosen = asked.chosen(name)
    typed = offered is not None and len(offered) > MOST_CHOICES
    if typed:
        offered = (None,) if None in (offered or ()) else ()
    listed = dict.fromkeys((*(offered or ()), *chosen))
    choices = [
        Choice(
            words=value_title(value),
            key=BLANK if value is None else asked.key(name),
            value=name if value is None else value,
            chosen=value in chosen,
        )
        for value in listed
    ]
    return Filter(
        dimension=name,
        title=title(name),
        words=_words(chosen),
        choices=tuple(choices),
        chosen=bool(chosen),
        typed=typed,
        open=name == asked.pick,
        drop=asked.here(name),
    )


def _words(chosen: tuple[str | None, ...]) -> str:
    if not chosen:
        return "All"
    first = ", ".join(map(value_title, chosen[:2]))
    return first if len(chosen) <= 2 else f"{first} and {len(chosen) - 2} more"


def _kept(asked: Asked) -> tuple[tuple[str, str], ...]:
    """What the form has no field for: the page's own keys (but not its place in a list) and the KPI's parameters."""
    own = [(key, value) for key, value in asked.own if key != "page"]
    every = [("every", asked.every)] if asked.every != "month" else []
    return (*own, *every, *((f"p.{name}", value) for name, value in asked.params))


def _ends(asked: Asked) -> str:
    last = asked.books_end_on
    if last is None or asked.as_of < last:
        return ""
    return f"The books end on {day_words(last)}" + (
        "; nothing in them is later." if asked.as_of > last else "."
    )


def _moment(moment: datetime | None) -> str:
    return "now" if moment is None else moment_words(timezone.localtime(moment))
