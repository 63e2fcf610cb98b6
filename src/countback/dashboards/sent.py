"""Dashboards as reports that are sent: what may be chosen, and the files of one in somebody's part of the books.

`settings.REPORTS` names this module to whoever sends reports: neither package may know the other.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date

from countback.accounts.models import Person
from countback.accounts.rules import may
from countback.analytics.workbook import write_workbook
from countback.core.problem import CountbackError
from countback.dashboards import queries
from countback.dashboards.arranged import arranged
from countback.dashboards.arranged_views import blocks_of
from countback.dashboards.asked import Asked
from countback.dashboards.export import about
from countback.dashboards.models import Dashboard
from countback.dashboards.overview_export import table_of_rows
from countback.dashboards.paper import pdf
from countback.dashboards.settling import in_one_currency
from countback.ledger.figures import Figures

PREFIX = "dashboard:"
"""Before the number of a dashboard, in what is kept of the choice."""


class UnableToSendDashboard(CountbackError):
    """The dashboard is gone, or its sender may not open it any more."""


def offered(person: Person) -> list[tuple[str, str]]:
    """Key and name of each dashboard that the person may open."""
    return [
        (f"{PREFIX}{one.saved.pk}", f"Dashboard: {one.saved.name}") for one in queries.dashboards_of(person)
    ]


def refuse_gone(key: str, sender: Person) -> None:
    """Raise UnableToSendDashboard where there is no such dashboard that the sender may open."""
    _found(key, sender)


def made(
    key: str,
    form: str,
    *,
    sender: Person,
    figures: Figures,
    as_of: date,
    where: Mapping[str, Sequence[str]],
    currency: str,
) -> bytes:
    """The dashboard as pdf or xlsx, over figures that hold what its reader may see. Raises UnableToSendDashboard, and
    Misuse where the books cannot be asked so."""
    dashboard = _found(key, sender)
    asked = Asked(
        as_of=as_of,
        where=tuple(
            sorted((name, tuple(value or None for value in values)) for name, values in where.items())
        ),
        currency=currency or None,
        books_end_on=figures.books.last_entry_on(),
    )
    asked = in_one_currency(figures, asked)
    shown = arranged(figures, asked, list(dashboard.tiles.all()))
    if form == "pdf":
        return pdf(dashboard.name, blocks_of(shown), asked, figures)
    held = io.BytesIO()
    write_workbook(
        table_of_rows([row for one in shown for row in one.rows]), held, about(dashboard.name, asked, figures)
    )
    return held.getvalue()


def _found(key: str, sender: Person) -> Dashboard:
    number = key.removeprefix(PREFIX)
    if may(sender.role, "see_figures") and sender.is_active and key.startswith(PREFIX) and number.isdecimal():
        found = queries.seen_dashboards(sender).filter(pk=int(number)).first()
        if found is not None:
            return found
    why = f"its dashboard was deleted, or {sender} may not open it any more"
    raise UnableToSendDashboard("The report was not made", why, "choose another dashboard, or the board pack")
