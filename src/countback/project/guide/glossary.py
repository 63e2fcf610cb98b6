"""The glossary: one word per thing. Its words stand in glossary.md, from which docs/glossary.md is made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from django.utils.text import slugify

MADE = (
    "<!-- Made by `make docs`; do not edit. The words stand in `src/countback/project/guide/glossary.md`. -->"
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word. `identifier`: how code writes it, where that differs. `elsewhere`: what others call it, and we do
    not."""

    word: str
    identifier: str
    meaning: str
    elsewhere: tuple[str, ...]

    @property
    def anchor(self) -> str:
        """What follows `#` in its address."""
        return slugify(self.word)


@dataclass(frozen=True, slots=True)
class Section:
    """Words that belong together."""

    title: str
    words: tuple[Word, ...]


def source() -> str:
    """The text of glossary.md."""
    return resources.files(__package__).joinpath("glossary.md").read_text("utf-8")


def page() -> str:
    """The text of docs/glossary.md."""
    heading, _, rest = source().partition("\n\n")
    return f"{heading}\n\n{MADE}\n\n{rest}"


@cache
def sections() -> tuple[Section, ...]:
    """The glossary, in the order of reading."""
    _, *parts = re.split(r"^## +", source(), flags=re.MULTILINE)
    return tuple(_section(*part.partition("\n")[::2]) for part in parts)


@cache
def words() -> dict[str, Word]:
    """Every word, by itself."""
    return {word.word: word for section in sections() for word in section.words}


def _section(title: str, text: str) -> Section:
    rows = [line.strip("| ").split("|") for line in text.splitlines() if line.startswith("|")]
    _, _, *kept = [[cell.strip() for cell in row] for row in rows]
    return Section(title.strip(), tuple(_word(*row) for row in kept))


def _word(written: str, meaning: str, refused: str = "") -> Word:
    word, _, rest = written.partition(" (`")
    others = re.findall(r"`([^`]+)`", re.sub(r"\([^)]*\)", "", refused))
    elsewhere = dict.fromkeys(other.replace("_", " ") for other in others)
    return Word(word, rest.removesuffix("`)"), meaning, tuple(one for one in elsewhere if one != word))
