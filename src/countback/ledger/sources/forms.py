"""The form of a source."""

from __future__ import annotations

from datetime import time
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings

from countback.accounts.models import Person
from countback.ledger.sources import rules, secret
from countback.ledger.sources.actions import Asked
from countback.ledger.sources.models import Source
from countback.ledger.sources.queries import EVERY
from countback.ledger.sources.rules import VARIABLES, Kind, Secret
from countback.ledger.uploads_shown import profiles

DAILY = "daily"
KINDS = [
    (Kind.FOLDER.value, "a folder on the server"),
    (Kind.HTTPS.value, "an https address"),
    (Kind.SFTP.value, "an SFTP server"),
]
SECRETS = [
    (Secret.NONE.value, "nothing"),
    (Secret.PASSWORD.value, "a password"),
    (Secret.TOKEN.value, "a token (Bearer)"),
    (Secret.KEY.value, "a private key"),
]
TAKES = [("", "all of them together"), ("newest", "the newest alone")]


class SourceForm(forms.Form):
    """A source as people fill it in."""

    name = forms.CharField(max_length=100, help_text="What people call it, such as “SAP, nightly”.")
    kind = forms.ChoiceField(label="What it is", choices=KINDS)
    address = forms.CharField(
        max_length=1000,
        help_text="The folder's path; https://example.com/export.csv; or sftp://user@files.example.com/outbox",
    )
    pattern = forms.CharField(
        label="Files called",
        max_length=200,
        initial="*",
        required=False,
        help_text="* stands for anything, as in invoices-*.csv. An https address is one file.",
    )
    takes = forms.ChoiceField(label="of these", choices=TAKES, required=False)
    profile = forms.ChoiceField(label="Profile", required=False)
    ends_vanished = forms.BooleanField(label="The files hold everything", required=False)
    every = forms.ChoiceField(
        label="Fetched",
        choices=[(DAILY, "every day"), *((str(minutes), words) for minutes, words in EVERY.items())],
    )
    at_time = forms.TimeField(
        label="at", widget=forms.TimeInput({"type": "time"}, format="%H:%M"), help_text="if every day"
    )
    time_zone = forms.ChoiceField(
        label="by the clock of",
        choices=lambda: [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())],
    )
    secret = forms.ChoiceField(label="It asks for", choices=SECRETS)
    secret_variable = forms.CharField(
        label="which is in the environment variable",
        max_length=100,
        required=False,
        help_text=f"The name of a variable that begins with {VARIABLES}; never the secret itself.",
    )
    active = forms.BooleanField(label="On", required=False)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        shipped = [(name, words) for name, words in profiles().items()]
        offered = [("", "as the files themselves show"), *shipped]
        self.fields["profile"].choices = offered  # type: ignore[attr-defined]  # the field is of that kind
        self.fields["address"].help_text = self._where()

    def clean(self) -> dict[str, Any]:
        """Refuses an address, or a way to its secret, that cannot be."""
        given = super().clean() or self.cleaned_data
        if not {"kind", "address", "secret"} <= given.keys():
            return given
        kind, address, variable = Kind(given["kind"]), given["address"], given.get("secret_variable", "")
        wrong = rules.wrong_with(kind, address)
        if wrong:
            self.add_error("address", f"This was not taken: {wrong}.")
            return given
        wrong = rules.wrong_with_secret(kind, Secret(given["secret"]), variable, address)
        if not wrong and variable and not secret.is_set(variable):
            wrong = f"{variable} is not set where the server runs; have the operator set it"
        if wrong:
            self.add_error("secret_variable", f"This was not taken: {wrong}.")
        return given

    def asked(self) -> Asked:
        """What was filled in."""
        given = self.cleaned_data
        every = given["every"]
        return Asked(
            name=given["name"],
            kind=given["kind"],
            address=given["address"],
            pattern=given["pattern"] or "*",
            newest_only=given["takes"] == "newest",
            profile=given["profile"],
            ends_vanished=given["ends_vanished"],
            interval_minutes=None if every == DAILY else int(every),
            at_time=given["at_time"].replace(second=0, microsecond=0),
            time_zone=given["time_zone"],
            secret=given["secret"],
            secret_variable=given["secret_variable"],
            active=given["active"],
        )

    def _where(self) -> str:
        """What an address may be, here."""
        folder = "no folder is allowed: the operator names one with COUNTBACK_SOURCES"
        if settings.SOURCES is not None:
            folder = f"a folder: its path under {settings.SOURCES}, or . for that itself"
        return f"{folder} · https://example.com/export.csv · sftp://user@files.example.com/outbox"


def blank(person: Person) -> dict[str, Any]:
    """What the form proposes: every night at half past two, by the clock of who fills it in."""
    return {
        "kind": Kind.FOLDER.value, "pattern": "*", "every": DAILY, "at_time": time(2, 30), "active": True,
        "time_zone": person.time_zone, "secret": Secret.NONE.value,
    }  # fmt: skip


def filled(source: Source) -> dict[str, Any]:
    """The form as the source is."""
    same = (
        "name", "kind", "address", "pattern", "profile", "ends_vanished", "at_time", "time_zone", "secret",
        "secret_variable", "active",
    )  # fmt: skip
    minutes = source.interval_minutes
    return {name: getattr(source, name) for name in same} | {
        "takes": "newest" if source.newest_only else "",
        "every": DAILY if minutes is None else str(minutes),
    }
