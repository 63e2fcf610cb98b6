"""The keys that work on every page; static/countback/guide.js listens to them."""

from __future__ import annotations

from dataclasses import dataclass

from countback.accounts.rules import may
from countback.project.navigation import MENU


@dataclass(frozen=True, slots=True)
class Key:
    """What is pressed, one after another, and what it does."""

    pressed: tuple[str, ...]
    does: str


EVERYWHERE = (
    Key(("?",), "opens the help of the screen that you are on"),
    Key(("/",), "goes to the search field, where the screen has one"),
)


WORKING = (
    Key(("j",), "goes to the next customer of the worklist"),
    Key(("k",), "goes to the one before"),
    Key(("c",), "logs a contact with the customer whose page it is"),
    Key(("p",), "records a promise of theirs"),
    Key(("d",), "opens a dispute of theirs"),
    Key(("f",), "has them come back on a day"),
    Key(("s",), "skips a customer of the worklist for today"),
    Key(("Esc",), "closes what was opened"),
)
"""Keys on the worklist and on the page of a customer; their scripts listen to them."""


def keys_of(role: str) -> list[Key]:
    """Every key, as far as the role may go where it leads."""
    places = [place for _, listed in MENU for place in listed if place.key and may(role, place.needs)]
    works = WORKING if may(role, "work_customers") else ()
    return [*EVERYWHERE, *works, *(Key(("g", place.key), f"goes to {place.title}") for place in places)]
