"""Searching all help: KPIs, screens, words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.urls import reverse

from countback.kpis.catalogue import catalogue
from countback.kpis.topics import rank, topic_of
from countback.project.guide.glossary import sections
from countback.project.guide.screens import screens
from countback.report.tiles import SHORT

KINDS = ("KPIs", "Screens", "Words")


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that is explained. `place`: where it belongs. `text`: all that is searched beside the title."""

    kind: str
    title: str
    words: str
    place: str
    address: str
    text: str


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one kind; those with the text in their title come first."""

    kind: str
    entries: tuple[Entry, ...]


def find(text: str) -> list[Found]:
    """Everything in which each word of the text stands."""
    sought = text.casefold().split()
    if not sought:
        return []
    matching = [one for one in entries() if all(word in f"{_title(one)} {one.text}" for word in sought)]
    matching.sort(key=lambda one: not all(word in _title(one) for word in sought))
    found = [Found(kind, tuple(one for one in matching if one.kind == kind)) for kind in KINDS]
    return [one for one in found if one.entries]


def _title(entry: Entry) -> str:
    return entry.title.casefold()


@cache
def entries() -> tuple[Entry, ...]:
    """All that is explained, in the order of reading."""
    return (*_kpis(), *_screens(), *_words())


def _kpis() -> Iterator[Entry]:
    for kpi in sorted(catalogue(), key=lambda kpi: rank(kpi.id)):
        told = kpi.specification
        sections_told = [words for name, words in told.sections.items() if name != "Example"]
        searched = [kpi.id, SHORT.get(kpi.id, ""), told.summary, *sections_told]
        yield Entry(
            KINDS[0], kpi.title, told.summary, topic_of(kpi.id).title,
            reverse("guide:kpi", args=[kpi.id]), " ".join(searched).casefold(),
        )  # fmt: skip


def _screens() -> Iterator[Entry]:
    for screen in screens().values():
        searched = " ".join([screen.shows, *screen.do]).casefold()
        address = reverse("guide:screen", args=[screen.name])
        yield Entry(KINDS[1], screen.title, screen.shows, screen.group, address, searched)


def _words() -> Iterator[Entry]:
    for section in sections():
        for word in section.words:
            searched = " ".join([word.identifier, word.meaning, *word.elsewhere]).casefold()
            address = f"{reverse('guide:glossary')}#{word.anchor}"
            yield Entry(KINDS[2], word.word, word.meaning, section.title, address, searched)
