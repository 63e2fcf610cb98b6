"""Erasing: what is personal goes, ids, amounts and dates stay, so that every figure is what it was.

One transaction writes the erasure and puts "erased" in the place of everything personal; the database lets nothing else
be changed in it. The mirror follows with its next refresh, which is asked for at once: see `mirror.erasing`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from procrastinate.contrib.django import app

from countback.accounts.actions import Doing
from countback.audit.actions import record
from countback.ledger.locks import IMPORTING, hold
from countback.ledger.mirror import folders
from countback.ledger.records import rules
from countback.ledger.records.actions import CUSTOMER, UnableToChangeRecord
from countback.ledger.records.held import NAMING, Found, counted, found_of_customer, found_of_person
from countback.ledger.records.models import Address, ContactPerson, Erasure, FieldValue, Note
from countback.ledger.schema import table_of
from countback.ledger.sources.models import Fetch
from countback.ledger.upload_models import State, Upload
from countback.ledger.uploads import FIGURES

BOOKS = ("invoices", "credit_notes", "payments", "promises", "disputes", "write_offs")
"""Tables of which the preview says how many rows stay; the rest is told in one sentence."""

KEPT = ((Upload, ("sample", "questions", "problems", "wrong")), (Fetch, ("problems", "wrong")))
"""What uploads and fetches keep of the files that they are about."""

OVER = (State.DONE.value, State.GIVEN_UP.value)


class UnableToErase(UnableToChangeRecord):
    """Nothing was erased."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What an erasure would take and leave. `goes`, `stays`: a line each, in words. `stays_rows`: rows of the books by
    table. `waiting`: uploads whose files may name the customer still. `seen`: what the person who confirms has seen."""

    found: Found
    goes: tuple[str, ...]
    stays_rows: dict[str, int]
    waiting: tuple[Upload, ...]
    seen: str


def preview_customer(customer_id: str) -> Preview:
    """What erasing a customer would take and leave."""
    found = found_of_customer(customer_id)
    waiting = Upload.objects.exclude(state__in=OVER).exclude(of="undo")
    return Preview(found, _goes(found), counted(customer_id), tuple(waiting), found.fingerprint)


def preview_person(person: ContactPerson) -> Preview:
    """What erasing one contact person would take."""
    found = found_of_person(person)
    return Preview(found, _goes(found), {}, (), found.fingerprint)


def erase_customer(customer_id: str, *, seen: str, doing: Doing) -> Erasure:
    """Erases everything personal that is held about a customer. `seen`: of the preview that was confirmed. Raises
    UnableToErase where there is nothing to erase, or other than was shown."""
    with transaction.atomic(), connection.cursor() as cursor:
        hold(cursor, IMPORTING)
        found = found_of_customer(customer_id)
        _refuse_unseen(customer_id, found, seen)
        erasure = _erasure(found, None, doing)
        erased = ", ".join(f"{one} = CASE WHEN {one} IS NOT NULL THEN %s END" for one in rules.PERSONAL)
        cursor.execute(
            f"UPDATE {table_of('customers')} SET {erased}, extra = ledger_erased(extra) WHERE customer_id = %s",
            [*[rules.ERASED] * len(rules.PERSONAL), customer_id],
        )
        _erase_written(found, doing)
        _erase_from_uploads(found)
        app.configure_task(FIGURES).defer()
        _told("customer erased", erasure, doing)
    return erasure


def erase_person(person: ContactPerson, *, seen: str, doing: Doing) -> Erasure:
    """Erases one contact person, and the notes and texts of fields that name them. Raises UnableToErase."""
    with transaction.atomic():
        person = ContactPerson.objects.select_for_update().get(pk=person.pk)
        found = found_of_person(person)
        _refuse_unseen(f"contact person {person.pk}", found, seen)
        erasure = _erasure(found, person, doing)
        _erase_written(found, doing)
        _told("contact person erased", erasure, doing)
    return erasure


def is_behind() -> bool:
    """Whether the figures' files may hold what was erased still: the refresh that takes it out has not ended."""
    folder = Path(settings.MIRROR)
    state = folders.newest(folder)
    if state is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM ledger_erasure WHERE person_id IS NULL "
            "AND NOT pg_visible_in_snapshot(written_in, %s::pg_snapshot))",
            [state.snapshot],
        )
        return bool(cursor.fetchone()[0])


