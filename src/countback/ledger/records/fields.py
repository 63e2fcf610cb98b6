"""Custom fields: which there are, and what they are set to for a customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from countback.accounts.actions import Doing
from countback.audit.actions import record
from countback.ledger.records.actions import CUSTOMER, UnableToChangeRecord, moved
from countback.ledger.records.models import CustomField, FieldValue

FIELD = "custom field"
"""What lines of the audit about a field call it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What one field shall be set to. `seen`: the number of the value that was shown, None for none. `value`: as
    `rules.kept_value` gives it; blank leaves what is there, unless `removed` says that it shall go."""

    field: CustomField
    seen: int | None
    value: str
    removed: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A field of a customer: its value now, and all it was set to, newest first. A field that has ended is shown only
    where it holds something."""

    field: CustomField
    history: tuple[FieldValue, ...]

    @property
    def latest(self) -> FieldValue | None:
        """What it was set to last."""
        return self.history[0] if self.history else None

    @property
    def value(self) -> str:
        """What it holds; "" for nothing."""
        return self.history[0].value if self.history else ""

    @property
    def shown(self) -> str:
        """The same in words."""
        return self.value.replace("_", " ") if self.field.kind == "yes_no" else self.value


def define_field(given: Mapping[str, Any], doing: Doing) -> CustomField:
    """Adds a field to all customers. Raises UnableToChangeRecord where there is one of that name."""
    try:
        with transaction.atomic():
            field = CustomField.objects.create(made_at=doing.at, **given)
            _note_field(field, "custom field added", doing, None, given)
    except IntegrityError as error:
        raise _taken(given["name"]) from error
    return field


def change_field(field: CustomField, given: Mapping[str, Any], *, seen: int, doing: Doing) -> None:
    """Changes a field; its kind stays, as values were written in it. Raises UnableToChangeRecord."""
    try:
        with transaction.atomic():
            rows = CustomField.objects.filter(pk=field.pk, version=seen)
            held = rows.select_for_update().first()
            if held is None:
                raise moved("field")
            before = {name: getattr(held, name) for name in given}
            if before != given:
                rows.update(**given, version=F("version") + 1)
                _note_field(held, "custom field changed", doing, before, given)
    except IntegrityError as error:
        raise _taken(given["name"]) from error


def end_field(field: CustomField, doing: Doing) -> None:
    """It is no longer asked for; what it holds stays to be read."""
    _set_ended(field, doing.at, "custom field ended", doing)


def resume_field(field: CustomField, doing: Doing) -> None:
    """It is asked for again. Raises UnableToChangeRecord where another has its name by now."""
    try:
        _set_ended(field, None, "custom field resumed", doing)
    except IntegrityError as error:
        raise _taken(field.name) from error


def fields_of(customer_id: str) -> list[Held]:
    """Every field with what it holds for a customer, in two queries."""
    histories: dict[int, list[FieldValue]] = {}
    for value in FieldValue.objects.filter(customer_id=customer_id).select_related("by"):
        histories.setdefault(value.field_id, []).append(value)
    held = [Held(field, tuple(histories.get(field.pk, ()))) for field in CustomField.objects.all()]
    return [one for one in held if one.field.ended_at is None or one.value]


def set_values(customer_id: str, settings: Sequence[Setting], doing: Doing) -> list[str]:
    """Sets fields of a customer, all of them or none; the names of those that changed. Raises
    UnableToChangeWhatMoved where one was set to something else since it was shown."""
    held = {one.field.pk: one for one in fields_of(customer_id)}
    made = []
    try:
        with transaction.atomic():
            for setting in settings:
                now = held.get(setting.field.pk) or Held(setting.field, ())
                value = "" if setting.removed else setting.value or now.value
                if value == now.value:
                    continue
                if (now.latest.pk if now.latest else None) != setting.seen:
                    raise moved(f"field {setting.field.name}")
                FieldValue.objects.create(
                    field=setting.field, customer_id=customer_id, value=value, at=doing.at, by=doing.by,
                    follows=now.latest,
                )  # fmt: skip
                made.append(setting.field.name)
            if made:
                record(
                    who=doing.by, what="custom fields set", about=(CUSTOMER, customer_id), at=doing.at,
                    after={"fields": made}, where=doing.where,
                )  # fmt: skip
    except IntegrityError as error:
        raise moved(f"record of {customer_id}") from error
    return made


def _set_ended(field: CustomField, at: datetime | None, what: str, doing: Doing) -> None:
    with transaction.atomic():
        found = CustomField.objects.filter(pk=field.pk, ended_at__isnull=at is not None)
        if found.update(ended_at=at, version=F("version") + 1):
            _note_field(field, what, doing, None, {"name": field.name})


def _taken(name: str) -> UnableToChangeRecord:
    return UnableToChangeRecord(
        f"The field {name} was not saved",
        "there is a field of that name",
        "use that one, or choose another name",
    )


def _note_field(
    field: CustomField, what: str, doing: Doing, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> None:
    """Fields are the house's own words, nobody's data: the lines hold what was and what is."""
    about = (FIELD, str(field.pk))
    record(who=doing.by, what=what, about=about, at=doing.at, before=before, after=after, where=doing.where)
