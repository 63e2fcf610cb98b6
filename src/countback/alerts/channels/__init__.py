"""Channels: the ways in which an alert reaches somebody. One file each, found by its place.

A channel has `TITLE`, `HELP` (what people read when they choose it), `POSTS` (whether it posts to an address that the
alert names; else it goes to each of its recipients), and `send(message, address)`. It raises `UnableToDeliver` where
the message certainly did not arrive, and `UnsureWhetherDelivered` where it may have.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from countback.alerts.messages import Message


class Channel(Protocol):
    """What a file here holds."""

    TITLE: str
    HELP: str
    POSTS: bool

    def send(self, message: Message, address: str) -> None:
        """Sends the message."""


@cache
def channels() -> dict[str, Channel]:
    """Every channel by name; those that go to people come first."""
    found = {
        info.name: cast(Channel, import_module(f"{__name__}.{info.name}"))
        for info in pkgutil.iter_modules(__path__)
    }
    return dict(sorted(found.items(), key=lambda pair: (pair[1].POSTS, pair[0] != "screen", pair[0])))
