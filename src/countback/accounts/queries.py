"""What is asked about people."""

from __future__ import annotations

from countback.accounts.models import Person
from countback.accounts.rules import Scope


def scope_of(person: Person) -> Scope:
    """The part of the books that a person may see."""
    return Scope(
        entities=None if person.all_entities else tuple(sorted(person.entities)),
        collectors=None if person.all_collectors else tuple(sorted(person.collectors)),
    )
