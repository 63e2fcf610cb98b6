"""People who sign in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from countback.accounts.rules import Role


class People(BaseUserManager["Person"]):
    """Making people."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """A person of that address; without a password none is set, and an invitation or OIDC must lead them in."""
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """Someone who signs in with an e-mail address. `all_entities`, `all_collectors`: sees every one; else only those
    listed (codes of the books)."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    language = models.CharField(max_length=10, default="en")
    time_zone = models.CharField(max_length=64, default="UTC")
    is_active = models.BooleanField(default=True)
    all_entities = models.BooleanField(default=False)
    entities = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    all_collectors = models.BooleanField(default=False)
    collectors = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    joined_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = People()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="person_role"
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email


class Invitation(models.Model):
    """A link that lets a person set a first password: once, until `expires_at`. Only a fingerprint of its secret part
    is kept."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="invitations")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.person}, until {self.expires_at:%Y-%m-%d %H:%M}"
