"""What people fill in to set an alert or a target."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from countback.accounts.models import Person
from countback.alerts.actions import Draft
from countback.alerts.channels import channels
from countback.alerts.models import Alert
from countback.alerts.rules import (
    BUCKETS,
    EVERY,
    LONGEST_COOL_DOWN,
    OF_ENTRIES,
    OF_FIGURES,
    OF_LIMITS,
    Kind,
    Rule,
    Where,
    filters,
)
from countback.alerts.words import title_of
from countback.kpis.catalogue import catalogue
from countback.kpis.topics import rank, topic_of
from countback.ledger.figures import Figures

KINDS: dict[Kind, tuple[str, str]] = {
    Kind.THRESHOLD: ("A value", "a figure is above or below a value, or its target"),
    Kind.CHANGE: ("A change", "a figure moved by more than so much, against the period before or a year ago"),
    Kind.SEASON: ("Unlike its season", "a figure departs from what is usual for the month"),
    Kind.ENTRY: ("New in a bucket", "items entered an ageing bucket since the last look"),
    Kind.LIMIT: ("Credit limit", "a customer owes more than its credit limit"),
}
"""Each kind in words: a title, and when it speaks."""

SCOPES = ("entity", "currency", "segment", "region", "collector")
"""Dimensions that are offered as lists; others are written."""

MOST_OFFERED = 500
"""Values of a dimension that a list offers; those beyond are written, too."""

_EVERY = {"day": "day", "week": "week, on Sunday", "month": "month, on its last day"}
_OWN = {
    Kind.THRESHOLD: ("kpi", "direction", "size"),
    Kind.CHANGE: ("kpi", "direction", "size", "per_cent", "against"),
    Kind.SEASON: ("kpi", "direction", "size"),
    Kind.ENTRY: ("bucket",),
    Kind.LIMIT: ("size",),
}
_SIZE = {
    Kind.THRESHOLD: ("than", "Leave it blank for the target of the KPI."),
    Kind.CHANGE: ("by more than", ""),
    Kind.SEASON: ("by more than so many times its usual spread", "3.5 is rare, 2 is not."),
    Kind.LIMIT: ("per cent of the limit", ""),
}
_SIZES = {Kind.SEASON: Decimal("3.5"), Kind.LIMIT: Decimal(100)}
_MINIMUM = {
    Kind.ENTRY: ("of at least this amount together", "of at least so many items"),
    Kind.LIMIT: ("exceeded by at least", "by at least so many customers"),
}


def kpi_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """KPIs of a single value, under their topics."""
    topics: dict[str, list[tuple[str, str]]] = {}
    for kpi in sorted(catalogue(), key=lambda kpi: (topic_of(kpi.id).place, rank(kpi.id))):
        if not kpi.cells:
            topics.setdefault(topic_of(kpi.id).title, []).append((kpi.id, title_of(kpi.id)))
    return list(topics.items())


class ScopeForm(forms.Form):
    """The part of the books that something is about: lists for what is usual, lines for the rest."""

    further = forms.CharField(
        label="Further filters",
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 2}),
        help_text="One a line: dimension = value, such as customer = C-007. Nothing after the sign: blank.",
    )

    def __init__(
        self, *given: Any, figures: Figures, where: Mapping[str, Any] | None = None, **named: Any
    ) -> None:
        super().__init__(*given, **named)
        rest = dict(where or {})
        for name in SCOPES:
            listed = [value for value in figures.values(name) if value][:MOST_OFFERED]
            self.fields[f"in_{name}"] = forms.ChoiceField(
                label=name.capitalize(),
                required=False,
                choices=[("", "all"), *((value, value) for value in listed)],
            )
            values = rest.get(name, ())
            if len(values) == 1 and values[0] in listed:
                self.fields[f"in_{name}"].initial = values[0]
                del rest[name]
        lines = [f"{name} = {value or ''}".strip() for name, values in rest.items() for value in values]
        self.fields["further"].initial = "\n".join(lines)

    @property
    def scope_fields(self) -> list[forms.BoundField]:
        """The lists and the lines, in their order."""
        return [self[name] for name in (*(f"in_{name}" for name in SCOPES), "further")]

    def clean_further(self) -> dict[str, list[str | None]]:
        """The lines, read."""
        found: dict[str, list[str | None]] = {}
        for line in self.cleaned_data["further"].splitlines():
            name, sign, value = (part.strip() for part in line.partition("="))
            if line.strip() and not (sign and name):
                raise forms.ValidationError(f"“{line}” is no filter: write dimension = value.")
            if line.strip():
                found.setdefault(name, []).append(value or None)
        return found

    @property
    def where(self) -> Where:
        """The filters that were asked for."""
        found = dict(self.cleaned_data["further"])
        for name in SCOPES:
            value = self.cleaned_data[f"in_{name}"]
            if value:
                found[name] = [*found.get(name, []), value]
        return filters(found)


class AlertForm(ScopeForm):
    """A rule of one kind, and whom it tells."""

    name = forms.CharField(
        max_length=200,
        help_text="It stands in the subject of messages.",
        validators=[RegexValidator(r"\A[^\x00-\x1f\x7f]+\Z", "One line of text.")],
    )
    kpi = forms.ChoiceField(label="KPI", choices=kpi_choices)
    direction = forms.ChoiceField(label="is")
    size = forms.DecimalField(max_digits=24, decimal_places=6, required=False)
    per_cent = forms.BooleanField(label="in per cent of the value before", required=False)
    against = forms.ChoiceField(
        label="against", choices=[("period", "the period before"), ("year", "the same month last year")]
    )
    bucket = forms.ChoiceField(choices=[(name, name) for name in BUCKETS])
    every = forms.ChoiceField(
        label="It looks at the end of every", choices=[(every, _EVERY[every]) for every in EVERY]
    )
    minimum_amount = forms.DecimalField(
        label="with at least this amount above the line",
        max_digits=20,
        decimal_places=4,
        min_value=0,
        required=False,
    )
    minimum_rows = forms.IntegerField(
        label="with at least so many rows", min_value=0, max_value=1_000_000_000, required=False
    )
    cool_down_days = forms.IntegerField(
        label="After it spoke it rests for days", min_value=0, max_value=LONGEST_COOL_DOWN, required=False
    )
    recipients = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False)

    def __init__(
        self,
        *given: Any,
        kind: Kind,
        figures: Figures,
        people: list[Person],
        alert: Alert | None = None,
        **named: Any,
    ) -> None:
        super().__init__(*given, figures=figures, where=alert.where if alert else None, **named)
        self.kind, self.people = kind, {str(person.pk): person for person in people}
        for name in {"kpi", "direction", "size", "per_cent", "against", "bucket"} - set(_OWN[kind]):
            del self.fields[name]
        self._word()
        chosen = self.fields["recipients"]
        chosen.choices = [(key, str(person)) for key, person in self.people.items()]  # type: ignore[attr-defined]
        for name, channel in channels().items():
            self.fields[f"to_{name}"] = (
                forms.CharField(label=channel.TITLE, help_text=channel.HELP, max_length=2000, required=False)
                if channel.POSTS
                else forms.BooleanField(label=channel.TITLE, help_text=channel.HELP, required=False)
            )
        if alert:
            self._show(alert)

    def _word(self) -> None:
        """Says the fields in the words of the kind."""
        if "size" in self.fields:
            self.fields["size"].label, self.fields["size"].help_text = _SIZE[self.kind]
            self.fields["size"].initial = _SIZES.get(self.kind)
        if "direction" in self.fields:
            sides = {
                Kind.THRESHOLD: [("above", "higher"), ("below", "lower")],
                Kind.CHANGE: [("above", "rises"), ("below", "falls"), ("either", "moves either way")],
                Kind.SEASON: [("above", "above"), ("below", "below"), ("either", "away, either way")],
            }
            self.fields["direction"].choices = sides[self.kind]  # type: ignore[attr-defined]
            self.fields["direction"].label = {Kind.CHANGE: "", Kind.SEASON: "lies"}.get(self.kind, "is")
        amount, rows = _MINIMUM.get(self.kind, (None, None))
        self.fields["minimum_amount"].label = amount or self.fields["minimum_amount"].label
        self.fields["minimum_rows"].label = rows or self.fields["minimum_rows"].label
        if self.kind == Kind.SEASON:
            del self.fields["every"]

    def _show(self, alert: Alert) -> None:
        rule = alert.rule
        shown = {name: getattr(rule, name) for name in self.fields if hasattr(rule, name)}
        self.initial = {
            **shown,
            "name": alert.name,
            "minimum_amount": rule.minimum_amount or None,
            "minimum_rows": rule.minimum_rows or None,
            "recipients": [str(person.pk) for person in alert.recipients.all()],
            **{f"to_{name}": address or True for name, address in alert.channels.items()},
        }

    @property
    def rule_fields(self) -> list[forms.BoundField]:
        """What makes the rule, but for its scope."""
        return [self[name] for name in (*_OWN[self.kind], "every") if name in self.fields]

    @property
    def quiet_fields(self) -> list[forms.BoundField]:
        """What keeps it quiet."""
        return [self[name] for name in ("minimum_amount", "minimum_rows", "cool_down_days")]

    @property
    def channel_fields(self) -> list[forms.BoundField]:
        """Where it goes."""
        return [self[f"to_{name}"] for name in channels()]

    @property
    def rule(self) -> Rule:
        """The rule that was asked for."""
        given = self.cleaned_data
        of_kind = {Kind.ENTRY: OF_ENTRIES, Kind.LIMIT: OF_LIMITS}
        return Rule(
            kind=self.kind,
            kpi=given["kpi"] if self.kind in OF_FIGURES else of_kind[self.kind],
            where=self.where,
            every=given.get("every", "month"),
            direction=given.get("direction", "above"),
            size=given.get("size"),
            per_cent=given.get("per_cent", False),
            against=given.get("against", "period"),
            bucket=given.get("bucket", ""),
            minimum_amount=given["minimum_amount"] or Decimal(0),
            minimum_rows=given["minimum_rows"] or 0,
            cool_down_days=given["cool_down_days"] or 0,
        )

    @property
    def draft(self) -> Draft:
        """The alert that was asked for."""
        given = {name: self.cleaned_data[f"to_{name}"] for name in channels()}
        return Draft(
            name=self.cleaned_data["name"],
            rule=self.rule,
            recipients=tuple(self.people[key] for key in self.cleaned_data["recipients"]),
            channels={
                name: value if isinstance(value, str) else "" for name, value in given.items() if value
            },
        )


class TargetForm(ScopeForm):
    """What a KPI is to be."""

    kpi = forms.ChoiceField(label="KPI", choices=kpi_choices)
    value = forms.DecimalField(
        label="is to be",
        max_digits=24,
        decimal_places=6,
        required=False,
        help_text="Blank: no target from then on.",
    )
    from_on = forms.DateField(label="from", widget=forms.DateInput({"type": "date"}))
