"""Numbers, amounts and states as the pages of imports write them."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from countback.ledger.upload_models import State
from countback.ledger.uploads_changes import Change, total_of
from countback.ledger.uploads_shown import WORDS

register = template.Library()


@register.filter
def counted(number: int | None) -> str:
    """`12,345`; blank for none."""
    return "" if number is None else f"{number:,}"


@register.simple_tag
def count_cell(number: int, label: str) -> SafeString:
    """A cell with a number of rows; none is quiet. `label`: the head of its column, for small screens."""
    quiet = "" if number else "zero"
    return format_html('<td class="{}" data-label="{}">{}</td>', quiet, label, counted(number))


@register.filter
def state_words(state: str) -> str:
    """What a state is called."""
    return WORDS[State(state)]


@register.filter
def totals(summary: dict[str, Any]) -> Change:
    """All tables of a summary together."""
    return total_of(summary)


_NOTATIONS = {".": "point before the decimals", ",": "comma before the decimals"}
_PARTS = {"%d": "day", "%m": "month", "%Y": "year", "%y": "year", "%b": "month", "%B": "month"}


@register.filter
def notation_words(value: str) -> str:
    """A date format or decimal mark in words: `%d/%m/%Y` is day/month/year; anything else as it is."""
    if value in _NOTATIONS:
        return _NOTATIONS[value]
    for code, part in _PARTS.items():
        value = value.replace(code, part)
    return value
