"""On the page of alerts, under what is raised now."""

from __future__ import annotations

from countback.alerts.messages import Message

TITLE = "On screen"
HELP = "shown on the page of alerts to each recipient"
POSTS = False


def send(message: Message, address: str) -> None:
    """The page shows what is raised by itself: nothing has to travel."""
    del message, address
