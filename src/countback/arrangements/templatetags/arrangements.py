"""What stands with a customer, and the forms to record more, on other pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import template

from countback.accounts.rules import may
from countback.arrangements import queries, rules, views
from countback.core.money import NO_CURRENCY
from countback.report.words import full_money

register = template.Library()

OUTCOME_WORDS = {one.value: words for one, words in rules.OUTCOMES.items()} | {"bounced": "Bounced"}


@register.inclusion_tag("arrangements/_acts.html", takes_context=True)
def acts(context: Mapping[str, Any], customer_id: str) -> dict[str, Any]:
    """What is agreed with a customer now, and, for who may, the forms that record more."""
    request = context["request"]
    agreed = queries.agreed_with(customer_id, as_of=request.today)
    first, usual = views.first_values(agreed), _usual(agreed, request.today)
    forms = [
        (what, kind, kind.form(agreed=agreed, initial=first | usual.get(what, {}), auto_id=f"{what}-%s"))
        for what, kind in views.KINDS.items()
    ]
    return {
        "agreed": agreed,
        "customer_id": customer_id,
        "works": may(request.user.role, "work_customers"),
        "forms": forms,
        "today": request.today,
        "next": context.get("go_on") or request.get_full_path(),
        "endings": rules.ENDINGS.items(),
        "request": request,
        "csrf_token": context.get("csrf_token"),
    }


def _usual(agreed: queries.Agreed, today: date) -> dict[str, dict[str, Any]]:
    """What is most often filled in, by form: all that is open is promised within a week; one comes back in a week."""
    week = today + timedelta(days=7)
    promise: dict[str, Any] = {"due_on": week}
    if len(agreed.currencies) == 1:
        promise["amount"] = f"{agreed.open_in(agreed.currencies[0]):.2f}"
    return {"promise": promise, "follow-up": {"due_on": week}}


@register.filter
def money(amount: Decimal, currency: str) -> str:
    """1,234.50 EUR; without a code where the amount names no currency."""
    code = "" if currency == NO_CURRENCY else currency
    return f"{full_money(amount, currency)} {code}".strip()


@register.filter
def reason_words(code: str | None) -> str:
    """Why an invoice is disputed, in words; as the books say it where it is no reason of ours."""
    return rules.REASONS.get(code or "", (code or "no reason given").replace("_", " "))


@register.filter
def outcome_words(code: str | None) -> str:
    """What came of a contact, in words."""
    return OUTCOME_WORDS.get(code or "", "no outcome noted")


@register.filter
def key_of(what: str) -> str:
    """The key that opens a form: its first letter."""
    return what[0]
