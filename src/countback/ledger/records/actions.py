"""Writes to the record of a customer: contact persons, addresses, notes. Each is one transaction with its line of the
audit, which names what changed but holds nothing personal: lines are kept for ever, and people may ask to be erased."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import F

from countback.accounts.actions import Doing
from countback.audit.actions import record
from countback.core.problem import CountbackError
from countback.ledger.records import rules
from countback.ledger.records.models import Address, ContactPerson, Note

CUSTOMER = "customer"
"""What lines of the audit about a customer call it."""

Kept = TypeVar("Kept", ContactPerson, Address)


class UnableToChangeRecord(CountbackError):
    """The record stays as it was."""


class UnableToChangeWhatMoved(UnableToChangeRecord):
    """Somebody else has changed it since it was shown; nothing of either change is lost."""


def add_person(customer_id: str, given: Mapping[str, Any], doing: Doing) -> ContactPerson:
    """Adds a contact person. Where they are the main one, whoever was no longer is."""
    with transaction.atomic():
        if given["main"]:
            _make_room(customer_id)
        person = ContactPerson(customer_id=customer_id, made_at=doing.at, changed_at=doing.at, **given)
        return _added(person, "contact person added", doing)


def add_address(customer_id: str, given: Mapping[str, Any], doing: Doing) -> Address:
    """Adds an address."""
    with transaction.atomic():
        address = Address(customer_id=customer_id, made_at=doing.at, changed_at=doing.at, **given)
        return _added(address, "address added", doing)


def change_person(person: ContactPerson, given: Mapping[str, Any], *, seen: int, doing: Doing) -> list[str]:
    """Changes what differs; its names. `seen`: the version that was shown. Raises UnableToChangeWhatMoved."""
    with transaction.atomic():
        if given["main"]:
            _make_room(person.customer_id, but=person.pk)
        return _changed(person, given, seen, "contact person changed", doing)


def change_address(address: Address, given: Mapping[str, Any], *, seen: int, doing: Doing) -> list[str]:
    """The same of an address."""
    with transaction.atomic():
        return _changed(address, given, seen, "address changed", doing)


def end(kept: ContactPerson | Address, doing: Doing) -> None:
    """It no longer holds; nothing is taken away, and it can be resumed. Ended twice is ended once."""
    _set_ended(kept, doing, ended=True)


def resume(kept: ContactPerson | Address, doing: Doing) -> None:
    """It holds again. Raises UnableToChangeRecord where it was erased."""
    if kept.erased_at is not None:
        raise UnableToChangeRecord(
            f"The {_word(kept)} was not taken up again", "what it said was erased", "write it down anew"
        )
    _set_ended(kept, doing, ended=False)


def add_note(customer_id: str, text: str, doing: Doing, *, pinned: bool = False) -> Note:
    """Notes something about a customer."""
    with transaction.atomic():
        note = Note.objects.create(
            customer_id=customer_id, text=text, pinned=pinned, at=doing.at, by=doing.by
        )
        _note(customer_id, "note added", doing, {"note": note.pk})
    return note


def correct_note(note: Note, text: str, doing: Doing) -> Note:
    """Puts a note in the place of another, which stays to be read. Raises UnableToChangeWhatMoved where somebody has
    corrected it already."""
    try:
        with transaction.atomic():
            made = Note.objects.create(
                customer_id=note.customer_id,
                text=text,
                pinned=note.pinned,
                at=doing.at,
                by=doing.by,
                corrects=note,
            )
            Note.objects.filter(pk=note.pk, pinned=True).update(pinned=False)
            _note(note.customer_id, "note corrected", doing, {"note": made.pk, "instead of note": note.pk})
    except IntegrityError as error:
        raise UnableToChangeWhatMoved(
            "The note was not corrected",
            "somebody else has corrected it since you opened it",
            "read their correction, and correct that one",
        ) from error
    return made


def pin_note(note: Note, doing: Doing, *, pinned: bool) -> None:
    """Puts a note on top, or no longer."""
    with transaction.atomic():
        if Note.objects.filter(pk=note.pk, pinned=not pinned).update(pinned=pinned):
            _note(note.customer_id, "note pinned" if pinned else "note unpinned", doing, {"note": note.pk})


def moved(what: str) -> UnableToChangeWhatMoved:
    """What is told to the second of two who change the same."""
    return UnableToChangeWhatMoved(
        f"The {what} was not changed",
        "somebody else has changed it since you opened it",
        "compare it with what you wrote, which is kept below, and save again",
    )


def _added(kept: Kept, what: str, doing: Doing) -> Kept:
    kept.save(force_insert=True)
    _note(kept.customer_id, what, doing, {_word(kept): kept.pk})
    return kept


def _changed(kept: Kept, given: Mapping[str, Any], seen: int, what: str, doing: Doing) -> list[str]:
    rows = type(kept).objects.filter(pk=kept.pk, version=seen, erased_at=None)
    held = rows.select_for_update().first()
    if held is None:
        raise moved(_word(kept))
    names = rules.changed({name: getattr(held, name) for name in given}, given)
    if names:
        rows.update(**given, version=F("version") + 1, changed_at=doing.at)
        _note(kept.customer_id, what, doing, {_word(kept): kept.pk, "changed": names})
    return names


def _set_ended(kept: ContactPerson | Address, doing: Doing, *, ended: bool) -> None:
    further = {"main": False} if isinstance(kept, ContactPerson) and ended else {}
    with transaction.atomic():
        found = type(kept).objects.filter(pk=kept.pk, ended_at__isnull=ended, erased_at=None)
        at = doing.at if ended else None
        if found.update(ended_at=at, version=F("version") + 1, changed_at=doing.at, **further):
            what = f"{_word(kept)} {'ended' if ended else 'resumed'}"
            _note(kept.customer_id, what, doing, {_word(kept): kept.pk})


def _make_room(customer_id: str, but: int | None = None) -> None:
    """The main contact person so far is no longer the main one."""
    others = ContactPerson.objects.filter(customer_id=customer_id, main=True)
    others = others if but is None else others.exclude(pk=but)
    others.update(main=False, version=F("version") + 1)


def _word(kept: ContactPerson | Address) -> str:
    return "contact person" if isinstance(kept, ContactPerson) else "address"


def _note(customer_id: str, what: str, doing: Doing, after: Mapping[str, Any]) -> None:
    record(
        who=doing.by, what=what, about=(CUSTOMER, customer_id), at=doing.at, after=after, where=doing.where
    )
