"""For tests: a customer with a record, in books that figures are computed from."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings
from django.urls import reverse

from countback.accounts.actions import Doing
from countback.accounts.models import Person
from countback.ledger import mirror
from countback.ledger.records import actions, fields
from countback.ledger.records.models import ContactPerson, CustomField
from countback.ledger.testing import BOOKS, Importing, changed, once

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SECRETS = (
    "Alder",
    "alder.example",
    "Fridays",
    "Wagner",
    "+49 30 1234",
    "Lindenweg",
    "10115",
    "likes football",
)
"""What is personal in the record of C1, each once."""

PERSON = {
    "name": "Ilse Wagner", "function": "Accounts payable", "email": "wagner@alder.example", "phone": "+49 30 1234",
    "language": "de", "receives": ["reminders"], "main": True,
}  # fmt: skip
ADDRESS = {"kind": "billing", "lines": "Lindenweg 7", "postcode": "10115", "city": "Berlin", "country": "DE"}
DEFINED = {"name": "Hobby", "kind": "text", "choices": [], "help": "", "personal": True}

ENTITY: dict[str, Any] = {**BOOKS, "customers": [row | {"entity_id": "E1"} for row in BOOKS["customers"]]}


def collected() -> dict[str, Any]:
    """The small books, C1 looked after by anna, whom bob sees, and C2 by ben; C3 has a name in two versions."""
    books = changed(ENTITY, "customers", 0, collector="anna", phone="+49 30 9999")
    return changed(books, "customers", 1, collector="ben")


def imported(importing: Importing) -> None:
    """The books in an empty ledger, C1 in two versions, and figures over them."""

    def make() -> None:
        anew = replace(importing)
        anew(changed(collected(), "customers", 0, name="Alder and Sons"))
        refreshed()
        anew(collected())
        refreshed()

    once("customers with records", Path(settings.MIRROR).parent, make)
    importing.count += 2


def refreshed() -> None:
    """The figures as the ledger is now."""
    mirror.refresh(Path(settings.MIRROR))


def doing(person: Person, at: datetime = AT) -> Doing:
    """What somebody does."""
    return Doing(person, at, "192.0.2.1")


def filled(by: Person, customer_id: str = "C1") -> ContactPerson:
    """A record with one of everything, corrected notes among them; its contact person."""
    did = doing(by)
    person = actions.add_person(customer_id, PERSON, did)
    actions.add_address(customer_id, ADDRESS, did)
    note = actions.add_note(customer_id, "Wagner says: they pay on Fridays", did)
    actions.correct_note(note, "Ilse Wagner says: they pay on Mondays", did)
    actions.add_note(customer_id, "A quiet year", did, pinned=True)
    field = CustomField.objects.filter(name=DEFINED["name"]).first() or fields.define_field(DEFINED, did)
    fields.set_values(customer_id, [fields.Setting(field, None, "likes football", False)], did)
    return person


def in_mirror(*needles: str) -> list[str]:
    """Files of the mirror that hold one of the texts anywhere, in any cell of Parquet or in plain."""
    found = []
    for file in sorted(path for path in Path(settings.MIRROR).rglob("*") if path.is_file()):
        if file.suffix == ".parquet":
            text = str(duckdb.sql(f"SELECT * FROM read_parquet('{file}')").fetchall())
        else:
            text = file.read_text("utf-8", "replace")
        found += [f"{file.relative_to(settings.MIRROR)}: {one}" for one in needles if one in text]
    return found


def at(name: str, *given: Any) -> str:
    return reverse(f"ledger:{name}", args=given)


def text(answer: Any) -> str:
    """The words of a page, with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())
