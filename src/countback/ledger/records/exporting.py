"""A copy of everything held about a customer or about one person there, to be given to them: for programs as JSON, for
people as a page, together in one zip."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string

from countback.accounts.actions import Doing
from countback.audit.actions import record
from countback.audit.models import Line
from countback.ledger.records.actions import CUSTOMER
from countback.ledger.records.held import documents_of, found_of_person, versions_of
from countback.ledger.records.models import Address, ContactPerson, Erasure, FieldValue, Note

OF_LEDGER = ("row_key", "written_in", "import_id")
"""Columns of versions that say nothing of anybody."""

Part = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Copy:
    """The file: its name and its bytes."""

    name: str
    content: bytes


def copy_of_customer(customer_id: str, doing: Doing) -> Copy:
    """All that is held about a customer; that it was given out is noted."""
    with transaction.atomic():
        parts: dict[str, Part] = {
            "imported customer": [_without(row, OF_LEDGER) for row in versions_of(customer_id)],
            "contact persons": _rows(ContactPerson.objects.filter(customer_id=customer_id)),
            "addresses": _rows(Address.objects.filter(customer_id=customer_id)),
            "notes": [
                _note(note) for note in Note.objects.filter(customer_id=customer_id).select_related("by")
            ],
            "custom fields": [
                {"field": value.field.name, "value": value.value, "at": value.at, "by": str(value.by)}
                for value in FieldValue.objects.filter(customer_id=customer_id).select_related("field", "by")
            ],
            "erasures": _rows(Erasure.objects.filter(customer_id=customer_id)),
            "audit": [_line(line) for line in Line.objects.filter(about_kind=CUSTOMER, about_id=customer_id)],
        }
        parts |= {name.replace("_", " "): rows for name, rows in documents_of(customer_id).items()}
        record(
            who=doing.by, what="customer copied out", about=(CUSTOMER, customer_id), at=doing.at,
            after={"rows": {name: len(rows) for name, rows in parts.items() if rows}}, where=doing.where,
        )  # fmt: skip
    return _packed(f"Customer {customer_id}", "customer", parts, doing.at)


def copy_of_person(person: ContactPerson, doing: Doing) -> Copy:
    """What is held about one person at a customer: their row, the notes and fields that name them, what was done."""
    found = found_of_person(person)
    lines = Line.objects.filter(about_kind=CUSTOMER, about_id=person.customer_id)
    parts: dict[str, Part] = {
        "contact person": _rows([person]),
        "notes that name them": [_note(note) for note in found.notes],
        "custom fields that name them": [
            {"field": value.field.name, "value": value.value, "at": value.at} for value in found.values
        ],
        "audit": [_line(line) for line in lines.filter(after__contains={"contact person": person.pk})],
    }
    with transaction.atomic():
        record(
            who=doing.by, what="contact person copied out", about=(CUSTOMER, person.customer_id), at=doing.at,
            after={"contact person": person.pk}, where=doing.where,
        )  # fmt: skip
    return _packed(
        f"Contact person {person.pk} of customer {person.customer_id}", "contact-person", parts, doing.at
    )


def _packed(title: str, name: str, parts: Mapping[str, Part], at: datetime) -> Copy:
    told = {"what": title, "made_at": at} | {part.replace(" ", "_"): rows for part, rows in parts.items()}
    content = json.dumps(told, default=_plain, ensure_ascii=False, indent=1)
    page = render_to_string("ledger/record_copy.html", {"title": title, "at": at, "parts": _shown(parts)})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}.json", content)
        archive.writestr(f"{name}.html", page)
    return Copy(f"{name}-{at:%Y-%m-%d}.zip", out.getvalue())


def _shown(parts: Mapping[str, Part]) -> list[tuple[str, list[str], list[list[str]]]]:
    """Each part as a table: columns that hold anything, and rows in words."""
    found = []
    for title, rows in parts.items():
        columns = [
            name for name in (rows[0] if rows else ()) if any(row[name] not in (None, "", []) for row in rows)
        ]
        found.append((title, columns, [[_word(row[name]) for name in columns] for row in rows]))
    return found


def _rows(found: Any) -> Part:
    return [{field.name: getattr(one, field.attname) for field in one._meta.concrete_fields} for one in found]


def _without(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _note(note: Note) -> dict[str, Any]:
    return {
        "note": note.pk,
        "at": note.at,
        "by": str(note.by),
        "text": note.text,
        "corrects": note.corrects_id,
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "at": line.at,
        "who": line.who_shown,
        "what": line.what,
        "before": line.before,
        "after": line.after,
    }


def _word(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_word(held)}" for name, held in value.items())
    if isinstance(value, list):
        return ", ".join(map(_word, value))
    return "" if value is None else str(_plain(value))


def _plain(value: Any) -> Any:
    """Amounts as they are written, never as binary fractions; moments in ISO 8601."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
