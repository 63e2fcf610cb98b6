"""The tokens of the design language: paper, ink, one accent, one sequence for ageing; light and dark."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

LIGHT = {
    "paper": "#f7f7f4", "card": "#ffffff", "ink": "#16191d", "ink2": "#565d66", "ink3": "#666d76",
    "line": "#e4e4de", "line2": "#efefea", "accent": "#0b6e5c", "quiet": "#b3c0bd", "heat": "#63ad9f",
    "good": "#1a7f5a", "bad": "#b3261e",
    "a0": "#cfd8d6", "a1": "#f3cfa4", "a2": "#e79b57", "a3": "#cf5c36", "a4": "#7d1d1d", "au": "#9db4d0",
}  # fmt: skip
DARK = {
    "paper": "#101214", "card": "#181b1e", "ink": "#eceef0", "ink2": "#a6adb5", "ink3": "#8d949d",
    "line": "#2a2e33", "line2": "#22262a", "accent": "#4cc2a6", "quiet": "#56635f", "heat": "#27705f",
    "good": "#54c795", "bad": "#ff8a80",
    "a0": "#3c4a48", "a1": "#8a6a3f", "a2": "#b9722f", "a3": "#d2603a", "a4": "#e5484d", "au": "#4b6a8f",
}  # fmt: skip
"""`heat`: the full tone of the heat map; ink stays readable on every tone of it. `a0` to `a4`: ageing, mildest
first; `au`: unapplied credit."""


def style_tokens() -> str:
    """The tokens as CSS: light, and dark on a screen that asks for it; print is always light."""

    def block(theme: Mapping[str, str]) -> str:
        return ":root{" + ";".join(f"--{name}:{color}" for name, color in theme.items()) + "}"

    dark = f"@media screen and (prefers-color-scheme:dark){{{block(DARK)}}}"
    return f":root{{color-scheme:light dark}}\n{block(LIGHT)}\n{dark}\n"


def for_page(spec: Mapping[str, Any]) -> dict[str, Any]:
    """A chart whose colours `@ink` follow the page's tokens, so that it turns dark, and light in print, by itself."""
    return _replaced(spec, {name: f"var(--{name})" for name in LIGHT})


def for_paper(spec: Mapping[str, Any]) -> dict[str, Any]:
    """A chart in the light colours."""
    return _replaced(spec, LIGHT)


def _replaced(spec: Mapping[str, Any], colors: Mapping[str, str]) -> dict[str, Any]:
    text = json.dumps(spec)
    for name, color in colors.items():
        text = text.replace(f'"@{name}"', f'"{color}"')
    found: dict[str, Any] = json.loads(text)
    return found
