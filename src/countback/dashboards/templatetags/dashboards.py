"""How figures are written on these pages: the same words as in the report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from countback.core.money import plain
from countback.dashboards.asked import Asked
from countback.dashboards.filters import title
from countback.dashboards.words import behind as _behind
from countback.dashboards.words import code
from countback.report import words

register = template.Library()


@register.filter
def day(value: date | None) -> str:
    """21 Nov 2026; a dash for none."""
    return words.DASH if value is None else words.day_words(value)


@register.filter
def moment(value: datetime) -> str:
    """21 Nov 2026 17:05 CET, in the reader's zone."""
    return words.moment_words(timezone.localtime(value))


@register.filter
def amount(value: Decimal | None, currency: str) -> str:
    """8,421,345.00; a dash for none."""
    return words.DASH if value is None else words.full_money(value, currency)


@register.filter
def signed(value: Decimal, currency: str) -> str:
    """+8,421,345.00: what is added, with its sign."""
    return f"+{words.full_money(value, currency)}" if value > 0 else words.full_money(value, currency)


register.filter("code", code)


@register.filter
def code_or_none(currency: str) -> str:
    """EUR, where several stand below each other; (none stated) for amounts that name none."""
    return code(currency) or "(none stated)"


@register.filter
def behind(unit: str | None) -> str:
    """, EUR: behind the words of a heading; nothing where there is no unit to name."""
    return _behind(unit or "")


@register.filter
def exact(value: Decimal | None) -> str:
    """All digits, for machines: what a figure is compared with."""
    return "" if value is None else plain(value)


@register.filter
def arrow(direction: int) -> str:
    """The direction of a change."""
    return {1: "▲", -1: "▼"}.get(direction, "")


@register.filter
def title_of(dimension: str) -> str:
    """A dimension's name for people."""
    return title(dimension)


@register.filter
def in_currency(asked: Asked, currency: str) -> str:
    """This page, of another currency alone."""
    return asked.here(**{"where.currency": currency})


@register.filter
def keeping(asked: Asked, form: str) -> str:
    """This page as a file."""
    return asked.here(format=form)


@register.filter
def part_as_csv(asked: Asked, part: str) -> str:
    """A part of this page as CSV."""
    return asked.here(format="csv", part=part)


@register.filter
def part_as_xlsx(asked: Asked, part: str) -> str:
    """A part of this page as a workbook."""
    return asked.here(format="xlsx", part=part)


@register.filter
def as_svg(asked: Asked, chart: str) -> str:
    """A chart of this page as a picture of lines."""
    return asked.here(format="svg", chart=chart)


@register.filter
def as_png(asked: Asked, chart: str) -> str:
    """A chart of this page as a picture of points."""
    return asked.here(format="png", chart=chart)


@register.filter
def without_search(asked: Asked) -> str:
    """This page without what was searched for."""
    return asked.here(q=None)


@register.filter
def at(ones: Sequence[Any], place: int) -> Any:
    """The one at a place, from 0."""
    return ones[place]


@register.filter
def grouped(count: int) -> str:
    """1,234."""
    return f"{count:,}"


@register.filter
def with_code(text: str) -> str:
    """Words in which `dso` is set as code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return text
    return format_html_join(
        "", "{}", [(_code(part) if place % 2 else part,) for place, part in enumerate(parts)]
    )


def _code(text: str) -> str:
    return format_html("<code>{}</code>", text)
