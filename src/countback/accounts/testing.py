"""For tests: the three people, of whom one owns, one is on her team, and one must see nothing of hers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

if TYPE_CHECKING:  # this module is read before the application stands
    from countback.accounts.models import Person

JOINED = datetime(2026, 1, 5, 9, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class World:
    """`alice`: administrator, sees everything. `bob`: collector, on all entities the customers of "anna". `charlie`:
    viewer of another entity, "NONE", who must see nothing of theirs."""

    alice: Person
    bob: Person
    charlie: Person

    def client_of(self, person: Person | None, **made: Any) -> Client:
        """A browser in which that person is signed in; None: nobody is."""
        client = Client(**made)
        if person is not None:
            client.force_login(person)
        return client


@pytest.fixture
def world(db: None) -> World:
    """The three people, in the database."""
    del db
    from countback.accounts.models import Person

    people = Person.objects
    return World(
        alice=people.create_user(
            "alice@example.com", name="Alice Adams", role="administrator", joined_at=JOINED,
            all_entities=True, all_collectors=True,
        ),
        bob=people.create_user(
            "bob@example.com", name="Bob Brown", role="collector", joined_at=JOINED,
            all_entities=True, collectors=["anna"],
        ),
        charlie=people.create_user(
            "charlie@example.com", name="Charlie Clark", role="viewer", joined_at=JOINED, entities=["NONE"],
        ),
    )  # fmt: skip
