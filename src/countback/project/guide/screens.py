"""The help of every screen: its words stand in screens.toml, who may open it is read from its view."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from django.http import QueryDict
from django.urls import (
    NoReverseMatch,
    Resolver404,
    ResolverMatch,
    URLPattern,
    URLResolver,
    get_resolver,
    resolve,
    reverse,
)
from django.utils.http import url_has_allowed_host_and_scheme

from countback.accounts.rules import ALLOWED, Role, may
from countback.project.guide.glossary import Word, words
from countback.project.navigation import MENU

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen in words. `name`: in the address of its help. `routes`: whose page it is, the first of which says who
    may open it. `shows`, `do`: what one sees and does there. `search`: whether it has a field to search in."""

    name: str
    title: str
    group: str
    routes: tuple[str, ...]
    shows: str
    do: tuple[str, ...]
    glossary: tuple[Word, ...]
    search: bool = False

    @property
    def place(self) -> str:
        """Where it is; nothing where that depends on what it shows."""
        try:
            return reverse(self.routes[0])
        except NoReverseMatch:
            return ""

    @property
    def key(self) -> str:
        """The key that follows `g` to get there."""
        return next((place.key for _, places in MENU for place in places if place.route in self.routes), "")

    def open_to(self, role: str) -> bool:
        """Whether people of that role may open it."""
        action = needs().get(self.routes[0])
        return action is None or may(role, action)

    @property
    def roles(self) -> tuple[Role, ...]:
        """Whose it is; nothing where it is everyone's."""
        found = tuple(role for role in ALLOWED if self.open_to(role))
        return () if len(found) == len(ALLOWED) else found


@cache
def screens() -> dict[str, Screen]:
    """Every screen by name, in the order of reading."""
    text = resources.files(__package__).joinpath("screens.toml").read_text("utf-8")
    return {name: _screen(name, told) for name, told in tomllib.loads(text).items()}


def _screen(name: str, told: Mapping[str, Any]) -> Screen:
    return Screen(
        name=name,
        title=told["title"],
        group=told["group"],
        routes=tuple(told["routes"]),
        shows=told["shows"],
        do=tuple(told["do"]),
        glossary=tuple(words()[word] for word in told["words"]),
        search=told.get("search", False),
    )


def groups() -> dict[str, list[Screen]]:
    """Every screen under its group."""
    found: dict[str, list[Screen]] = {}
    for screen in screens().values():
        found.setdefault(screen.group, []).append(screen)
    return found


@cache
def _by_route() -> dict[str, Screen]:
    return {route: screen for screen in screens().values() for route in screen.routes}


def screen_of(route: str) -> Screen | None:
    """The screen of a route, if that has a page."""
    return _by_route().get(route)


@cache
def views() -> dict[str, View]:
    """Every route that has a name, with its view."""
    return dict(_named(get_resolver().url_patterns))


def _named(patterns: list[Any], space: str = "") -> Iterator[tuple[str, View]]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            inner = space + (f"{entry.namespace}:" if entry.namespace else "")
            yield from _named(entry.url_patterns, inner)
        elif isinstance(entry, URLPattern) and entry.name:
            yield space + entry.name, entry.callback


@cache
def needs() -> dict[str, str]:
    """The action that each guarded route needs."""
    return {route: view.needs for route, view in views().items() if hasattr(view, "needs")}


def help_on(match: ResolverMatch | None, address: str) -> str:
    """Where the screen of that route is explained, and from where one comes back to `address`; all help, where it is
    not explained by itself."""
    screen = screen_of(match.view_name) if match else None
    if screen is None:
        return reverse("guide:index")
    came = QueryDict(mutable=True)
    came["from"] = address
    return f"{reverse('guide:screen', args=[screen.name])}?{came.urlencode(safe='/')}"


def came_from(screen: Screen, address: str) -> ResolverMatch | None:
    """What an address leads back to, if it is a page of that screen and of no other site."""
    if not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return None
    try:
        match = resolve(address.partition("?")[0])
    except Resolver404:
        return None
    return match if match.view_name in screen.routes else None
