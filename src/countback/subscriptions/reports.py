"""Reports other than the board pack, as the application's settings give them: `settings.REPORTS` names their module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from importlib import import_module
from typing import Protocol, cast

from django.conf import settings

from countback.accounts.models import Person
from countback.ledger.figures import Figures

BOARD_PACK = ""
"""Key of the board pack, which is ours."""


class Reports(Protocol):
    """What the named module has. A key stands for one report; `sender`: the owner of the subscription, who must be
    allowed to open it; figures are those of the reader."""

    def offered(self, person: Person) -> list[tuple[str, str]]:
        """Key and name of each report that the person may have sent."""

    def refuse_gone(self, key: str, sender: Person) -> None:
        """Raise CountbackError where there is no such report that the sender may open."""

    def made(
        self,
        key: str,
        form: str,
        *,
        sender: Person,
        figures: Figures,
        as_of: date,
        where: Mapping[str, Sequence[str]],
        currency: str,
    ) -> bytes:
        """The report as pdf or xlsx. Raises CountbackError."""


def reports() -> Reports:
    """Those that the settings name."""
    return cast(Reports, import_module(settings.REPORTS))


def name_of(key: str, sender: Person) -> str:
    """What a report is called."""
    if key == BOARD_PACK:
        return "Board pack"
    return dict(reports().offered(sender)).get(key, "a dashboard that is gone or not shared any more")
