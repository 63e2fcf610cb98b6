"""What each role allows, and what part of the books a person may see."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Role(StrEnum):
    """What somebody is here for."""

    VIEWER = "viewer"
    COLLECTOR = "collector"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    AGENCY = "agency"


OWN = frozenset({"manage_self"})
"""What everyone may: look after their own page."""

WORKS = frozenset({"write_notes", "work_customers"})
"""What is done with customers: noting, logging calls, recording promises, disputes and follow-ups."""

SEES = OWN | {"see_figures", "see_customers"}

ALLOWED: dict[Role, frozenset[str]] = {
    Role.VIEWER: SEES,
    Role.AGENCY: OWN | {"see_customers"},
    Role.AUDITOR: SEES | {"see_audit"},
    Role.COLLECTOR: SEES | WORKS,
    Role.MANAGER: SEES | WORKS | {"plan_work", "import", "undo_import"},
    Role.ADMINISTRATOR: SEES
    | WORKS
    | {
        "plan_work", "import", "undo_import", "manage_people", "see_audit", "manage_settings", "erase_customer",
    },
}  # fmt: skip
"""The actions of each role."""


MEANING: dict[Role, str] = {
    Role.VIEWER: "sees figures and customers",
    Role.COLLECTOR: "sees figures and customers; notes, logs calls, records promises and disputes",
    Role.MANAGER: "as a collector; plans worklists, imports books and undoes imports",
    Role.ADMINISTRATOR: "everything: people, settings, audit, erasure",
    Role.AUDITOR: "sees figures, customers and the audit; changes nothing",
    Role.AGENCY: "sees the customers of its portfolio, no figures",
}
"""Each role in words."""

INVITATION_LASTS = timedelta(days=7)
"""How long the link of an invitation opens the door."""


def may(role: str, action: str) -> bool:
    """Whether a role allows an action; KeyError for an action that nobody knows."""
    if not any(action in actions for actions in ALLOWED.values()):
        raise KeyError(action)
    return action in ALLOWED[Role(role)]


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of the books that somebody may see: entities and collectors by code; None: every one. An empty tuple
    shows nothing."""

    entities: tuple[str, ...] | None = None
    collectors: tuple[str, ...] | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing is held back."""
        return self.entities is None and self.collectors is None


def codes(text: str) -> tuple[str, ...]:
    """The codes in what somebody wrote, divided by commas or lines; each once, in order."""
    found = (code.strip() for code in re.split(r"[,\n]", text))
    return tuple(sorted({code for code in found if code}))


_BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
_SYSTEMS = {"iPhone": "an iPhone", "iPad": "an iPad", "Android": "Android", "Windows": "Windows", "Mac OS X": "a Mac",
            "Linux": "Linux"}  # fmt: skip
"""What browsers call themselves and what they run on; an earlier name hides the later ones, which imitators add."""


def browser(agent: str) -> str:
    """What a browser says of itself, in words: "Firefox on Windows"; as it says it, where nothing is known in it."""
    name = next((words for mark, words in _BROWSERS.items() if mark in agent), "")
    system = next((words for mark, words in _SYSTEMS.items() if mark in agent), "")
    return " on ".join(filter(None, (name, system))) or agent or "unknown"


def fingerprint(token: str) -> str:
    """What is kept of a one-time link: enough to know it again, not enough to make it."""
    return hashlib.sha256(token.encode()).hexdigest()
