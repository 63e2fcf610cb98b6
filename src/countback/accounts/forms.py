"""What people fill in."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation

from countback.accounts.actions import Asked
from countback.accounts.models import Person
from countback.accounts.rules import MEANING, Role, Scope, codes

ROLES = [(role.value, f"{role.value}: {meaning}") for role, meaning in MEANING.items()]


class PersonForm(forms.Form):
    """What a person is here for, and which part of the books they see."""

    name = forms.CharField(max_length=200)
    role = forms.ChoiceField(choices=ROLES, widget=forms.RadioSelect)
    all_entities = forms.BooleanField(label="All entities", required=False)
    entities = forms.CharField(
        label="or these entities", required=False, help_text="Codes as in the books, divided by commas."
    )
    all_collectors = forms.BooleanField(label="Customers of all collectors", required=False)
    collectors = forms.CharField(
        label="or of these collectors", required=False, help_text="Codes as in the books, divided by commas."
    )

    @classmethod
    def of(cls, person: Person) -> PersonForm:
        """Filled with what the person is now."""
        kept = {
            "entities": ", ".join(person.entities),
            "collectors": ", ".join(person.collectors),
        }
        same = ("name", "role", "all_entities", "all_collectors")
        return cls(initial=kept | {name: getattr(person, name) for name in same})

    def clean(self) -> dict[str, Any]:
        """Refuses a part of the books that is said twice or not at all: by mistake nobody shall see all, or nothing."""
        given = super().clean() or self.cleaned_data
        for one, every in (("entities", "all_entities"), ("collectors", "all_collectors")):
            listed = codes(given.get(one, ""))
            if given.get(every) and listed:
                self.add_error(one, f"Tick all, or list {one}, not both.")
            if not given.get(every) and not listed:
                self.add_error(
                    one, f"Tick all, or list at least one of the {one}: else they would see nothing."
                )
            if any(len(code) > 200 for code in listed):
                self.add_error(one, "A code has at most 200 characters.")
        return given

    def asked(self) -> Asked:
        """What was filled in."""
        given = self.cleaned_data
        return Asked(
            given["name"],
            Role(given["role"]),
            Scope(
                entities=None if given["all_entities"] else codes(given["entities"]),
                collectors=None if given["all_collectors"] else codes(given["collectors"]),
            ),
        )


class InvitationForm(PersonForm):
    """The same, and where the invitation goes."""

    email = forms.EmailField(label="E-mail address", max_length=254)
    field_order = ("email", "name")


class FirstPasswordForm(forms.Form):
    """What somebody who was invited says: their name, and the password that they will sign in with."""

    name = forms.CharField(max_length=200, widget=forms.TextInput({"autocomplete": "name"}))
    password = forms.CharField(
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text="At least 12 characters, no common password, nothing of your name or address.",
    )

    def __init__(self, *given: Any, person: Person, **named: Any) -> None:
        super().__init__(*given, **named)
        self.person = person

    def clean_password(self) -> str:
        """Refuses a password that is easily guessed."""
        password = str(self.cleaned_data["password"])
        self.person.name = self.cleaned_data.get("name", self.person.name)
        password_validation.validate_password(password, self.person)
        return password


class OwnPageForm(forms.Form):
    """What a person says about themselves."""

    name = forms.CharField(max_length=200, widget=forms.TextInput({"autocomplete": "name"}))
    language = forms.ChoiceField(choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        choices=lambda: [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())],
        help_text="Times of day are shown in it; business dates are the same for everyone.",
    )
