"""What people fill in about customers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from babel import Locale
from django import forms

from countback.ledger.records import rules
from countback.ledger.records.fields import Held, Setting
from countback.ledger.records.models import Address, ContactPerson, CustomField
from countback.ledger.records.rules import AddressKind, FieldKind, Purpose

_ENGLISH = Locale("en")
_KEEP = [("", "—")]
LANGUAGES = _KEEP + sorted(
    ((code, name) for code, name in _ENGLISH.languages.items() if len(code) == 2), key=lambda pair: pair[1]
)
COUNTRIES = _KEEP + sorted(
    ((code, name) for code, name in _ENGLISH.territories.items() if code.isalpha() and len(code) == 2),
    key=lambda pair: pair[1],
)
NO_COUNTRY = ("EU", "EZ", "UN", "QO", "XA", "XB", "ZZ")
COUNTRIES = [pair for pair in COUNTRIES if pair[0] not in NO_COUNTRY]


def country_name(code: str) -> str:
    """A country in words; the code itself where nobody knows it."""
    return str(_ENGLISH.territories.get(code, code))


def language_name(code: str) -> str:
    """A language in words; the code itself where nobody knows it."""
    return str(_ENGLISH.languages.get(code, code))


class ChangingForm(forms.Form):
    """Of something that several people may change at once. `version`: the one that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def given(self) -> dict[str, Any]:
        """What was filled in, without the version."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class PersonForm(ChangingForm):
    """Somebody at a customer."""

    name = forms.CharField(max_length=200)
    function = forms.CharField(max_length=200, required=False, help_text="What they do there.")
    email = forms.EmailField(label="E-mail", max_length=254, required=False)
    phone = forms.CharField(max_length=60, required=False)
    language = forms.ChoiceField(choices=LANGUAGES, required=False)
    receives = forms.MultipleChoiceField(
        choices=[(one.value, one.value.capitalize()) for one in Purpose],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    main = forms.BooleanField(
        label="Main contact person", required=False, help_text="Whoever was it so far no longer is."
    )

    @classmethod
    def of(cls, person: ContactPerson) -> PersonForm:
        """Filled with what is known."""
        names = ("name", "function", "email", "phone", "language", "receives", "main", "version")
        return cls(initial={name: getattr(person, name) for name in names})

    def clean(self) -> dict[str, Any]:
        """Refuses mail to somebody without an address."""
        given = super().clean() or self.cleaned_data
        if given.get("receives") and not given.get("email"):
            self.add_error("email", "They receive mail: write their address, or untick what they receive.")
        return given


class AddressForm(ChangingForm):
    """An address of a customer."""

    kind = forms.ChoiceField(choices=[(kind.value, kind.value.capitalize()) for kind in AddressKind])
    lines = forms.CharField(
        label="Lines",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Street and what stands above it.",
    )
    postcode = forms.CharField(max_length=20, required=False)
    city = forms.CharField(max_length=120, required=False)
    country = forms.ChoiceField(choices=COUNTRIES, required=False)

    @classmethod
    def of(cls, address: Address) -> AddressForm:
        """Filled with what is known."""
        names = ("kind", "lines", "postcode", "city", "country", "version")
        return cls(initial={name: getattr(address, name) for name in names})

    def clean_lines(self) -> str:
        """One line below the other, as any browser sends them."""
        return "\n".join(self.cleaned_data["lines"].split("\r\n"))


class NoteForm(forms.Form):
    """A note."""

    text = forms.CharField(
        label="Note",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "What should others know?"}),
    )
    pinned = forms.BooleanField(label="Keep on top", required=False)

    def clean_text(self) -> str:
        """Line breaks as any browser sends them."""
        return "\n".join(self.cleaned_data["text"].split("\r\n"))


class FieldForm(ChangingForm):
    """A custom field. Its kind is chosen once: values are written in it."""

    name = forms.CharField(max_length=80)
    kind = forms.ChoiceField(choices=[(kind.value, words) for kind, words in rules.FIELD_WORDS.items()])
    choices = forms.CharField(
        label="List to choose from", required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="One a line; only for “one of a list”.",
    )  # fmt: skip
    help = forms.CharField(label="Help", max_length=300, required=False, help_text="Shown beside the field.")
    personal = forms.BooleanField(
        label="May say who somebody is", required=False, initial=True,
        help_text="Then it is erased together with a customer. Texts always are.",
    )  # fmt: skip

    @classmethod
    def of(cls, field: CustomField, posted: Any = None) -> FieldForm:
        """Filled with what the field is."""
        names = ("name", "kind", "help", "personal", "version")
        initial = {name: getattr(field, name) for name in names} | {"choices": "\n".join(field.choices)}
        form = cls(posted, initial=initial)
        form.fields["kind"].disabled = True
        return form

    def clean_choices(self) -> list[str]:
        """Each once, in order."""
        lines = (" ".join(line.split()) for line in self.cleaned_data["choices"].splitlines())
        found = list(dict.fromkeys(line for line in lines if line))
        if any(len(one) > 120 for one in found):
            raise forms.ValidationError("An entry has at most 120 characters.")
        return found

    def clean(self) -> dict[str, Any]:
        """A list is for that kind, and that kind has one; texts are personal."""
        given = super().clean() or self.cleaned_data
        listed = given.get("kind") == FieldKind.CHOICE
        if listed and not given.get("choices") and "choices" not in self.errors:
            self.add_error("choices", "Write what there is to choose from, one a line.")
        if not listed:
            given["choices"] = []
        given["personal"] = bool(given.get("personal")) or given.get("kind") == FieldKind.TEXT
        return given


class ValuesForm(forms.Form):
    """What custom fields of a customer are set to. An empty box leaves what is there: to take it away is a tick."""

    def __init__(self, held: Sequence[Held], posted: Any = None) -> None:
        super().__init__(posted)
        self.held = [one for one in held if one.field.ended_at is None]
        for one in self.held:
            self.fields[f"value_{one.field.pk}"] = _box(one)
            self.fields[f"seen_{one.field.pk}"] = forms.IntegerField(
                required=False, widget=forms.HiddenInput, initial=one.latest.pk if one.latest else None
            )
            if one.value:
                self.fields[f"remove_{one.field.pk}"] = forms.BooleanField(required=False, label="Remove")

    def clean(self) -> dict[str, Any]:
        """Each value as its kind wants it."""
        given = super().clean() or self.cleaned_data
        for one in self.held:
            name = f"value_{one.field.pk}"
            text = given.get(name) or ""
            if text and text != one.value:
                try:
                    given[name] = rules.kept_value(FieldKind(one.field.kind), text, one.field.choices)
                except ValueError as error:
                    self.add_error(name, str(error))
        return given

    def settings(self) -> list[Setting]:
        """What each field shall be set to."""
        given = self.cleaned_data
        return [
            Setting(
                one.field,
                given.get(f"seen_{one.field.pk}"),
                given.get(f"value_{one.field.pk}") or "",
                bool(given.get(f"remove_{one.field.pk}")),
            )
            for one in self.held
        ]

    def left(self) -> list[str]:
        """Names of the fields whose box came empty although they hold something, and that were not to be removed."""
        found = {setting.field.pk for setting in self.settings() if not setting.value and not setting.removed}
        return [one.field.name for one in self.held if one.value and one.field.pk in found]

    def rows(self) -> list[tuple[Held, Any, Any, Any]]:
        """Each field with its boxes: value, what was seen, and removal where there is anything to remove."""
        return [
            (
                one,
                self[f"value_{one.field.pk}"],
                self[f"seen_{one.field.pk}"],
                self[f"remove_{one.field.pk}"] if f"remove_{one.field.pk}" in self.fields else None,
            )
            for one in self.held
        ]


def _box(one: Held) -> forms.Field:
    """The box for one kind of value; a choice that is no longer offered stays choosable where it is held."""
    told: dict[str, Any] = {"label": one.field.name, "required": False, "initial": one.value}
    match one.field.kind:
        case FieldKind.CHOICE:
            offered = list(dict.fromkeys([*one.field.choices, *([one.value] if one.value else [])]))
            return forms.ChoiceField(choices=[*_KEEP, *((each, each) for each in offered)], **told)
        case FieldKind.YES_NO:
            return forms.ChoiceField(
                choices=[*_KEEP, (rules.YES, "Yes"), (rules.NO, "No"), *_kept_word(one)], **told
            )
        case FieldKind.DATE:
            return forms.CharField(widget=forms.TextInput(attrs={"type": "date"}), **told)
        case FieldKind.NUMBER:
            return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **told)
    return forms.CharField(max_length=rules.LONGEST, **told)


def _kept_word(one: Held) -> list[tuple[str, str]]:
    return [(one.value, one.value)] if one.value not in ("", rules.YES, rules.NO) else []
