"""Words of the pages of worklists."""

from __future__ import annotations

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def of(names: Mapping[str, str], code: str) -> str:
    """The name behind a code; the code where nobody names it."""
    return names.get(code) or code


@register.filter
def spoken(name: str) -> str:
    """The name of a weight as it is spoken."""
    return name.replace("_", " ")
