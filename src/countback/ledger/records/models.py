"""What is written down about customers here, beside what is imported. What may never change is held by `guards`."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower

from countback.ledger.records.rules import AddressKind, FieldKind, Purpose


def customer_number() -> models.TextField[str, str]:
    """The number of the customer that a row is about, compared by its bytes as in the tables of the books."""
    return models.TextField(db_collation="C")


class ContactPerson(models.Model):
    """Somebody at a customer. `function`: what they do there. `receives`: what they are sent. `main`: who is written to
    where nobody else is named; at most one of a customer. `version`: counts changes, so that who changes what they no
    longer see is told. `ended_at`: they are no longer there; rows stay. `erased_at`: nothing personal is left."""

    customer_id = customer_number()
    name = models.CharField(max_length=200)
    function = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10, blank=True)
    receives = ArrayField(models.CharField(max_length=10), default=list, blank=True)
    main = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-main", "name", "id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer_id"], name="contact_person_of")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["customer_id"], condition=models.Q(main=True), name="contact_person_one_main"
            ),
            models.CheckConstraint(
                condition=models.Q(main=False) | models.Q(ended_at=None), name="contact_person_main_is_there"
            ),
            models.CheckConstraint(
                condition=models.Q(receives__contained_by=[one.value for one in Purpose]),
                name="contact_person_receives",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Address(models.Model):
    """Where a customer is. `lines`: street and what stands above it, one below the other. `country`: ISO 3166, two
    letters. `version`, `ended_at`, `erased_at`: as of contact persons."""

    customer_id = customer_number()
    kind = models.CharField(max_length=10)
    lines = models.TextField(max_length=500)
    postcode = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2, blank=True)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["kind", "id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["customer_id"], name="address_of")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in AddressKind]), name="address_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} address {self.pk}"


class Note(models.Model):
    """What somebody noted. The database refuses to change its text but to erase it. `corrects`: the note that it
    takes the place of; of two corrections of one note the database refuses the second."""

    customer_id = customer_number()
    text = models.TextField(max_length=10_000)
    pinned = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="corrected_by")

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["customer_id"], name="note_of")]

    def __str__(self) -> str:
        return f"note {self.pk}"


class CustomField(models.Model):
    """A field of customers that this house keeps beside what it imports. `help`: what it is for. `personal`: what it
    holds may say who somebody is, and is erased with them; of texts always. `ended_at`: no longer asked for."""

    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10)
    choices = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    help = models.CharField(max_length=300, blank=True)
    personal = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                Lower("name"), condition=models.Q(ended_at=None), name="custom_field_one_name"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in FieldKind]), name="custom_field_kind"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=FieldKind.TEXT.value) | models.Q(personal=True),
                name="custom_field_text_is_personal",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FieldValue(models.Model):
    """What a custom field of a customer was set to: the latest holds; "" takes the value away. `follows`: the value
    that it took the place of; of two that follow the same the database refuses the second."""

    field = models.ForeignKey(CustomField, on_delete=models.PROTECT, related_name="values")
    customer_id = customer_number()
    value = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    follows = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="followed_by")

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer_id", "field", "-id"], name="field_value_of")
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["field", "customer_id"],
                condition=models.Q(follows=None),
                name="field_value_one_first",
            )
        ]

    def __str__(self) -> str:
        return f"value {self.pk}"


class Erasure(models.Model):
    """That personal data was erased: of a customer with all that is known of it, or of one `person` there. `counts`:
    how many rows of what. Never changed: what is erased stays so, whatever a later import brings."""

    customer_id = customer_number()
    person = models.ForeignKey(ContactPerson, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    counts = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["customer_id"], name="erasure_of")]

    def __str__(self) -> str:
        return f"erasure {self.pk}"
