"""What people fill in about contacts, promises, disputes and follow-ups."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from countback.arrangements.actions import Contacting, Disputing, Promising, Returning
from countback.arrangements.queries import Agreed
from countback.arrangements.rules import CHANNELS, OUTCOMES, REASONS, WHY_AGAIN, Outcome, Wrong

CHOOSE = ("", "—")


def _day(label: str, *, required: bool = True) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=forms.DateInput({"type": "date"}))


def _amount(label: str, *, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=required,
        max_digits=18,
        decimal_places=4,
        widget=forms.TextInput({"inputmode": "decimal"}),
    )


class ArrangingForm(forms.Form):
    """About one customer. `said`: which field of the form each field of the rules is."""

    said: ClassVar[dict[str, str]] = {}

    def __init__(self, given: Any = None, *, agreed: Agreed, **named: Any) -> None:
        super().__init__(given, **named)
        self.agreed = agreed
        invoices = [(one.invoice_id, invoice_words(one.invoice_id, one.amount, one.currency, one.due_on))
                    for one in agreed.invoices]  # fmt: skip
        for name in ("invoices", "invoice", "disputed_invoice"):
            if name in self.fields:
                many = isinstance(self.fields[name], forms.MultipleChoiceField)
                self.fields[name].choices = invoices if many else [CHOOSE, *invoices]  # type: ignore[attr-defined]

    def tell(self, wrongs: Sequence[Wrong]) -> None:
        """Says beside the fields what is wrong."""
        for one in wrongs:
            name = self.said.get(one.field, one.field)
            self.add_error(name if name in self.fields else None, one.words)


def invoice_words(number: str, amount: Decimal, currency: str, due_on: date) -> str:
    """An open invoice in a menu."""
    return f"{number}: {amount:,.2f} {currency}, due {due_on.day} {due_on:%b %Y}"


class PromiseForm(ArrangingForm):
    """A promise to pay."""

    said: ClassVar[dict[str, str]] = {"promised_amount": "amount", "promised_on": "due_on"}

    amount = _amount("Amount")
    due_on = _day("By")
    invoices = forms.MultipleChoiceField(
        label="For", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Tick none where it is for the account as a whole.",
    )  # fmt: skip
    standing = forms.CharField(required=False, widget=forms.HiddenInput)

    def promising(self) -> Promising:
        """What is to be recorded."""
        given = self.cleaned_data
        standing = tuple(given["standing"].split())
        return Promising(given["amount"], given["due_on"], tuple(given["invoices"]), standing)


class DisputeForm(ArrangingForm):
    """A dispute of an invoice."""

    said: ClassVar[dict[str, str]] = {
        "disputed_invoice": "invoice", "disputed_amount": "amount", "disputed_reason": "reason",
    }  # fmt: skip

    invoice = forms.ChoiceField(label="Invoice")
    amount = _amount("Disputed amount")
    reason = forms.ChoiceField(label="Because", choices=[CHOOSE, *REASONS.items()])
    owner = forms.CharField(
        label="Who has to answer it", max_length=200, required=False,
        help_text="A department or a colleague: “warehouse”, “sales north”.",
    )  # fmt: skip

    def disputing(self) -> Disputing:
        """What is to be opened."""
        given = self.cleaned_data
        return Disputing(given["invoice"], given["amount"], given["reason"], given["owner"])


class FollowUpForm(ArrangingForm):
    """When to come back."""

    said: ClassVar[dict[str, str]] = {"again_on": "due_on", "again_why": "why"}

    due_on = _day("Come back on")
    why = forms.ChoiceField(label="Come back to", choices=list(WHY_AGAIN.items()))

    def returning(self) -> Returning:
        """What is to be set."""
        return Returning(self.cleaned_data["due_on"], self.cleaned_data["why"])


class EndingForm(forms.Form):
    """How a dispute ended: a key of `rules.ENDINGS`, as the action sees to. `seen`: the version that was shown."""

    outcome = forms.CharField(required=False)
    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class SeenForm(forms.Form):
    """Of what is withdrawn. `seen`: the version that was shown."""

    seen = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class ContactForm(ArrangingForm):
    """A contact, and what follows from it: each part that is filled is recorded with it."""

    outcome = forms.ChoiceField(
        label="What came of it", choices=[(one.value, words) for one, words in OUTCOMES.items()],
        widget=forms.RadioSelect,
    )  # fmt: skip
    note = forms.CharField(
        label="Note", max_length=10_000, required=False,
        widget=forms.Textarea({"rows": 2, "placeholder": "What was said, in a sentence"}),
    )  # fmt: skip
    channel = forms.ChoiceField(label="By", choices=list(CHANNELS.items()), required=False)
    minutes = forms.DecimalField(label="Minutes", required=False, min_value=0, max_value=600, max_digits=5,
                                 decimal_places=1, widget=forms.TextInput({"inputmode": "decimal"}))  # fmt: skip
    inwards = forms.BooleanField(label="The customer came to us", required=False)
    promised_amount = _amount("Promised amount", required=False)
    promised_on = _day("Promised by", required=False)
    disputed_invoice = forms.ChoiceField(label="Disputed invoice", required=False)
    disputed_amount = _amount("Disputed amount", required=False)
    disputed_reason = forms.ChoiceField(
        label="Disputed because", required=False, choices=[CHOOSE, *REASONS.items()]
    )
    again_on = _day("Come back on", required=False)
    again_why = forms.ChoiceField(label="Come back to", required=False, choices=list(WHY_AGAIN.items()))
    standing = forms.CharField(required=False, widget=forms.HiddenInput)

    said: ClassVar[dict[str, str]] = {"invoices": "promised_amount"}

    def clean(self) -> dict[str, Any]:
        """What follows is filled whole or not at all."""
        given = super().clean() or self.cleaned_data
        for parts in (
            ("promised_amount", "promised_on"),
            ("disputed_invoice", "disputed_amount", "disputed_reason"),
        ):
            filled = [name for name in parts if given.get(name) or name in self.errors]
            for name in parts:
                if filled and name not in filled:
                    self.add_error(name, "Fill this in, too, or clear the field beside it.")
        return given

    def contacting(self) -> Contacting:
        """What is to be logged."""
        given = self.cleaned_data
        promise = dispute = follow_up = None
        if given["promised_amount"] is not None:
            promise = Promising(
                given["promised_amount"], given["promised_on"], (), tuple(given["standing"].split())
            )
        if given["disputed_invoice"]:
            dispute = Disputing(given["disputed_invoice"], given["disputed_amount"], given["disputed_reason"])
        if given["again_on"]:
            follow_up = Returning(given["again_on"], given["again_why"])
        note, outcome = given["note"].strip(), Outcome(given["outcome"])
        parts = promise, dispute, follow_up
        return Contacting(
            outcome, given["inwards"], given["minutes"], note, *parts, given["channel"] or "call"
        )
