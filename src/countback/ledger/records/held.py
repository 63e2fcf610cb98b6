"""What is held about a customer, or about one person there: read to be given out, and before it is erased."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from countback.books.tables import TABLES
from countback.ledger.records import rules
from countback.ledger.records.models import Address, ContactPerson, FieldValue, Note
from countback.ledger.schema import columns_of, current_of, table_of

NAMING = tuple(name for name in TABLES if name != "customers" and "customer_id" in columns_of(name))
"""Tables whose rows name a customer."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to erase. `versions`: rows of the imported customer, each with all that it says and until when it
    was known. `values`: of custom fields. `telling`: names, addresses
    and numbers that can be looked for elsewhere."""

    customer_id: str
    versions: tuple[Row, ...]
    people: tuple[ContactPerson, ...]
    addresses: tuple[Address, ...]
    notes: tuple[Note, ...]
    values: tuple[FieldValue, ...]
    telling: tuple[str, ...]

    @property
    def extra(self) -> list[str]:
        """Names of further imported columns that hold anything."""
        return sorted({name for row in self.versions for name in (row["extra"] or {})})

    @property
    def fingerprint(self) -> str:
        """Another one where anything was added or changed."""
        numbered = [one.pk for one in (*self.notes, *self.values)]
        changing = [("person", one.pk, one.version) for one in self.people]
        changing += [("address", one.pk, one.version) for one in self.addresses]
        return rules.fingerprint(
            [self.customer_id, [row["version"] for row in self.versions], numbered, changing]
        )


def found_of_customer(customer_id: str) -> Found:
    """Everything personal that is held about a customer and not erased yet."""
    versions = tuple(row for row in versions_of(customer_id) if _tells(row))
    people = tuple(ContactPerson.objects.filter(customer_id=customer_id, erased_at=None))
    personal = [row[name] for row in versions for name in rules.PERSONAL]
    personal += [value for one in people for value in _own(one)]
    return Found(
        customer_id,
        versions,
        people,
        tuple(Address.objects.filter(customer_id=customer_id, erased_at=None)),
        tuple(Note.objects.filter(customer_id=customer_id).exclude(text=rules.ERASED)),
        tuple(_values(customer_id).filter(field__personal=True)),
        tuple(rules.telling(personal)),
    )


def found_of_person(person: ContactPerson) -> Found:
    """What is held about one person at a customer: their row, and the notes and texts that name them."""
    telling = rules.telling(_own(person))
    notes = Note.objects.filter(customer_id=person.customer_id).exclude(text=rules.ERASED)
    values = _values(person.customer_id).filter(field__personal=True)
    return Found(
        person.customer_id,
        (),
        (person,) if person.erased_at is None else (),
        (),
        tuple(note for note in notes if rules.mentions(note.text, telling, person.name)),
        tuple(value for value in values if rules.mentions(value.value, telling, person.name)),
        tuple(telling),
    )


def versions_of(customer_id: str) -> list[Row]:
    """Every version of an imported customer, oldest first, with the moments from and until which it was known."""
    return _asked(
        f"""SELECT one.*, ended.known_until FROM {table_of("customers")} AS one
        LEFT JOIN ledger_ended AS ended ON ended.table_name = 'customers' AND ended.version = one.version
        WHERE one.customer_id = %s ORDER BY one.version""",
        customer_id,
    )


def documents_of(customer_id: str) -> dict[str, list[Row]]:
    """What the books say now that names a customer, by table: every row with the columns of the format."""
    found = {}
    for name in NAMING:
        columns = ", ".join(f'"{column}"' for column in columns_of(name))
        query = f"SELECT {columns} FROM {current_of(name)} AS one WHERE customer_id = %s ORDER BY row_key"
        if rows := _asked(query, customer_id):
            found[name] = rows
    return found


def counted(customer_id: str, tables: Sequence[str] = NAMING) -> dict[str, int]:
    """How many rows of each table name a customer now."""
    parts = " UNION ALL ".join(
        f"SELECT '{name}' AS name, count(*) AS rows FROM {current_of(name)} AS one WHERE customer_id = %s"
        for name in tables
    )
    found = _asked(parts, *[customer_id] * len(tables))
    return {row["name"]: row["rows"] for row in found if row["rows"]}


def _own(person: ContactPerson) -> list[str]:
    return [person.name, person.email, person.phone]


def _values(customer_id: str) -> Any:
    values = FieldValue.objects.filter(customer_id=customer_id).select_related("field")
    return values.exclude(value__in=["", rules.ERASED])


def _tells(row: Row) -> bool:
    """Whether anything of a version is not erased."""
    kept = [row[name] for name in rules.PERSONAL] + list((row["extra"] or {}).values())
    return any(value not in (None, rules.ERASED) for value in kept)


def _asked(query: str, *values: Any) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [_readable(row) for row in rows]


def _readable(row: Row) -> Row:
    """`extra` comes as text where no model says that it is JSON."""
    extra = row.get("extra")
    return row | {"extra": json.loads(extra)} if isinstance(extra, str) else row
