"""What people fill in to have a report sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import available_timezones

from django import forms

from countback.accounts.models import Person
from countback.subscriptions import queries
from countback.subscriptions.actions import Asked
from countback.subscriptions.letters import LANGUAGES
from countback.subscriptions.models import FORMS, Subscription
from countback.subscriptions.rules import AS_OF_WORDS, LONGEST_MONTH, WEEKDAYS, AsOf, Every, Schedule

EVERY = [
    (Every.WEEKDAY.value, "every day from Monday to Friday"),
    (Every.WEEK.value, "every week"),
    (Every.MONTH.value, "every month"),
]
LAST = "last"
DAYS = [(str(day), str(day)) for day in range(1, LONGEST_MONTH + 1)] + [(LAST, "the last")]
FORM_WORDS = {"pdf": "PDF, to read", "xlsx": "XLSX, to reckon with"}
ONLY = "only_"
"""Before the name of a dimension that the form filters by."""


class SubscriptionForm(forms.Form):
    """A subscription. `people`: who may be chosen as recipients. `offered`: dimension -> the values to choose from;
    `currencies`, `reports`: those to choose from. `told`: what the person was told of the next sendings, which must be
    so when they save."""

    name = forms.CharField(max_length=200, help_text="Stands in the subject of the mail.")
    every = forms.ChoiceField(label="Sent", choices=EVERY)
    weekday = forms.TypedChoiceField(
        label="on", choices=list(enumerate(WEEKDAYS)), coerce=int, required=False
    )
    day = forms.ChoiceField(
        label="on day", choices=DAYS, required=False, help_text="A shorter month has its last day instead."
    )
    at_time = forms.TimeField(label="at", widget=forms.TimeInput({"type": "time"}, format="%H:%M"))
    time_zone = forms.ChoiceField(
        label="by the clock of",
        choices=lambda: [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())],
    )
    relative_date = forms.ChoiceField(
        label="as of",
        choices=[(one.value, AS_OF_WORDS[one]) for one in AsOf],
        help_text="A business day is one from Monday to Friday.",
    )
    recipients = forms.ModelMultipleChoiceField(
        queryset=Person.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text="Each gets what they may see themselves, and nothing else.",
    )
    formats = forms.MultipleChoiceField(
        label="Attached as",
        choices=[(one, FORM_WORDS[one]) for one in FORMS],
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(
        label="Language of the mail",
        choices=[("", "each recipient's own"), *LANGUAGES],
        required=False,
        help_text="The report itself is in English.",
    )
    currency = forms.ChoiceField(label="Currency", required=False)
    report = forms.ChoiceField(
        label="Report",
        required=False,
        help_text="The board pack, or a dashboard: under Saved you make one, and see those shared with you.",
    )
    told = forms.CharField(required=False)

    def __init__(
        self,
        *given: Any,
        people: Any,
        offered: Mapping[str, Sequence[str]],
        currencies: Sequence[str],
        reports: Sequence[tuple[str, str]] = (("", "Board pack"),),
        **named: Any,
    ) -> None:
        super().__init__(*given, **named)
        self.offered = offered
        self.fields["recipients"].queryset = people  # type: ignore[attr-defined]  # the field is of that kind
        chosen = [(currency, currency) for currency in currencies]
        self.fields["currency"].choices = [("", "the books' own"), *chosen]  # type: ignore[attr-defined]  # the same
        self.fields["report"].choices = list(reports)  # type: ignore[attr-defined]  # the same
        for dimension, values in offered.items():
            self.fields[ONLY + dimension] = forms.MultipleChoiceField(
                label=dimension.replace("_", " ").capitalize(),
                choices=[(value, value or "(blank)") for value in values],
                required=False,
                widget=forms.SelectMultiple({"size": min(len(values), 6)}),
            )

    @property
    def filters(self) -> list[forms.BoundField]:
        """The fields that filter."""
        return [self[ONLY + dimension] for dimension in self.offered]

    def clean(self) -> dict[str, Any]:
        """Refuses a weekly schedule without its weekday, a monthly one without its day."""
        given = super().clean() or self.cleaned_data
        if given.get("every") == Every.WEEK and given.get("weekday") in (None, ""):
            self.add_error("weekday", "Choose the day of the week.")
        if given.get("every") == Every.MONTH and not given.get("day"):
            self.add_error("day", "Choose the day of the month.")
        return given

    def schedule(self) -> Schedule:
        """When it is to be sent."""
        given = self.cleaned_data
        every = Every(given["every"])
        monthly = every is Every.MONTH and given["day"] != LAST
        return Schedule(
            every,
            given["at_time"].replace(second=0, microsecond=0),
            given["time_zone"],
            weekday=given["weekday"] if every is Every.WEEK else None,
            day=int(given["day"]) if monthly else None,
        )

    def relative(self) -> AsOf:
        """As of which date."""
        return AsOf(self.cleaned_data["relative_date"])

    def asked(self) -> Asked:
        """What was filled in."""
        given = self.cleaned_data
        chosen = {dimension: given[ONLY + dimension] for dimension in self.offered}
        return Asked(
            name=given["name"],
            recipients=list(given["recipients"]),
            where={dimension: values for dimension, values in chosen.items() if values},
            currency=given["currency"],
            relative_date=self.relative(),
            schedule=self.schedule(),
            language=given["language"],
            formats=given["formats"],
            report=given["report"],
        )


def blank(person: Person) -> dict[str, Any]:
    """What the form proposes: the month that ended, on the first of the next, to whom fills it in."""
    return {
        "name": "Board pack",
        "every": Every.MONTH.value,
        "weekday": 0,
        "day": "1",
        "at_time": "07:00",
        "time_zone": person.time_zone,
        "relative_date": AsOf.LAST_MONTH_END.value,
        "recipients": [person.pk],
        "formats": list(FORMS),
        "language": "",
        "currency": "",
        "report": "",
    }


def filled(subscription: Subscription) -> dict[str, Any]:
    """The form as the subscription is."""
    same = ("name", "every", "time_zone", "relative_date", "formats", "language", "currency", "report")
    return {name: getattr(subscription, name) for name in same} | {
        "weekday": subscription.weekday or 0,
        "day": str(subscription.day or LAST) if subscription.every == Every.MONTH else "1",
        "at_time": subscription.at_time,
        "recipients": [one.pk for one in subscription.recipients.all()],
        **{ONLY + dimension: values for dimension, values in subscription.where.items()},
    }


def people_for(person: Person, subscription: Subscription | None) -> Any:
    """Whom the form offers: the person's colleagues, and who is a recipient already."""
    found = queries.colleagues(person)
    return found if subscription is None else (found | subscription.recipients.all()).distinct()
