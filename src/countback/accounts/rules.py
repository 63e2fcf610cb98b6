"""What each role allows, and what part of the books a person may see."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody is here for."""

    VIEWER = "viewer"
    COLLECTOR = "collector"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    AGENCY = "agency"


SEES = frozenset({"see_figures", "see_customers"})

ALLOWED: dict[Role, frozenset[str]] = {
    Role.VIEWER: SEES,
    Role.AGENCY: frozenset({"see_customers"}),
    Role.AUDITOR: SEES | {"see_audit"},
    Role.COLLECTOR: SEES | {"write_notes"},
    Role.MANAGER: SEES | {"write_notes", "import", "undo_import"},
    Role.ADMINISTRATOR: SEES
    | {
        "write_notes", "import", "undo_import", "manage_people", "see_audit", "manage_settings", "erase_customer",
    },
}  # fmt: skip
"""The actions of each role."""


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
