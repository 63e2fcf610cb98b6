"""To a room: an incoming webhook of Slack, or of Mattermost, Rocket.Chat, Google Chat or Zulip, which take the same."""

from __future__ import annotations

import json

from countback.alerts.messages import Message
from countback.alerts.posting import post

TITLE = "Slack-compatible hook"
HELP = "posts a message to this https address of a room"
POSTS = True


def send(message: Message, address: str) -> None:
    """Posts the message as text."""
    lines = [f"*{_plain(message.name)}*", _plain(message.figure), _plain(message.sentence)]
    links = [f"<{message.rows}|The rows>"] if message.rows else []
    lines.append(" · ".join([*links, f"<{message.page}|The alert>"]))
    post(address, json.dumps({"text": "\n".join(lines)}).encode(), {})


def _plain(text: str) -> str:
    """Text that stays text: no link, no mention of everyone."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
