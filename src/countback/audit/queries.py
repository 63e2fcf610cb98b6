"""What is asked of the audit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from countback.audit.models import Line
from countback.audit.rules import START, Problem, seal

NAMED = 20
"""How many broken places are listed: the first is what matters, and the rest mostly follow from it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines are wanted; an empty text asks for all. `who`: id of a person, or "0" for the application itself.
    `about`: a kind ("person"), or kind and id ("person 7")."""

    who: str = ""
    what: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of lines, and what can be asked for instead. `authors`: id and last known name."""

    lines: Page[Line]
    authors: list[tuple[int, str]]
    whats: list[str]


A_PAGE = 50
"""Lines on a page."""


def listing(asked: Asked, page: str) -> Listing:
    """One page of the lines wanted; the nearest, where `page` is no number of one."""
    return Listing(Paginator(lines(asked), A_PAGE).get_page(page), authors(), whats())


def lines(asked: Asked) -> QuerySet[Line]:
    """The lines wanted, the newest first."""
    found = Line.objects.all()
    if asked.who:
        found = found.filter(who=None) if asked.who == "0" else found.filter(who_id=_number(asked.who))
    if asked.what:
        found = found.filter(what=asked.what)
    kind, _, identity = asked.about.strip().partition(" ")
    if kind:
        found = found.filter(about_kind=kind)
    if identity:
        found = found.filter(about_id=identity.strip())
    return found


def whats() -> list[str]:
    """Every kind of act that was recorded, in the order of the alphabet."""
    return list(Line.objects.order_by("what").values_list("what", flat=True).distinct())


def authors() -> list[tuple[int, str]]:
    """Id and last known name of everyone who ever did something."""
    found = Line.objects.exclude(who=None).order_by("who_id", "-id").distinct("who_id")
    return sorted(found.values_list("who_id", "who_shown"), key=lambda pair: pair[1].casefold())


def about(kind: str, id: str | int, *, most: int = 50) -> list[Line]:
    """The newest lines about one thing, for the page that shows it (`audit/about.html`)."""
    return list(Line.objects.filter(about_kind=kind, about_id=str(id))[:most])


def verify() -> list[Problem]:
    """Where the chain does not hold, the first place first, at most `NAMED` of them; empty: every line is as it was
    written. Lines cut off at the very end leave no trace in the chain: keep the last seal (`last`) elsewhere."""
    found: list[Problem] = []
    for problem in _problems():
        found.append(problem)
        if len(found) == NAMED:
            break
    return found


def last() -> tuple[int, str]:
    """Number and seal of the last line; (0, START) where there is none."""
    return Line.objects.order_by("-id").values_list("id", "hash").first() or (0, START)


def _problems() -> Iterator[Problem]:
    number, previous = 0, START
    for line in Line.objects.order_by("id").iterator(chunk_size=2000):
        if line.id != number + 1:
            yield Problem(number + 1, f"it is missing; the next that is there is line {line.id}")
        elif line.previous_hash != previous:
            yield Problem(line.id, "it does not follow the line before it, which was changed or replaced")
        if seal(line.content, line.previous_hash) != line.hash:
            yield Problem(line.id, "it was changed after it was written: its seal does not fit what it says")
        number, previous = line.id, line.hash


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else -1