def _refuse_unseen(what: str, found: Found, seen: str) -> None:
    if not _goes(found):
        raise UnableToErase(
            f"Nothing of {what} was erased", "nothing personal is left of it", "nothing is to be done"
        )
    if found.fingerprint != seen:
        raise UnableToErase(
            f"Nothing of {what} was erased",
            "something was added or changed since you were shown what would go",
            "read again what would go, and confirm that",
        )


def _erasure(found: Found, person: ContactPerson | None, doing: Doing) -> Erasure:
    counts = {
        "versions": len(found.versions),
        "people": len(found.people),
        "addresses": len(found.addresses),
        "notes": len(found.notes),
        "values": len(found.values),
    }
    return Erasure.objects.create(
        customer_id=found.customer_id, person=person, at=doing.at, by=doing.by, counts=counts
    )


def _erase_written(found: Found, doing: Doing) -> None:
    """What people wrote down here, as far as it was found: what is written from now on is none of this erasure."""
    gone = {"version": F("version") + 1, "erased_at": doing.at, "changed_at": doing.at}
    people = ContactPerson.objects.filter(pk__in=[one.pk for one in found.people])
    people.update(**dict.fromkeys(("email", "phone", "function", "language"), ""), name=rules.ERASED, main=False,
                  receives=[], ended_at=doing.at, **gone)  # fmt: skip
    addresses = Address.objects.filter(pk__in=[one.pk for one in found.addresses])
    addresses.update(lines=rules.ERASED, postcode="", city="", ended_at=doing.at, **gone)
    Note.objects.filter(pk__in=[one.pk for one in found.notes]).update(text=rules.ERASED)
    FieldValue.objects.filter(pk__in=[one.pk for one in found.values]).update(value=rules.ERASED)


def _erase_from_uploads(found: Found) -> None:
    """Uploads keep the first rows of their files and what was wrong with them; fetches the latter."""
    for model, names in KEPT:
        for one in model.objects.only("pk", *names).select_for_update():
            kept: dict[str, Any] = {name: getattr(one, name) for name in names}
            erased = rules.without(kept, found.telling)
            if erased != kept:
                model.objects.filter(pk=one.pk).update(**erased)


def _told(what: str, erasure: Erasure, doing: Doing) -> None:
    after = {name: count for name, count in erasure.counts.items() if count} | {"erasure": erasure.pk}
    about = (CUSTOMER, erasure.customer_id)
    record(who=doing.by, what=what, about=about, at=doing.at, after=after, where=doing.where)


def _goes(found: Found) -> tuple[str, ...]:
    """What goes, a line each; empty where nothing is left to erase."""
    lines = []
    if found.versions:
        further = (
            f", and {', '.join(found.extra)}; figures by those show it under “erased”" if found.extra else ""
        )
        lines.append(
            f"Name, e-mail and phone in {_many(len(found.versions), 'version')} of the imported customer{further}"
        )
    if found.people:
        lines.append(
            f"{_many(len(found.people), 'contact person', 'contact persons')}: name, function, e-mail, phone, "
            "language, and what they receive; they end"
        )
    if found.addresses:
        lines.append(
            f"{_many(len(found.addresses), 'address', 'addresses')}: lines, postcode and city; they end, and the "
            "country stays"
        )
    if found.notes:
        lines.append(f"The text of {_many(len(found.notes), 'note')}, corrected ones among them")
    if found.values:
        names = sorted({value.field.name for value in found.values})
        lines.append(f"{_many(len(found.values), 'value')}, earlier ones among them, of {', '.join(names)}")
    return tuple(lines)


def _many(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def rows_in_words(rows: dict[str, int]) -> str:
    """`12 invoices, 3 payments and 4 further rows`."""
    parts = [_many(rows[name], name.removesuffix("s").replace("_", " ")) for name in BOOKS if name in rows]
    rest = sum(rows[name] for name in NAMING if name in rows and name not in BOOKS)
    parts += [_many(rest, "further row")] if rest else []
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else "".join(parts)
