"""What of a customer's record stands on other pages, and words of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from countback.accounts.rules import may
from countback.ledger.records import queries
from countback.ledger.records.forms import country_name, language_name

register = template.Library()
register.filter("country", country_name)
register.filter("language", language_name)


@register.inclusion_tag("ledger/record_glance.html", takes_context=True)
def record_glance(context: Mapping[str, Any], customer_id: str) -> dict[str, Any]:
    """The main contact person of a customer, the notes that matter most, and the way to the rest."""
    inside = may(context["request"].user.role, "see_figures")
    return {
        "glance": queries.glance_at(customer_id, inside=inside),
        "customer_id": customer_id,
        "inside": inside,
    }
