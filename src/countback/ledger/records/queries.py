"""What is asked of the record of a customer, for one person: who is not in their scope is not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from countback.accounts.models import Person
from countback.accounts.queries import scope_of
from countback.audit import queries as audit
from countback.audit.models import Line
from countback.ledger import figures
from countback.ledger.records.actions import CUSTOMER
from countback.ledger.records.fields import Held, fields_of
from countback.ledger.records.models import Address, ContactPerson, Erasure, Note

LATEST_NOTES = 3
"""Notes that the page of a customer's figures shows: the pinned ones, and so many more."""


@dataclass(frozen=True, slots=True)
class Noted:
    """A note that holds, and those that it took the place of, newest first."""

    note: Note
    earlier: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that is written down about a customer. `notes`: pinned first, then newest first; None where they are
    none of the reader's business, as `lines` then is empty. `erased`: when all of it was."""

    people: list[ContactPerson]
    addresses: list[Address]
    fields: list[Held]
    notes: list[Noted] | None
    lines: list[Line]
    erased: Erasure | None

    @property
    def people_there(self) -> list[ContactPerson]:
        """Contact persons that have not ended."""
        return [person for person in self.people if person.ended_at is None]

    @property
    def people_gone(self) -> list[ContactPerson]:
        """Those that have."""
        return [person for person in self.people if person.ended_at is not None]

    @property
    def addresses_there(self) -> list[Address]:
        """Addresses that have not ended."""
        return [address for address in self.addresses if address.ended_at is None]

    @property
    def addresses_gone(self) -> list[Address]:
        """Those that have."""
        return [address for address in self.addresses if address.ended_at is not None]


@dataclass(frozen=True, slots=True)
class Glance:
    """What of a record stands beside a customer's figures."""

    main: ContactPerson | None
    notes: list[Noted]


def customer_of(person: Person, customer_id: str) -> dict[str, Any] | None:
    """The customer's row of the books, as far as the person may see it; None where there is none for them."""
    try:
        return figures.opened(scope_of(person)).customer(customer_id)
    except FileNotFoundError:
        return None


def record_of(customer_id: str, *, inside: bool) -> Record:
    """The record of a customer. `inside`: for people of the house, who see notes and what was done."""
    return Record(
        people=list(ContactPerson.objects.filter(customer_id=customer_id)),
        addresses=list(Address.objects.filter(customer_id=customer_id)),
        fields=fields_of(customer_id),
        notes=notes_of(customer_id) if inside else None,
        lines=audit.about(CUSTOMER, customer_id) if inside else [],
        erased=erasure_of(customer_id),
    )


def glance_at(customer_id: str, *, inside: bool) -> Glance:
    """The main contact person and the notes that matter most."""
    noted = notes_of(customer_id) if inside else []
    pinned = sum(one.note.pinned for one in noted)
    main = ContactPerson.objects.filter(customer_id=customer_id, main=True).first()
    return Glance(main, noted[: max(LATEST_NOTES, pinned)])


def notes_of(customer_id: str) -> list[Noted]:
    """The notes that hold, pinned first, each with those before it."""
    every = {note.pk: note for note in Note.objects.filter(customer_id=customer_id).select_related("by")}
    corrected = {note.corrects_id for note in every.values()}
    found = []
    for note in every.values():
        if note.pk in corrected:
            continue
        earlier, before = [], note.corrects_id
        while before is not None:
            earlier.append(every[before])
            before = every[before].corrects_id
        found.append(Noted(note, tuple(earlier)))
    return sorted(found, key=lambda one: not one.note.pinned)


def erasure_of(customer_id: str) -> Erasure | None:
    """The last erasure of all that is known of a customer."""
    return Erasure.objects.select_related("by").filter(customer_id=customer_id, person=None).first()
