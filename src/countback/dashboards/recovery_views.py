"""The page of recovery curves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase

from countback.accounts.access import needs
from countback.core.problem import Misuse
from countback.dashboards import charts
from countback.dashboards.asked import Asked
from countback.dashboards.export import about, exported
from countback.dashboards.opened import page, with_figures
from countback.dashboards.overview_export import table_of_rows
from countback.dashboards.paper import cells_of, chart_block, pdf_of, table_block
from countback.dashboards.pictures import PICTURES, picture
from countback.dashboards.recovery import ENTRIES, issued, recovered
from countback.ledger.figures import Figures

USUAL = 30
"""Days past due from which recovery is watched, unasked."""


@needs("see_figures")
@with_figures("since", "format", "chart")
def recovery(request: HttpRequest, figures: Figures, asked: Asked) -> HttpResponseBase:
    """How fast each month is settled, and what comes in of what became overdue."""
    own = dict(asked.own)
    since = _since(own.get("since", ""))
    parts = (issued(figures, asked), recovered(figures, asked, since))
    drawn = [part.drawn for part in parts if part.drawn]
    if form := own.get("format"):
        name = f"recovery-{asked.as_of}"
        if form in PICTURES:
            return picture(drawn, own.get("chart", ""), form, asked.as_of)
        if form == "pdf":
            blocks = [
                block
                for part in parts
                if part.drawn
                for block in (
                    chart_block(part.drawn, 4),
                    table_block(
                        "In figures", "per cent", part.headings, [cells_of(line) for line in part.lines]
                    ),
                )
            ]
            return pdf_of(name, "Recovery", blocks, asked, figures)
        rows = [row for part in parts for row in part.rows]
        told = about("Recovery", asked, figures, **{"Recovery from": f"{since} days past due"})
        return exported(table_of_rows(rows), form, name, told)
    return page(
        request,
        "dashboards/recovery.html",
        figures,
        asked,
        parts=parts,
        since=since,
        entries=ENTRIES,
        kept=asked.pairs(),
        drawings={one.name: one.drawing for one in drawn},
        library=charts.address(),
    )


def _since(text: str) -> int:
    if not text:
        return USUAL
    if text not in map(str, ENTRIES):
        raise Misuse(
            "recovery was not shown",
            f"it is not watched from the day {text!r} past due",
            f"choose {', '.join(map(str, ENTRIES))}",
        )
    return int(text)
