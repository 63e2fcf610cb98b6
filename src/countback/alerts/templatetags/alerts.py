"""Alerts in the words of pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django import template

from countback.alerts.forms import KINDS
from countback.alerts.rules import Kind
from countback.alerts.words import title_of, told
from countback.core.money import plain

register = template.Library()


@register.filter
def figure(value: Decimal | None, unit: str) -> str:
    """A value with its unit; a dash where there is none."""
    return "–" if value is None else told(value, unit)


@register.filter
def kpi_title(kpi: str) -> str:
    """What people call a KPI."""
    return title_of(kpi)


@register.filter
def kind_title(kind: str) -> str:
    """What people call a kind of alert."""
    return KINDS[Kind(kind)][0]


@register.filter
def filter_words(where: Mapping[str, Sequence[str | None]]) -> str:
    """Filters in a line: segment Retail, region North or South."""
    parts = [
        f"{name} {' or '.join(value or '(blank)' for value in values)}" for name, values in where.items()
    ]
    return ", ".join(parts) or "everything"


@register.filter
def plain_number(value: Decimal) -> str:
    """The digits of a number, without needless zeros."""
    return plain(value)
